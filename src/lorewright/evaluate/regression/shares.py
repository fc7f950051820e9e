"""What came of a part in which each unit is done or not done."""

from collections.abc import Sequence

from lorewright.evaluate.regression.kept import Kept, Part, kept
from lorewright.statistics import share_not_worse


def share_kept(
    part: Part,
    pairs: Sequence[tuple[bool, bool]],
    *,
    about: str,
    units: str,
    fewest: int,
    margin: float,
    alpha: float,
) -> Kept:
    """Compare how often the base and the tuned adapter do what is wanted, unit by unit.

    Args:
        part: what is looked at.
        pairs: for each unit whether the base does, and whether the tuned adapter does.
        about: where the units come from, with what is counted.
        units: what they are.
        fewest: with fewer nothing is tested.
        margin: how much less often counts as not worse.
        alpha: the error of the one-sided test.

    Raises:
        MissingExtra: when scipy is not installed.
    """
    gained = sum(our and not their for their, our in pairs)
    lost = sum(their and not our for their, our in pairs)
    same = len(pairs) - gained - lost
    found = share_not_worse(gained, lost, same, by=margin, alpha=alpha)
    return kept(part, pairs, found, about=about, units=units, fewest=fewest)
