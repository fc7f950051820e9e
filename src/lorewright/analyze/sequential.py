"""The sequential layer: every word of a document, in order, in pieces of readable size."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from lorewright.analyze.drafts import Draft, Stretch
from lorewright.prose import Block, BlockKind, blocks
from lorewright.records import ChunkType, Section

if TYPE_CHECKING:
    from semantic_text_splitter import TextSplitter


def stretches(text: str, sections: Sequence[Section], *, most: int) -> Iterator[Stretch]:
    """The sections of `text` with their blocks; blocks of more than `most` characters are cut.

    They are cut between sentences, else between words; only a single word of more than `most`
    characters is cut inside.
    """
    held: list[Block] = []
    number = 0
    for block in blocks(text):
        while block.start >= sections[number].end:
            if held:
                yield Stretch(sections[number], held)
                held = []
            number += 1
        held.extend(_pieces(text, block, most))
    if held:
        yield Stretch(sections[number], held)


def sequential(source: Iterator[Stretch], *, most: int) -> Iterator[tuple[Stretch, list[Draft]]]:
    """Each stretch with its sequential chunks, none longer than `most` characters.

    Blocks are kept whole and packed evenly. A section is never mixed with the next one, but a
    heading with nothing under it goes with what follows, since alone it says nothing; unless
    what follows stands above it.
    """
    waiting: list[Block] = []
    last: Stretch | None = None
    for stretch in source:
        if last and (
            stretch.section.level < last.section.level
            or stretch.blocks[-1].end - waiting[0].start > most
        ):
            yield last, list(_drafts(last.section, waiting, most))
            waiting, last = [], None
        waiting.extend(stretch.blocks)
        last = stretch
        if any(block.kind is not BlockKind.HEADING for block in stretch.blocks):
            yield stretch, list(_drafts(stretch.section, waiting, most))
            waiting, last = [], None
    if last:
        yield last, list(_drafts(last.section, waiting, most))


def _drafts(section: Section, pieces: list[Block], most: int) -> Iterator[Draft]:
    for group in _packed(pieces, most):
        cue = "heading" if group[0].kind is BlockKind.HEADING else "length"
        yield Draft(
            start=group[0].start,
            end=group[-1].end,
            chunk_type=ChunkType.CHAPTER_SEQUENTIAL,
            heading=section.heading,
            confidence=Decimal(1),
            cue=cue if section.heading else "document",
        )


def _packed(pieces: list[Block], most: int) -> Iterator[list[Block]]:
    """`pieces` in as few groups as fit, of about the same length."""
    group: list[Block] = []
    goal = _even_length(pieces[0].start, pieces[-1].end, most)
    for piece in pieces:
        if group and _is_full(group, piece, goal=goal, most=most):
            yield group
            group = []
            goal = _even_length(piece.start, pieces[-1].end, most)
        group.append(piece)
    yield group


def _even_length(start: int, end: int, most: int) -> float:
    groups = -(-(end - start) // most)
    return (end - start) / groups


def _is_full(group: list[Block], piece: Block, *, goal: float, most: int) -> bool:
    """Whether `piece` begins a new group: it does not fit, or would overshoot the goal."""
    length, with_it = group[-1].end - group[0].start, piece.end - group[0].start
    if with_it > most:
        return True
    return group[-1].kind is not BlockKind.HEADING and with_it - goal > goal - length


def _pieces(text: str, block: Block, most: int) -> Iterator[Block]:
    """`block`, or the pieces it is cut into when it is too long.

    The splitter sees a few pieces' worth at a time, since its work grows with the square of
    what it sees; the last of them may be cut short by that and is seen again.
    """
    at = block.start
    while block.end - at > most:
        seen = text[at : min(at + 4 * most, block.end)]
        pieces = _splitter(most).chunk_indices(seen)
        is_last = at + len(seen) == block.end
        for offset, words in pieces if is_last else pieces[:-1]:
            start = at + offset + len(words) - len(words.lstrip())
            if visible := words.strip():
                yield block._replace(start=start, end=start + len(visible))
        at = block.end if is_last else at + pieces[-1][0]
    if at < block.end:
        yield block._replace(
            start=at + len(text[at : block.end]) - len(text[at : block.end].lstrip())
        )


@cache
def _splitter(most: int) -> "TextSplitter":
    """The library's splitter for plain text.

    It keeps exact offsets, and is six times faster than the one for Markdown, whose work the
    scanner of blocks has done already.
    """
    from semantic_text_splitter import TextSplitter

    return TextSplitter(most, trim=False)
