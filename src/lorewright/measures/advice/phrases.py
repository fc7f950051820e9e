"""Patterns of words, found in one pass over a sentence.

They are no regular expressions on purpose: whoever writes a list of phrases need not know any,
and no list can make the search take more than a few steps for each word of an answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import NamedTuple, TypeAlias

from lorewright.measures.advice.reading import words_of

MOST_STEPS, MOST_GAPS = 12, 2
"""A pattern longer than this would be a sentence, and could be searched for in many ways."""
WIDEST_GAP = 4
"""Words that `...` may stand for."""

_NUMERALS = frozenset({
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "fifteen", "eighteen", "twenty", "thirty", "forty", "fifty", "sixty", "ninety",
    "hundred", "half",
})  # fmt: skip
_NUMBER = re.compile(r"\d[\d.,]*(?:st|nd|rd|th)?")
_TAILS = {"'s": "is", "'re": "are", "'m": "am", "'d": "would", "'ll": "will", "n't": "not"}
_JOINS_NUMBERS = frozenset({"to", "or", "and"})


class Hit(NamedTuple):
    """A stretch of words `[start, end)` that a pattern stands for."""

    start: int
    end: int
    label: str


class _Kind(Enum):
    NUMBER = "#"
    ANY = "_"
    GAP = "..."


_Step: TypeAlias = "frozenset[str] | _Kind"


class _Pattern(NamedTuple):
    steps: tuple[_Step, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """Patterns, ready to be searched for."""

    _by_pair: Mapping[tuple[str, str], Sequence[_Pattern]]
    """Patterns that begin with two words: nearly all, and nearly none is tried in vain."""
    _by_word: Mapping[str, Sequence[_Pattern]]
    """Those that begin with one word and something else, or are one word."""
    _by_number: Sequence[_Pattern]
    _first: frozenset[str]
    """Every word that a pattern begins with."""

    def find(self, words: Sequence[str]) -> list[Hit]:
        """What stands in `words`, from left to right; the longest first, and none overlap."""
        found: list[Hit] = []
        after = 0
        for at in self._beginnings(words):
            best = self._longest(words, at) if at >= after else None
            if best:
                found.append(best)
                after = best.end
        return found

    def stand_in(self, words: Sequence[str]) -> bool:
        """Whether anything is found at all."""
        return any(self._longest(words, at) for at in self._beginnings(words))

    def _beginnings(self, words: Sequence[str]) -> list[int]:
        """Where a pattern may begin; for most words of an answer none does."""
        known = self._first
        if self._by_number:
            return [at for at, word in enumerate(words) if word in known or is_number(word)]
        return [at for at, word in enumerate(words) if word in known]

    def _longest(self, words: Sequence[str], at: int) -> Hit | None:
        best: Hit | None = None
        candidates = list(self._by_word.get(words[at], ()))
        if at + 1 < len(words):
            candidates += self._by_pair.get((words[at], words[at + 1]), ())
        if self._by_number and is_number(words[at]):
            candidates += self._by_number
        for pattern in candidates:
            end = next(_ends(pattern.steps, 0, words, at), 0)
            if end > at and (best is None or end > best.end):
                best = Hit(at, end, pattern.label)
        return best


def compiled(
    patterns: Iterable[tuple[str, str]], *, classes: Mapping[str, frozenset[str]] | None = None
) -> Phrases:
    """Make patterns ready; the form is described at the head of `lexicon.toml`.

    Args:
        patterns: each with the label of what it finds.
        classes: the words that `<name>` stands for.

    Raises:
        ValueError: saying what is wrong with which pattern.
    """
    by_pair: dict[tuple[str, str], list[_Pattern]] = {}
    by_word: dict[str, list[_Pattern]] = {}
    by_number: list[_Pattern] = []
    for form, label in [(form, label) for text, label in patterns for form in _forms(text)]:
        steps = tuple(_steps(form, classes or {}))
        _check(steps, form)
        pattern = _Pattern(steps, label)
        first, second = steps[0], steps[1] if len(steps) > 1 else None
        if not isinstance(first, frozenset):
            by_number.append(pattern)
        elif isinstance(second, frozenset):
            for pair in product(first, second):
                by_pair.setdefault(pair, []).append(pattern)
        else:
            for word in first:
                by_word.setdefault(word, []).append(pattern)
    begins = frozenset(by_word) | {first for first, _ in by_pair}
    return Phrases(by_pair, by_word, tuple(by_number), begins)


def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or written out."""
    return word in _NUMERALS or (word[0].isdigit() and _NUMBER.fullmatch(word) is not None)


def _forms(text: str) -> Iterator[str]:
    """A pattern as written, and with its contractions written out."""
    yield text
    whole = " ".join(map(_written_out, text.split()))
    if whole != text:
        yield whole


def _written_out(part: str) -> str:
    for tail, word in _TAILS.items():
        choices = part.split("|")
        if all(choice.endswith(tail) and len(choice) > len(tail) for choice in choices):
            return f"{'|'.join(choice.removesuffix(tail) for choice in choices)} {word}"
    return part


def _steps(text: str, classes: Mapping[str, frozenset[str]]) -> Iterator[_Step]:
    for part in text.split():
        if part in {kind.value for kind in _Kind}:
            yield _Kind(part)
        elif part.startswith("<") and part.endswith(">"):
            if part[1:-1] not in classes:
                raise ValueError(f"the pattern {text!r} names {part}, which is no class")
            yield classes[part[1:-1]]
        else:
            yield from _words_step(part, text)


def _words_step(part: str, text: str) -> Iterator[_Step]:
    choices = [words_of(choice) for choice in part.split("|")]
    if len(choices) == 1 and choices[0]:  # a word with a hyphen is two
        yield from (frozenset({word}) for word in choices[0])
        return
    if any(len(choice) != 1 for choice in choices):
        raise ValueError(f"the pattern {text!r} has {part!r} where words between | are meant")
    yield frozenset(choice[0] for choice in choices)


def _check(steps: Sequence[_Step], text: str) -> None:
    if not steps:
        raise ValueError("a pattern is empty")
    if len(steps) > MOST_STEPS or steps.count(_Kind.GAP) > MOST_GAPS:
        raise ValueError(
            f"the pattern {text!r} is too long: at most {MOST_STEPS} words and {MOST_GAPS} gaps"
        )
    if steps[0] in {_Kind.ANY, _Kind.GAP} or steps[-1] is _Kind.GAP:
        raise ValueError(f"the pattern {text!r} begins or ends with what may be anything")


def _ends(steps: Sequence[_Step], step: int, words: Sequence[str], at: int) -> Iterator[int]:
    """Where the steps from `step` on can end that begin at word `at`; the narrowest gap first."""
    if step == len(steps):
        yield at
        return
    wanted = steps[step]
    if wanted is _Kind.GAP:
        for wide in range(min(WIDEST_GAP, len(words) - at) + 1):
            yield from _ends(steps, step + 1, words, at + wide)
        return
    if at >= len(words):
        return
    if wanted is _Kind.NUMBER:
        end = _number_end(words, at)
        if end > at:
            yield from _ends(steps, step + 1, words, end)
    elif wanted is _Kind.ANY or words[at] in wanted:
        yield from _ends(steps, step + 1, words, at + 1)


def _number_end(words: Sequence[str], at: int) -> int:
    """One past a number that begins at `at`, its range with it: `3 6`, `two to three`."""
    if not is_number(words[at]):
        return at
    after = at + 1
    if after < len(words) and is_number(words[after]):
        return after + 1
    if after + 1 < len(words) and words[after] in _JOINS_NUMBERS and is_number(words[after + 1]):
        return after + 2
    return after
