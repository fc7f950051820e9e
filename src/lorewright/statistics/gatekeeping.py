"""A fixed order of hypotheses: each is tested only when all before it are met."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lorewright.errors import BadRecord
from lorewright.statistics.finding import refuse_no_share


class Outcome(StrEnum):
    """What became of a hypothesis."""

    MET = "met"
    NOT_SHOWN = "not shown"
    NOT_TESTED = "not tested"
    """One before it was not met, or its own test could not be made."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One hypothesis of the order."""

    name: str
    p_value: float | None
    """As its own test gave it, whatever stands before it."""
    step_down: float | None
    """The largest p-value up to here: the smallest error at which this one is still met."""
    outcome: Outcome
    stopped_by: str | None
    """The first hypothesis of the order that was not met, for those that follow it."""


def in_order(
    hypotheses: Sequence[tuple[str, float | None]], *, alpha: float = 0.05
) -> tuple[Gate, ...]:
    """Test hypotheses in the order that was fixed beforehand, each at the full `alpha`.

    The chance of any false claim is at most `alpha`, since the first true null hypothesis of
    the order stops the rest (Maurer, Hothorn and Lehmacher 1995; Westfall and Krishen 2001,
    doi:10.1016/S0378-3758(01)00077-5). A test that could not be made stops the rest as well.

    Args:
        hypotheses: names and p-values; None for a test that could not be made.
        alpha: the error allowed for the whole order.

    Raises:
        BadRecord: when a p-value does not lie between 0 and 1.
        BadSettings: when `alpha` cannot be used.
    """
    refuse_no_share(alpha, "the error of a test")
    gates: list[Gate] = []
    highest: float | None = 0.0
    stopped_by: str | None = None
    for name, p_value in hypotheses:
        if p_value is not None and not 0 <= p_value <= 1:
            raise BadRecord(f"{p_value} is no p-value", where=name)
        highest = None if highest is None or p_value is None else max(highest, p_value)
        if stopped_by is not None or p_value is None:
            outcome = Outcome.NOT_TESTED
        else:
            outcome = Outcome.MET if p_value <= alpha else Outcome.NOT_SHOWN
        gates.append(Gate(name, p_value, highest, outcome, stopped_by))
        if stopped_by is None and outcome is not Outcome.MET:
            stopped_by = name
    return tuple(gates)
