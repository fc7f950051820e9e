"""What came of one thing that the base could do."""

from dataclasses import dataclass
from enum import StrEnum

from lorewright.statistics import Exclusion, State


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


def outcome_of(
    *, is_met: bool, high: float | None, margin: float, p_value: float | None
) -> Outcome:
    """What a test of non-inferiority with its interval shows."""
    if p_value is None or high is None:
        return Outcome.NOT_TESTED
    if is_met:
        return Outcome.NOT_WORSE
    return Outcome.WORSE if high < -margin else Outcome.NOT_SHOWN


def state_of(state: State, fewest: int, n: int) -> str:
    """Why there is no test, in words."""
    return f"{state.value}: {n} of at least {fewest}" if state is State.TOO_FEW else state.value
