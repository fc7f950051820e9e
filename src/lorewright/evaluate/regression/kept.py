"""What came of one thing that the base could do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lorewright.statistics import Bounded, Exclusion, PairedShares, State


class Part(StrEnum):
    """What is looked at."""

    TEXT = "general text"
    EMOTIONS = "emotions of others"
    CHOICES = "multiple choice"
    SAFETY = "safety and referral"


class Outcome(StrEnum):
    """What is shown of a part."""

    NOT_WORSE = "not worse"
    """Shown to be worse by less than the margin, if at all."""
    NOT_SHOWN = "not shown"
    WORSE = "worse"
    """Shown to be worse by more than the margin."""
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One part under the base and under the tuned adapter, paired by unit."""

    part: Part
    about: str
    """The file or the set, with the unit of the numbers."""
    units: str
    """What is counted: windows, questions or scenarios."""
    n: int
    """Units that both arms have."""
    base: float | None
    tuned: float | None
    change: float | None
    """What the tuned adapter has more; above zero is always better."""
    low: float | None
    high: float | None
    level: float
    margin: float
    """How much worse counts as not worse; above zero."""
    p_value: float | None
    """One-sided, for being worse by less than the margin."""
    outcome: Outcome
    state: str
    """Why nothing could be tested, or `sound`."""
    left_out: tuple[Exclusion, ...] = ()
    notes: tuple[str, ...] = ()


def kept(
    part: Part,
    pairs: Sequence[tuple[float, float]],
    found: Bounded | PairedShares,
    *,
    about: str,
    units: str,
    fewest: int,
    left_out: Sequence[Exclusion] = (),
) -> Kept:
    """Put down what a test of non-inferiority found; with too few units nothing is tested.

    Args:
        part: what was looked at.
        pairs: for each unit the number of the base and that of the tuned adapter.
        found: the test about them.
        about: where the units come from, with what is counted.
        units: what they are.
        fewest: with fewer nothing is tested.
        left_out: units that one of the two does not have.
    """
    n = len(pairs)
    is_enough = n >= fewest
    return Kept(
        part=part,
        about=about,
        units=units,
        n=n,
        base=sum(theirs for theirs, _ in pairs) / n if n else None,
        tuned=sum(ours for _, ours in pairs) / n if n else None,
        change=found.estimate,
        low=found.low,
        high=found.high,
        level=found.level,
        margin=-found.lowest,
        p_value=found.p_value if is_enough else None,
        outcome=_outcome(found) if is_enough else Outcome.NOT_TESTED,
        state=found.state.value
        if is_enough
        else f"{State.TOO_FEW.value}: {n} of at least {fewest}",
        left_out=tuple(left_out),
    )


def _outcome(found: Bounded | PairedShares) -> Outcome:
    if found.p_value is None or found.high is None:
        return Outcome.NOT_TESTED
    if found.is_met:
        return Outcome.NOT_WORSE
    return Outcome.WORSE if found.high < found.lowest else Outcome.NOT_SHOWN
