"""The three typed layers: instructions, arguments and examples, found by their cues."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from lorewright.analyze.drafts import Draft, Stretch
from lorewright.analyze.signs import Finding, Signs
from lorewright.prose import Block, BlockKind, is_apparatus
from lorewright.records import ChunkType

TYPED = (ChunkType.INSTRUCTIONAL_UNIT, ChunkType.CER, ChunkType.EXAMPLE_SCENARIO)


def typed(text: str, stretch: Stretch, signs: Signs, *, most: int, least: int) -> Iterator[Draft]:
    """The passages of one section that cues tell to be of a type.

    Neighbouring paragraphs of the same type become one passage, up to `most` characters. Parts
    that serve the book (contents, notes, licences) are not looked at.

    Args:
        text: the whole text.
        stretch: a section and its blocks.
        signs: the cues to look for.
        most: the most characters of a passage; a single list or paragraph may be longer.
        least: passages of fewer characters are not kept.
    """
    if is_apparatus(stretch.section):
        return
    above = signs.in_heading(stretch.section.heading)
    units = [
        unit._replace(seen=unit.seen + above)
        for unit in (_unit(text, group, signs) for group in _groups(stretch.blocks, most))
        if unit.is_whole
    ]
    for kind in TYPED:
        for passage in _passages(units, kind, signs, most):
            finding = signs.finding(kind, passage.seen)
            if finding and passage.end - passage.start >= least:
                yield _draft(passage, kind, finding, stretch.section.heading)


class _Unit(NamedTuple):
    """A paragraph, or a list with the line that introduces it, and the cues in it."""

    start: int
    end: int
    seen: Counter[str]
    is_whole: bool
    """False for a piece of a long block that begins or ends inside a word."""


def _unit(text: str, group: list[Block], signs: Signs) -> _Unit:
    start, end = group[0].start, group[-1].end
    words = text[start:end]
    structures = {"imperatives": signs.imperatives(words)}
    items = [block for block in group if block.kind is BlockKind.LIST_ITEM]
    if len(items) > 1:
        numbered = sum(item.marker[0].isdigit() for item in items) * 2 > len(items)
        structures["numbered_list" if numbered else "bulleted_list"] = 1
        told = sum(bool(signs.imperatives(text[item.start : item.end])) for item in items)
        structures["imperative_items"] = int(told * 2 >= len(items))
    return _Unit(start, end, signs.in_passage(words, structures), _is_whole(text, start, end))


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (
        (start and text[start - 1].isalnum() and text[start].isalnum())
        or (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
    )


def _groups(blocks: list[Block], most: int) -> Iterator[list[Block]]:
    """Paragraphs one by one; the items of a list together, with the paragraph above them."""
    group: list[Block] = []
    for block in blocks:
        if block.kind not in _PROSE:
            if group and not (block.level and group[-1].level):
                yield group
                group = []
            continue
        if group and not _goes_on(group, block, most):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _goes_on(group: list[Block], block: Block, most: int) -> bool:
    """Whether `block` belongs to the list that `group` is or introduces."""
    if block.end - group[0].start > most or not block.level:
        return False
    is_long = block.end - block.start > _LONG_ITEM
    return not is_long and group[-1].end - group[-1].start <= _LONG_ITEM


def _passages(units: list[_Unit], kind: ChunkType, signs: Signs, most: int) -> Iterator[_Unit]:
    """Neighbours that their cues, taken together, tell to be of `kind`."""
    for near in _runs(units, kind, signs, most):
        seen = sum((unit.seen for unit in near), Counter[str]())
        if signs.finding(kind, seen):
            yield near[0]._replace(end=near[-1].end, seen=seen)


def _runs(units: list[_Unit], kind: ChunkType, signs: Signs, most: int) -> Iterator[list[_Unit]]:
    """Neighbours that could be one passage of `kind`, as long as they fit."""
    run: list[_Unit] = []
    for unit in units:
        goes_with = signs.goes_with(kind, unit.seen)
        if run and not (goes_with and unit.end - run[0].start <= most):
            yield run
            run = []
        if goes_with:
            run.append(unit)
    if run:
        yield run


def _draft(passage: _Unit, kind: ChunkType, finding: Finding, heading: str) -> Draft:
    return Draft(passage.start, passage.end, kind, heading, finding.confidence, finding.cue)


_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE})
_LONG_ITEM = 400
"""Items longer than this, in characters, are paragraphs that happen to have a number."""
