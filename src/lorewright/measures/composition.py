"""Whether a set is made up as it was meant to be."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lorewright.errors import BadSettings

MOST_APART = 0.05
"""So far a share may be from what was meant."""
_FEW = 5
"""With fewer members expected in a kind the test is only rough."""


class Share(NamedTuple):
    """One kind."""

    members: int
    share: float
    target: float


class Composition(NamedTuple):
    """The kinds of a set beside what was meant."""

    members: int
    shares: dict[str, Share]
    """Also of kinds that were not meant at all, with the target 0."""
    chi_square: float
    """Pearson's; infinite when there is a kind that was not meant."""
    degrees: int
    p_value: float
    most_apart: float
    """The largest distance of a share from its target."""
    is_rough: bool
    """Whether a kind is too small for the p-value to be trusted."""

    @property
    def is_as_meant(self) -> bool:
        """Whether no share is further from its target than `MOST_APART`.

        The p-value does not decide: in a large set it calls the smallest distance real.
        """
        return self.most_apart <= MOST_APART + 1e-12


def composition(kinds: Iterable[str], targets: Mapping[str, float]) -> Composition | None:
    """Hold the kinds of a set against the shares that were meant.

    Args:
        kinds: the kind of each member.
        targets: the share of each kind; they add up to 1.

    Returns:
        None without any member.

    Raises:
        BadSettings: when the targets are no shares.
    """
    if any(not 0 <= share <= 1 for share in targets.values()) or not math.isclose(
        math.fsum(targets.values()), 1, abs_tol=1e-6
    ):
        raise BadSettings("the shares that are meant do not add up to 1")
    counts = Counter(kinds)
    total = counts.total()
    if not total:
        return None
    meant = [kind for kind, share in targets.items() if share > 0]
    shares = {
        kind: Share(counts[kind], counts[kind] / total, targets.get(kind, 0.0))
        for kind in [*targets, *sorted(counts.keys() - targets.keys())]
    }
    chi = math.inf
    if all(share.target > 0 or not share.members for share in shares.values()):
        chi = math.fsum(
            (counts[kind] - total * targets[kind]) ** 2 / (total * targets[kind]) for kind in meant
        )
    degrees = len(meant) - 1
    return Composition(
        members=total,
        shares=shares,
        chi_square=chi,
        degrees=degrees,
        p_value=chi_square_tail(chi, degrees),
        most_apart=max(abs(one.share - one.target) for one in shares.values()),
        is_rough=any(total * targets[kind] < _FEW for kind in meant),
    )


def chi_square_tail(value: float, degrees: int) -> float:
    """The chance of a chi-square of at least `value`.

    From the recurrence of the regularised gamma function, Q(a + 1, x) = Q(a, x) + x^a e^-x /
    Γ(a + 1), which ends at once for halves (Abramowitz and Stegun 6.5.21).
    """
    if degrees < 1 or value <= 0:
        return 1.0 if value <= 0 else 0.0
    if math.isinf(value):
        return 0.0
    half = value / 2 or math.ulp(0)
    at = 0.5 if degrees % 2 else 1.0
    tail = math.erfc(math.sqrt(half)) if degrees % 2 else math.exp(-half)
    while at < degrees / 2:
        tail += math.exp(at * math.log(half) - half - math.lgamma(at + 1))
        at += 1
    return min(1.0, tail)
