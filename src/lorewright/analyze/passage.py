"""A chunk as rules look at it: its blocks, its sentences and its words, each with its place."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from lorewright.prose import Block, BlockKind, Span, blocks, is_apparatus, sentences
from lorewright.records import Chunk, Document


class Sentence(NamedTuple):
    """A sentence and where it stands in the document."""

    start: int
    end: int
    text: str
    """With single spaces."""
    is_item: bool
    """Whether it stands in an item of a list."""

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)


class Passage:
    """One chunk of a document, opened for reading."""

    def __init__(self, document: Document, chunk: Chunk) -> None:
        self.document = document
        self.chunk = chunk
        self.text = document.words[chunk.start : chunk.end]
        section = document.section_at(chunk.start)
        self.is_apparatus = is_apparatus(section)
        self.headings = tuple(filter(None, (*section.path, section.heading)))
        self._told: list[Sentence] = []
        self._untold = self._in_windows()

    @cached_property
    def blocks(self) -> list[Block]:
        """Its blocks, with offsets into the chunk."""
        return list(blocks(self.text))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Its sentences outside headings, tables and code, in order."""
        return [one for block in self.blocks for one in self._sentences_of(block)]

    @property
    def prose(self) -> Iterator[Sentence]:
        """Those outside lists, split only as far as somebody reads on: splitting is slow."""
        yield from self._told
        for sentence in self._untold:
            self._told.append(sentence)
            yield sentence

    @cached_property
    def items(self) -> list[Span]:
        """The words of each item of its lists."""
        return [
            Span(self.chunk.start + self._behind_marker(block), self.chunk.start + block.end)
            for block in self.blocks
            if block.kind is BlockKind.LIST_ITEM
        ]

    def words_at(self, span: Span) -> str:
        """The words of the document in `span`, as they stand."""
        return self.document.words[span.start : span.end]

    def _in_windows(self) -> Iterator[Sentence]:
        """The sentences of prose; the last of a window may be cut short and is seen again."""
        for block in self.blocks:
            at = block.start
            while _is_prose(block) and at < block.end:
                seen = min(at + _WINDOW, block.end)
                found = sentences(self.text, at, seen)
                whole = found if seen == block.end or len(found) < 2 else found[:-1]
                yield from (self._sentence(span, is_item=False) for span in whole)
                at = seen if len(whole) == len(found) else found[-1].start

    def _sentences_of(self, block: Block) -> Sequence[Sentence]:
        if block.kind not in _READ:
            return ()
        is_item = block.kind is BlockKind.LIST_ITEM
        begin = self._behind_marker(block) if is_item else block.start
        found = sentences(self.text, begin, block.end)
        return [self._sentence(span, is_item=is_item) for span in found]

    def _sentence(self, span: Span, *, is_item: bool) -> Sentence:
        words = " ".join(self.text[span.start : span.end].split())
        start, end = self.chunk.start + span.start, self.chunk.start + span.end
        return Sentence(start, end, words, is_item)

    def _behind_marker(self, block: Block) -> int:
        """Where the words of an item begin: behind its mark and its box."""
        found = _MARK.match(self.text, block.start + len(block.marker), block.end)
        return found.end() if found else block.start


def _is_prose(block: Block) -> bool:
    return block.kind in _READ and block.kind is not BlockKind.LIST_ITEM


_WINDOW = 600
"""Characters that are split at once where only the first sentences are wanted."""
_READ = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE})
_MARK = re.compile(r"\s*(?:\[[ xX]\]\s+)?")
