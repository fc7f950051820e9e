"""What came of a part in which each unit is done or not done."""

from collections.abc import Sequence

from lorewright.evaluate.regression.kept import Kept, Outcome, Part, outcome_of, state_of
from lorewright.statistics import State, share_not_worse


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
    n = len(pairs)
    gained = sum(our and not their for their, our in pairs)
    lost = sum(their and not our for their, our in pairs)
    found = share_not_worse(gained, lost, n - gained - lost, by=margin, alpha=alpha)
    outcome = outcome_of(is_met=found.is_met, high=found.high, margin=margin, p_value=found.p_value)
    is_enough = n >= fewest
    return Kept(
        part=part,
        about=about,
        units=units,
        n=n,
        base=sum(their for their, _ in pairs) / n if n else None,
        tuned=sum(our for _, our in pairs) / n if n else None,
        change=found.estimate,
        low=found.low,
        high=found.high,
        level=found.level,
        margin=margin,
        p_value=found.p_value if is_enough else None,
        outcome=outcome if is_enough else Outcome.NOT_TESTED,
        state=found.state.value if is_enough else state_of(State.TOO_FEW, fewest, n),
    )
