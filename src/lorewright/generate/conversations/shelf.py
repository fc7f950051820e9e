"""Which paragraphs of the documents a conversation about a topic may rest on."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import log
from random import Random
from typing import NamedTuple

from lorewright.conversations.catalogues import Topic
from lorewright.lineage import Ref
from lorewright.prose import is_apparatus, sentences
from lorewright.records import Chunk, Document
from lorewright.similarity import words

LEAST_LETTERS = 4
"""Shorter words are mostly grammar."""
LEAST_CHARACTERS, MOST_CHARACTERS = 40, 700
"""How long a stretch is; a longer paragraph is taken as far as its sentences fit."""
SECTIONS = 2
"""Between how many sections a lot decides."""
_PARAGRAPH = re.compile(r"\S(?:(?!\n\s*\n).)*", re.DOTALL)
_SENTENCE_END = (".", "!", "?", '."', ".\u201d", ".)")


class Stretch(NamedTuple):
    """Whole sentences of one paragraph."""

    document: Ref
    chunk: Ref
    start: int
    end: int


class Shelf:
    """All stretches of some documents, found by the words of a topic.

    It remembers places and the words that some topic has, so it stays small next to the texts.

    Args:
        topics: those that will be asked for.
    """

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._wanted = frozenset(word for topic in topics for word in _words_of(topic))
        self._stretches: list[Stretch] = []
        self._bearers: defaultdict[str, list[int]] = defaultdict(list)
        self._sections: defaultdict[tuple[Ref, int], list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._stretches)

    def add(self, document: Document, chunks: Iterable[Chunk]) -> None:
        """Put the paragraphs of chunks on the shelf.

        Args:
            document: with its text attached.
            chunks: of that document, without those that overlap others.
        """
        for chunk in chunks:
            if is_apparatus(document.section_at(chunk.start)):
                continue
            for start, end in _stretches(document.words, chunk.start, chunk.end):
                at = len(self._stretches)
                self._stretches.append(Stretch(document.ref, chunk.ref, start, end))
                section = document.section_at(start)
                self._sections[document.ref, section.start].append(at)
                for word in self._wanted.intersection(words(document.words[start:end])):
                    self._bearers[word].append(at)

    def about(self, topic: Topic, count: int, lot: int) -> list[Stretch]:
        """Up to `count` stretches, those that share the rarest words with `topic` first.

        All are of one section: a dataset holds out whole sections, and a conversation that rests
        on two could be neither taught nor held out. `lot` decides between the two best ones.
        """
        scores: defaultdict[int, float] = defaultdict(float)
        for word in sorted(_words_of(topic)):
            bearers = self._bearers.get(word, ())
            for at in bearers:
                scores[at] += 1 + log(len(self._stretches) / len(bearers))
        lots = Random(lot)  # noqa: S311 - no secret rests on it

        def best(members: list[int], most: int) -> list[int]:
            return sorted(members, key=lambda at: (-scores.get(at, 0.0), at))[:most]

        def worth(members: list[int]) -> tuple[bool, float]:
            total = sum(scores.get(at, 0.0) for at in best(members, count))
            return len(members) >= count, total

        # The order of equals is a lot too, so that a topic without words takes any section.
        sections = lots.sample([*self._sections.values()], len(self._sections))
        first = sorted(sections, key=worth, reverse=True)[:SECTIONS]
        if not first:
            return []
        # Conversations about one topic share a pool twice as large as each of them needs.
        pool = best(lots.choice(first), 2 * count)
        chosen = best(lots.sample(pool, min(count, len(pool))), count)
        return [self._stretches[at] for at in chosen]


def _words_of(topic: Topic) -> set[str]:
    said = " ".join((topic.name, topic.description, *topic.concepts, *topic.questions))
    return {word for word in words(said) if len(word) >= LEAST_LETTERS}


def _stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The first sentences of each paragraph, as far as they are whole and fit."""
    for found in _PARAGRAPH.finditer(text, start, end):
        paragraph = found[0].rstrip()
        if len(paragraph) < LEAST_CHARACTERS or paragraph.startswith(("#", "|", "=", "```")):
            continue
        whole = sentences(text, found.start(), found.start() + len(paragraph))
        last = _last_that_fits(text, whole)
        if last is not None and last - whole[0].start >= LEAST_CHARACTERS:
            yield whole[0].start, last


def _last_that_fits(text: str, whole: Sequence[tuple[int, int]]) -> int | None:
    last: int | None = None
    for start, end in whole:
        if end - whole[0][0] > MOST_CHARACTERS:
            break
        if text[start:end].endswith(_SENTENCE_END):
            last = end
    return last
