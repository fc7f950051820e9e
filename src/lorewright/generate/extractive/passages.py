"""The text as the teacher reads it: sentences, paragraphs, and passages that stand alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lorewright.generate.extractive.standing import leans_back
from lorewright.generate.extractive.tokens import Token, tokens
from lorewright.prose.sentences import sentences

LOOK_BACK = 500
"""Characters before a sentence in which its *the X* may have been introduced."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of a document."""

    text: str
    start: int
    end: int
    tokens: tuple[Token, ...]

    @cached_property
    def words(self) -> int:
        """How many words it has."""
        return sum(token.is_word for token in self.tokens)

    @property
    def is_question(self) -> bool:
        """Whether it ends with a question mark."""
        return self.text.rstrip("\"'”\u2019)_*").endswith("?")

    @property
    def is_whole(self) -> bool:
        """Whether it ends as a sentence ends."""
        return self.text.rstrip("\"'”\u2019)_*]").endswith((".", "!", "?"))


@dataclass(frozen=True)
class Passage:
    """One or more sentences of a paragraph that can be understood by themselves."""

    sentences: tuple[Sentence, ...]

    @property
    def start(self) -> int:
        """First character in the document."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.sentences[-1].end

    @property
    def first(self) -> Sentence:
        """The sentence that opens it."""
        return self.sentences[0]

    @cached_property
    def words(self) -> int:
        """How many words it has."""
        return sum(sentence.words for sentence in self.sentences)

    def weighs(self, sentence: Sentence) -> bool:
        """Whether a sentence is enough of the passage for a question about it alone."""
        return sentence is self.sentences[0] or sentence.words >= 0.4 * self.words

    @cached_property
    def lower_words(self) -> frozenset[str]:
        """The different words in it, in lower case."""
        return frozenset(t.lower for s in self.sentences for t in s.tokens if t.is_word)


def sentences_of(text: str, start: int, end: int) -> tuple[Sentence, ...]:
    """The tagged sentences of one paragraph."""
    found: list[Sentence] = []
    for span in sentences(text, start, end):
        a, b = _without_note_marks(text, *span)
        if a < b:
            found.append(Sentence(text[a:b], a, b, tokens(text, a, b)))
    return tuple(found)


_MARK_BEFORE = re.compile(
    r"(?:(?:\[\^?\d+\]|NOTE\.?(?:--|—|:)|Note[.:](?:--|—)?|\(?[IVX]{1,4}[.)]+|\(?\d{1,2}[.)]+)\s*)+(?=[A-Z])"
)
_MARK_BEHIND = re.compile(r"(?:\s*\[\^?\d+\])+$")


def _without_note_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave a footnote mark, a number or *NOTE* at the edge of a sentence out of it."""
    if before := _MARK_BEFORE.match(text, start, end):
        start = before.end()
    if behind := _MARK_BEHIND.search(text[start:end]):
        end = start + behind.start()
    return start, end


@dataclass(frozen=True)
class Cut:
    """Sizes of passages, in words."""

    enough: int = 22
    """A passage shorter than this takes in the next sentence of its paragraph."""
    most: int = 110


DEFAULT_CUT = Cut()


def passages(
    text: str, paragraph: Sequence[Sentence], cut: Cut = DEFAULT_CUT
) -> Iterator[Passage | Sentence]:
    """Cut a paragraph into passages; a sentence that belongs to none comes by itself.

    A passage begins with a sentence that leans on nothing before it, takes in the sentences
    that lean on it, and ends before the next sentence that stands alone.
    """
    alone = [
        leans_back(s.tokens, text[max(0, s.start - LOOK_BACK) : s.start]) is None for s in paragraph
    ]
    i = 0
    while i < len(paragraph):
        if not alone[i]:
            yield paragraph[i]
            i += 1
            continue
        j = _end_of(paragraph, alone, i, cut)
        yield Passage(tuple(paragraph[i:j]))
        i = j


def _end_of(paragraph: Sequence[Sentence], alone: Sequence[bool], i: int, cut: Cut) -> int:
    j, words = i + 1, paragraph[i].words
    while j < len(paragraph):
        leans = not alone[j]
        asks = paragraph[j - 1].is_question
        if not leans and not asks and words >= cut.enough:
            break
        if words + paragraph[j].words > cut.most:
            break
        words += paragraph[j].words
        j += 1
    while j - i > 1 and paragraph[j - 1].is_question:
        j -= 1
    return j
