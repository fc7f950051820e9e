"""Pairs of texts that have not been written apart."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from lorewright.similarity import ngrams, words

RUN = 8
MOST_LISTED = 20
MOST_OWNERS = 200
"""A run that stands in more texts than this is a formula of the set: its pairs would be many,
and it is told apart."""


class NearPair(NamedTuple):
    """Two texts, by their numbers, and what they share."""

    first: int
    second: int
    words: str
    """One run that stands in both."""


@dataclass(frozen=True, slots=True)
class NearPairs:
    """The pairs of a set that share a run of words."""

    texts: int
    count: int
    listed: tuple[NearPair, ...]
    """The first `MOST_LISTED` of them."""
    formulas: tuple[str, ...]
    """Runs that stand in more than `MOST_OWNERS` texts, and were not counted."""
    longest: int
    """Words of the longest run that two of the listed pairs' texts share."""

    @property
    def share(self) -> float | None:
        """Of all pairs that there are; None with fewer than two texts."""
        total = self.texts * (self.texts - 1) // 2
        return self.count / total if total else None


def near_pairs(texts: Sequence[str], *, run: int = RUN) -> NearPairs:
    """Find the pairs of texts that share a run of `run` words; shorter texts share nothing."""
    owners: defaultdict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        for gram in ngrams(text, run, whole=False):
            owners[gram].append(index)
    found: dict[tuple[int, int], str] = {}
    for gram, indexes in sorted(owners.items()):
        if len(indexes) <= MOST_OWNERS:
            for pair in combinations(indexes, 2):
                found.setdefault(pair, gram)
    pairs = [NearPair(*pair, gram) for pair, gram in sorted(found.items())]
    listed = tuple(pairs[:MOST_LISTED])
    formulas = sorted(gram for gram, indexes in owners.items() if len(indexes) > MOST_OWNERS)
    longest = max((longest_run(texts[one.first], texts[one.second]) for one in listed), default=0)
    return NearPairs(len(texts), len(pairs), listed, tuple(formulas), longest)


def longest_run(one: str, other: str) -> int:
    """The words of the longest run that stands in both texts."""
    first, second = words(one), words(other)
    low, high = 0, min(len(first), len(second))
    # A run has all shorter ones in it, so the length can be halved in on.
    while low < high:
        middle = (low + high + 1) // 2
        runs = set(_runs(first, middle))
        if any(found in runs for found in _runs(second, middle)):
            low = middle
        else:
            high = middle - 1
    return low


def _runs(found: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(found[at : at + size]) for at in range(len(found) - size + 1))
