"""What the tests and intervals of this room answer with."""

import math
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from lorewright.errors import BadRecord, BadSettings, MissingExtra


class State(StrEnum):
    """Whether numbers could be tested, and if not, why not."""

    SOUND = "sound"
    """What can be computed was computed."""
    TOO_FEW = "too few"
    """Fewer units than the interval or the test needs."""
    CONSTANT = "constant"
    """All numbers are the same, so that nothing says how far chance could move them."""
    ALL_TIES = "all ties"
    """No unit prefers anything."""
    UNBOUNDED = "unbounded"
    """The interval has no end on one side or on both: the divisor may be zero."""
    OUTSIDE = "all but a gap"
    """The interval is everything outside `low` to `high`: the divisor may be zero."""
    NOT_POSITIVE = "not positive"
    """What a share is taken of has a mean that is not above zero."""
    SEPARATED = "separated"
    """Some arms never lose to others, so that no finite strength fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A number with its interval, its test and what both rest on."""

    n: int
    """Units; a scenario is one unit however many ratings it has."""
    estimate: float | None
    """None where nothing can be estimated; `state` says why."""
    low: float | None
    high: float | None
    level: float
    """The coverage of the interval from `low` to `high`."""
    p_value: float | None
    """None where there is no test or it could not be made; `state` says why."""
    state: State
    assumes: str
    """What must hold for the interval and the test to be right, in words."""


@contextmanager
def from_prove(what: str) -> Generator[None]:
    """Name the extra that `what` needs when an import in the block fails."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"{what} needs {error.name}", hint='pip install "lorewright[prove]"'
        ) from error


def refuse_what_is_no_number(numbers: Sequence[float], what: str) -> None:
    """Refuse NaN and infinities, naming the place.

    Raises:
        BadRecord: when one of `numbers` is not finite.
    """
    for place, number in enumerate(numbers, start=1):
        if not math.isfinite(number):
            raise BadRecord(
                f"{what} {place} of {len(numbers)} is {number}, not a finite number",
                hint="aggregate ratings first: it leaves out what is no number and counts it",
            )


def refuse_no_share(share: float, what: str) -> None:
    """Refuse what does not lie strictly between 0 and 1.

    Raises:
        BadSettings: when `share` cannot be used.
    """
    if not 0 < share < 1:
        raise BadSettings(f"{what} lies between 0 and 1, {share} does not")


def refuse_unequal(ours: Sequence[object], theirs: Sequence[object]) -> None:
    """Refuse two arms that are not paired.

    Raises:
        BadRecord: when the two are not equally long.
    """
    if len(ours) != len(theirs):
        raise BadRecord(
            f"{len(ours)} values cannot be paired with {len(theirs)}",
            hint="pair the arms by scenario first",
        )
