"""How alike a neutral counterpart is to its original: its figures, its words, its length."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from lorewright.generate.neutral.speech import Speech
from lorewright.settings import NeutralSettings
from lorewright.similarity import words

PLACES = Decimal("0.001")
_FIGURE = re.compile(r"(?<![\w.,])\d+(?:[.,:/-]\d+)*")


class Fault(NamedTuple):
    """Why a counterpart cannot stand for its original."""

    reason: str
    detail: str


class Likeness(NamedTuple):
    """One counterpart beside its original, the assistant's side only."""

    figures_lost: tuple[str, ...]
    """Figures of the original that the counterpart lacks, as often as it lacks them."""
    figures_added: tuple[str, ...]
    kept: Decimal
    """The share of the original's content words that the counterpart has, each counted once;
    words of feeling and words that only join others are not content."""
    length: Decimal
    """Words of the counterpart for each word of the original."""
    warm_before: int
    """Stretches of warmth in the original."""
    warm_after: int

    def fault(self, settings: NeutralSettings) -> Fault | None:
        """What is wrong with the counterpart, or None."""
        return next(self._faults(settings), None)

    def _faults(self, settings: NeutralSettings) -> Iterator[Fault]:
        if self.figures_lost or self.figures_added:
            lost, added = (", ".join(one) or "none" for one in self[:2])
            yield Fault("figures_differ", f"figures lost: {lost}; added: {added}")
        if self.kept < settings.least_words_kept:
            share = f"{self.kept:.0%} of the words that carry content, fewer than"
            yield Fault("facts_lost", f"it keeps {share} {settings.least_words_kept:.0%}")
        if not settings.least_length <= self.length <= settings.most_length:
            bounds = f"{settings.least_length} to {settings.most_length}"
            yield Fault("other_length", f"it is {self.length} times as long; {bounds} is fair")
        if self.warm_after:
            yield Fault("still_warm", f"{self.warm_after} stretches of warmth are left")


def likeness_of(original: Speech, control: Speech) -> Likeness:
    """Compare what the assistant says in both."""
    before, after = " ".join(original.answers), " ".join(control.answers)
    figures, others = Counter(_figures(before)), Counter(_figures(after))
    content, theirs = _content(before), _content(after)
    counts = len(words(before)), len(words(after))
    return Likeness(
        tuple(sorted((figures - others).elements())),
        tuple(sorted((others - figures).elements())),
        _share(len(content & theirs), len(content)),
        _share(counts[1], counts[0]),
        _warm(before),
        _warm(after),
    )


def _figures(text: str) -> Iterator[str]:
    for found in _FIGURE.finditer(text):
        yield found[0].replace(",", "")


def _content(text: str) -> frozenset[str]:
    lists = _lists()
    return frozenset(words(text)) - lists.joining - lists.feeling


def _warm(text: str) -> int:
    """How many stretches say nothing but warmth, as the list of them goes."""
    said = f" {' '.join(words(text))} "
    return sum(said.count(f" {phrase} ") for phrase in _lists().phrases)


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(PLACES) if whole else Decimal(1)


class _Lists(NamedTuple):
    phrases: frozenset[str]
    feeling: frozenset[str]
    joining: frozenset[str]


@cache
def _lists() -> _Lists:
    """The word lists, folded as texts are folded before they are compared."""
    told = tomllib.loads(
        files("lorewright.generate.neutral").joinpath("warmth.toml").read_text(encoding="utf-8")
    )
    return _Lists(
        frozenset(" ".join(words(phrase)) for phrase in told["phrases"]),
        _single(told["feeling"]),
        _single(told["joining"]),
    )


def _single(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(word for entry in listed for word in words(entry))
