"""What one question with its answer must be before anybody else looks at it."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from lorewright.generate.pairs.language import is_in_the_language_of
from lorewright.generate.pairs.phrases import boilerplate, mention
from lorewright.records import Document
from lorewright.settings import PairSettings
from lorewright.similarity import exact_digest, ngrams, normalised, words

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
LEAST_QUESTION_WORDS = 3
RUN_WORDS = 8
"""So many words in a row are no chance: they were copied."""
MOST_TOLD = 0.5
"""A question that copies this share of its answer holds it."""


class Fault(NamedTuple):
    """Why a pair is turned down."""

    reason: str
    detail: str


class Exchange(NamedTuple):
    """A question and its answer as they would be learnt."""

    question: str
    answer: str


class Gates:
    """The checks that need no quote, and the memory of what was asked already."""

    def __init__(
        self,
        document: Document,
        settings: PairSettings,
        *,
        templates: Iterable[str],
        asked: Iterable[str] = (),
    ) -> None:
        self._document = document
        self._settings = settings
        self._templates = tuple(map(_runs, templates))
        self._asked = {exact_digest(question) for question in asked}

    def fault_of(self, said: Exchange) -> Fault | None:
        """The first check that fails, or None."""
        checks: tuple[Callable[[Exchange], Fault | None], ...] = (
            _emptiness,
            self._repetition,
            _assistant_talk,
            _source_talk,
            self._length,
            self._leak,
            _answer_in_question,
            self._addresses,
            self._language,
        )
        return next((fault for check in checks if (fault := check(said))), None)

    def remember(self, question: str) -> None:
        """From now on the question was asked already."""
        self._asked.add(exact_digest(question))

    def _repetition(self, said: Exchange) -> Fault | None:
        if exact_digest(said.question) not in self._asked:
            return None
        return Fault("duplicate_question", "the question was asked before")

    def _length(self, said: Exchange) -> Fault | None:
        count = len(words(said.answer))
        if count < self._settings.min_answer_words:
            return Fault("too_short", f"the answer has only {count} words")
        if count > self._settings.max_answer_words:
            return Fault("too_long", f"the answer has {count} words")
        return None

    def _leak(self, said: Exchange) -> Fault | None:
        for text in said:
            said_runs = ngrams(text, RUN_WORDS, whole=False)
            if leaked := set[str]().union(*(said_runs & one for one in self._templates)):
                return Fault("prompt_leaked", f"these words are the prompt's: {min(leaked)}")
        return None

    def _addresses(self, said: Exchange) -> Fault | None:
        for text in said:
            for found in _ADDRESS.findall(text):
                address = found.rstrip(".,;:!?")
                if address not in self._document.words:
                    return Fault("unknown_address", f"{address[:100]} does not stand in the source")
        return None

    def _language(self, said: Exchange) -> Fault | None:
        if all(is_in_the_language_of(self._document, text) for text in said):
            return None
        return Fault("other_language", "it is not in the language of the document")


@lru_cache(maxsize=64)
def _runs(template: str) -> frozenset[str]:
    return frozenset(ngrams(template, RUN_WORDS, whole=False))


def _emptiness(said: Exchange) -> Fault | None:
    if len(words(said.question)) < LEAST_QUESTION_WORDS:
        return Fault("no_question", f"the question has fewer than {LEAST_QUESTION_WORDS} words")
    if not words(said.answer):
        return Fault("no_answer", "the answer holds no word")
    return None


def _assistant_talk(said: Exchange) -> Fault | None:
    for text in said:
        if found := boilerplate(text):
            return Fault("assistant_talk", f"an assistant speaks about itself: {found}")
    return None


def _source_talk(said: Exchange) -> Fault | None:
    for text in said:
        if found := mention(text):
            return Fault("speaks_of_the_source", f"it speaks of the text it was made from: {found}")
    return None


def _answer_in_question(said: Exchange) -> Fault | None:
    question, answer = normalised(said.question), words(said.answer)
    if f" {' '.join(answer)} " in f" {question} ":
        return Fault("answer_given_away", "the question says all that the answer says")
    runs = ngrams(question, RUN_WORDS, whole=False)
    told = set[int]()
    for at in range(len(answer) - RUN_WORDS + 1):
        if " ".join(answer[at : at + RUN_WORDS]) in runs:
            told.update(range(at, at + RUN_WORDS))
    if len(told) < MOST_TOLD * len(answer):
        return None
    detail = f"{len(told)} of the {len(answer)} words of the answer stand in the question"
    return Fault("answer_given_away", detail)
