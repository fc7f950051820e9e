"""What so many scenarios can show, by the spread that was seen."""

from collections.abc import Iterator, Sequence
from statistics import fmean

from lorewright.evaluate.proof import Contrast, Proof
from lorewright.pictures import PowerShown
from lorewright.statistics import power_of, power_of_preference, signed

_STEPS = 40
"""Halvings until a smallest effect is exact enough."""


def power_rows(proof: Proof) -> tuple[PowerShown, ...]:
    """The smallest true effects that so many scenarios show, by the spread that was seen.

    It is no power of what was found: that says nothing that the p-value does not.
    """
    alpha = float(proof.rules.alpha)
    rows: list[PowerShown] = []
    for name, found in (
        ("ahead of the prompted base", proof.base),
        ("ahead of the control", proof.control),
    ):
        if found is not None and found.result is not None and found.result.sd > 0:
            rows.append(_ahead(name, found.n, found.result.sd, alpha))
    if proof.base is not None:
        rows += _by_margin(proof.base, float(proof.rules.over_base), alpha)
    if proof.preference is not None and proof.preference.n:
        n = proof.preference.n
        rows.append(PowerShown("preferred", n, None, *_preferences(n, alpha)))
    return tuple(rows)


def _ahead(name: str, n: int, sd: float, alpha: float) -> PowerShown:
    told = [_points(_smallest(n, sd, power=power, alpha=alpha, sides=2)) for power in (0.8, 0.9)]
    return PowerShown(name, n, sd, *told)


def _by_margin(found: Contrast, margin: float, alpha: float) -> Iterator[PowerShown]:
    """The true gain at which the margin would be shown."""
    pairs = found.pairs
    surplus = [
        our - (1 + margin) * their for our, their in zip(pairs.ours, pairs.theirs, strict=True)
    ]
    theirs = fmean(pairs.theirs)
    spread = _sd(surplus)
    if not spread or theirs <= 0:
        return
    told = [
        _smallest(found.n, spread, power=power, alpha=alpha / 2, sides=1) for power in (0.8, 0.9)
    ]
    gains = [
        None if one is None else f"a gain of {100 * (margin + one / theirs):.0f} %" for one in told
    ]
    yield PowerShown(f"by the margin of {100 * margin:.0f} %", found.n, spread, *gains)


def _preferences(n: int, alpha: float) -> list[str | None]:
    """The smallest shares in whole per cent."""
    told: list[str | None] = []
    for power in (0.8, 0.9):
        enough = (
            share
            for share in range(51, 100)
            if power_of_preference(n, share / 100, alpha=alpha) >= power
        )
        share = next(enough, None)
        told.append(None if share is None else f"{share} % of those that prefer one")
    return told


def _smallest(n: int, sd: float, *, power: float, alpha: float, sides: int) -> float | None:
    """The smallest true difference in points that is shown with `power`."""
    if n < 2:
        return None

    def reached(difference: float) -> bool:
        found = power_of(n, difference, sd, alpha=alpha, sides=1 if sides == 1 else 2)
        return found >= power

    low, high = 0.0, sd
    while not reached(high):
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _points(difference: float | None) -> str | None:
    return None if difference is None else f"{signed(difference)} points"


def _sd(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = fmean(values)
    return (sum((one - mean) ** 2 for one in values) / (len(values) - 1)) ** 0.5
