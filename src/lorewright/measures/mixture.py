"""How evenly a set is made up of kinds, such as task forms or levels."""

from collections import Counter
from collections.abc import Iterable
from math import log2
from typing import NamedTuple


class Mixture(NamedTuple):
    """What a set is made up of."""

    counts: dict[str, int]
    """Members of each kind, the most frequent first, then by name."""
    missing: tuple[str, ...]
    """Kinds that were wanted and that no member has."""
    entropy_bits: float
    """Shannon's entropy of the kinds."""
    evenness: float | None
    """Pielou's evenness, from 0, nearly all of one kind, to 1, all alike; None with fewer
    than two kinds, of which nobody can say whether they are even."""

    @property
    def coverage(self) -> float:
        """Kinds that occur as a share of those that occur or were wanted; 1 without any."""
        known = len(self.counts) + len(self.missing)
        return len(self.counts) / known if known else 1.0


def mixture(kinds: Iterable[str], *, wanted: Iterable[str] = ()) -> Mixture:
    """Count the kinds of a set.

    The entropy is -sum(p log2 p) over the shares p (Shannon, *A Mathematical Theory of
    Communication*, 1948); evenness is the entropy divided by its greatest value, log2 of the
    number of kinds (Pielou, *The measurement of diversity in different types of biological
    collections*, 1966).

    Args:
        kinds: the kind of each member.
        wanted: kinds that should occur.
    """
    counts = Counter(kinds)
    total = counts.total()
    # From log2(n/c) rather than -log2(c/n), so that a single kind has 0 and not -0.
    entropy = sum(count / total * log2(total / count) for count in counts.values())
    return Mixture(
        counts=dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
        missing=tuple(kind for kind in dict.fromkeys(wanted) if kind not in counts),
        entropy_bits=entropy,
        evenness=min(1.0, entropy / log2(len(counts))) if len(counts) > 1 else None,
    )
