"""The parts of a document that are worth reading: paragraphs of prose, and lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lorewright.generate.extractive.passages import Sentence, sentences_of
from lorewright.prose import Block, BlockKind, blocks, is_apparatus
from lorewright.records import Document, Section


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    section: Section
    sentences: tuple[Sentence, ...]
    place: int
    """0 for the paragraph that opens its section, then 1, 2 ..."""


@dataclass(frozen=True)
class Listing:
    """A list and the sentence that introduces it."""

    section: Section
    intro: Sentence | None
    start: int
    end: int
    items: int
    is_numbered: bool


def parts(document: Document, start: int, end: int) -> Iterator[Prose | Listing]:
    """The paragraphs and lists that begin in `[start, end)`, without apparatus, code, tables."""
    for section in document.sections:
        if section.end <= start or section.start >= end or is_apparatus(section):
            continue
        for part in _of_section(document.words, section):
            at = part.start if isinstance(part, Listing) else part.sentences[0].start
            if start <= at < end:
                yield part


def _of_section(text: str, section: Section) -> Iterator[Prose | Listing]:
    shift = section.start
    found = [
        block._replace(start=block.start + shift, end=block.end + shift)
        for block in blocks(text[section.start : section.end])
    ]
    place, intro, i = 0, None, 0
    while i < len(found):
        block = found[i]
        if block.kind is BlockKind.LIST_ITEM:
            j = _end_of_list(found, i)
            yield _listing(section, intro, found[i:j])
            intro, i = None, j
            continue
        intro = None
        if block.kind is BlockKind.PARAGRAPH and is_prose(text[block.start : block.end]):
            sentences = sentences_of(text, block.start, block.end)
            if sentences:
                yield Prose(section, sentences, place)
                place += 1
                intro = sentences[-1] if sentences[-1].text.endswith(":") else None
        i += 1


def _end_of_list(found: list[Block], i: int) -> int:
    j = i
    while j < len(found) and (
        found[j].kind is BlockKind.LIST_ITEM
        or (found[j].level and found[j].kind is BlockKind.PARAGRAPH)
    ):
        j += 1
    return j


def _listing(section: Section, intro: Sentence | None, items: list[Block]) -> Listing:
    top = [block for block in items if block.kind is BlockKind.LIST_ITEM and block.level <= 1]
    return Listing(
        section,
        intro,
        items[0].start,
        items[-1].end,
        len(top),
        bool(items[0].marker) and items[0].marker[0].isalnum(),
    )


def is_prose(words: str) -> bool:
    """Whether a paragraph is running text: not verse, a caption, a side note or a price list."""
    lines = words.splitlines()
    if len(lines) >= 3 and sum(len(line) < 50 for line in lines) > 0.8 * len(lines):
        return False  # verse, an address
    letters = re.findall(r"[^\W\d_]+", words)
    if len(letters) < (3 if words.endswith(":") else 5) or words.startswith(("[", "|", "<", "!")):
        return False
    capitals = sum(word.isupper() and len(word) > 1 for word in letters)
    digits = sum(character.isdigit() for character in words)
    dots = words.count("...") + words.count(". . .")
    return (
        capitals < 0.3 * len(letters)
        and digits < 0.1 * len(words)
        and dots < 3
        and "   " not in words.strip()
    )
