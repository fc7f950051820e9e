"""How often two votes on one case are the same: the plain share, by cases."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.statistics.finding import Finding, State, from_prove, refuse_no_share


class Case(NamedTuple):
    """What two sides voted about one case; a vote is any word or number."""

    cluster: str
    """Cases that hang together, such as those of one question."""
    one: Sequence[str]
    other: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Same(Finding):
    """The share of pairs of votes that are the same; `n` counts the pairs."""

    same: int
    clusters: int


def agreeing_between(
    cases: Iterable[Case], *, without: frozenset[str] = frozenset(), level: float = 0.95
) -> Same:
    """Compare each vote of the one side with each of the other.

    Args:
        cases: votes of two sides.
        without: votes that take no part, such as ties.
        level: the coverage of the interval.

    Raises:
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    return _counted(
        (
            (case.cluster, [(one, other) for one in case.one for other in case.other])
            for case in cases
        ),
        without,
        level,
    )


def agreeing_within(
    cases: Iterable[tuple[str, Sequence[str]]],
    *,
    without: frozenset[str] = frozenset(),
    level: float = 0.95,
) -> Same:
    """Compare each two votes on one case.

    Args:
        cases: the cluster of each case and all its votes.
        without: votes that take no part, such as ties.
        level: the coverage of the interval.

    Raises:
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    return _counted(
        (
            (cluster, [(one, other) for at, one in enumerate(votes) for other in votes[at + 1 :]])
            for cluster, votes in cases
        ),
        without,
        level,
    )


def _counted(
    cases: Iterable[tuple[str, Sequence[tuple[str, str]]]], without: frozenset[str], level: float
) -> Same:
    """The share, with an interval whose error counts clusters, as of a ratio of sums."""
    refuse_no_share(level, "the level of an interval")
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for cluster, pairs in cases:
        for one, other in pairs:
            if one not in without and other not in without:
                counts[cluster][0] += one == other
                counts[cluster][1] += 1
    same = sum(count[0] for count in counts.values())
    n = sum(count[1] for count in counts.values())
    estimate = same / n if n else None
    low = high = None
    if estimate is not None and len(counts) > 1:
        with from_prove("the interval of agreement"):
            from lorewright.statistics.rows import quantile
        clusters = len(counts)
        spread = math.fsum((won - estimate * of) ** 2 for won, of in counts.values())
        error = math.sqrt(spread * clusters / (clusters - 1)) / n
        half = quantile(level, clusters - 1) * error
        low, high = max(0.0, estimate - half), min(1.0, estimate + half)
    return Same(
        n=n,
        estimate=estimate,
        low=low,
        high=high,
        level=level,
        p_value=None,
        state=State.TOO_FEW if low is None else State.SOUND,
        assumes="clusters are independent, cases of one cluster need not be",
        same=same,
        clusters=len(counts),
    )
