"""How long texts are, in words."""

from collections.abc import Iterable
from typing import NamedTuple

from lorewright.similarity import words


class Lengths(NamedTuple):
    """The lengths of some texts in words; all zero without any."""

    texts: int = 0
    least: int = 0
    median: float = 0.0
    """The middle one, or halfway between the middle two."""
    mean: float = 0.0
    most: int = 0


def lengths(texts: Iterable[str]) -> Lengths:
    """Count the words of each text; a word is what `similarity.words` takes for one."""
    counts = sorted(len(words(text)) for text in texts)
    if not counts:
        return Lengths()
    upper = len(counts) // 2
    lower = upper if len(counts) % 2 else upper - 1
    return Lengths(
        texts=len(counts),
        least=counts[0],
        median=(counts[lower] + counts[upper]) / 2,
        mean=sum(counts) / len(counts),
        most=counts[-1],
    )
