"""Pairs of neighbouring words, and the share of them that two texts have in common."""

from collections.abc import Collection
from itertools import pairwise

from lorewright.similarity.words import normalised, words


def shingles(text: str, *, salt: str = "") -> list[str]:
    """The word bigrams of `text`; a text of a single word has itself.

    Args:
        text: anything.
        salt: put before each bigram, so that only texts with the same salt have any in common.
    """
    found = words(text)
    if len(found) < 2:
        return [f"{salt}{normalised(text)}"]
    return [f"{salt}{first} {second}" for first, second in pairwise(found)]


def jaccard(one: Collection[str], other: Collection[str]) -> float:
    """What two sets have in common as a share of what they have together, 0 to 1.

    Two empty sets are alike.
    """
    first, second = set(one), set(other)
    together = len(first | second)
    return len(first & second) / together if together else 1.0
