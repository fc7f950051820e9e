"""Which pairs of chunks may have to do with each other: those that share rare words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from typing import NamedTuple

from lorewright.analyze.wording import the_wording
from lorewright.similarity import words as words_of

LEAST_SHARED = 3
"""Fewer rare words in common are chance."""
MOST_CHUNKS_WITH = 12
"""A word that stands in more chunks is not rare: it says what the document is about."""
LEAST_LETTERS = 4


class Pair(NamedTuple):
    """Two chunks by their places, the earlier first, and the words they share, rarest first."""

    first: int
    second: int
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The pairs to look at, and how many there were."""

    chosen: tuple[Pair, ...]
    """In the order of their places."""
    found: int

    @property
    def left_out(self) -> int:
        """Those beyond the limits."""
        return self.found - len(self.chosen)


def content_words(text: str) -> Counter[str]:
    """How often each word stands in `text` that may be one of its subject."""
    little = the_wording().terms["function_words"]
    return Counter(
        word
        for word in words_of(text)
        if len(word) >= LEAST_LETTERS and word not in little and not any(map(str.isdigit, word))
    )


def candidates(
    chunks: Sequence[frozenset[str]],
    *,
    most: int,
    per_chunk: int,
    is_apart: Callable[[int, int], bool],
) -> Candidates:
    """Pairs of chunks that share the rarest words, the best first as far as limits allow.

    Args:
        chunks: the content words of each chunk, in reading order.
        most: the most pairs that are chosen.
        per_chunk: the most pairs of one chunk.
        is_apart: whether two places may be a pair at all.
    """
    pairs = _sharing(chunks, is_apart)
    ranked = sorted(pairs, key=lambda pair: (-pairs[pair][0], pair))
    taken, chosen = Counter[int](), list[Pair]()
    for first, second in ranked:
        if len(chosen) == most:
            break
        if max(taken[first], taken[second]) < per_chunk:
            taken.update((first, second))
            chosen.append(Pair(first, second, pairs[first, second][1]))
    return Candidates(tuple(sorted(chosen)), len(pairs))


def _sharing(
    chunks: Sequence[frozenset[str]], is_apart: Callable[[int, int], bool]
) -> dict[tuple[int, int], tuple[float, tuple[str, ...]]]:
    """Each pair that shares enough, with the weight of what it shares and the words."""
    where: defaultdict[str, list[int]] = defaultdict(list)
    for at, words in enumerate(chunks):
        for word in words:
            where[word].append(at)
    weights: defaultdict[tuple[int, int], list[tuple[float, str]]] = defaultdict(list)
    for word, places in where.items():
        if 2 <= len(places) <= MOST_CHUNKS_WITH:
            weight = log(1 + len(chunks) / len(places))
            for pair in combinations(places, 2):
                weights[pair].append((weight, word))
    found: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {}
    for pair, shared in weights.items():
        if len(shared) >= LEAST_SHARED and is_apart(*pair):
            ranked = sorted(shared, key=lambda one: (-one[0], one[1]))
            # Rounded, so that the order of adding up cannot change the order of the pairs.
            total = round(sum(sorted(weight for weight, _ in shared)), 9)
            found[pair] = total, tuple(word for _, word in ranked)
    return found
