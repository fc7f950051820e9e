"""Many tests at once: p-values adjusted so that the whole family keeps its error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lorewright.errors import BadRecord
from lorewright.statistics.finding import refuse_no_share

Method: TypeAlias = Literal["holm", "benjamini-hochberg"]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One test of a family."""

    name: str
    p_value: float | None
    """None for a test that could not be made; it takes no part in the adjustment."""
    adjusted: float | None
    is_met: bool


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given, that bound the chance of any false claim.

    Step down: the k-th smallest of m is multiplied by m - k + 1, and none falls below one
    before it (Holm 1979, https://www.jstor.org/stable/4615733). Valid however the tests hang
    together.

    Raises:
        BadRecord: when one does not lie between 0 and 1.
    """
    _refuse_no_p_value(p_values)
    count, highest = len(p_values), 0.0
    adjusted = [0.0] * count
    for rank, place in enumerate(sorted(range(count), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (count - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given, that bound the share of false claims.

    Step up: the k-th smallest of m is multiplied by m / k, and none rises above one after it
    (Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x). Valid for tests
    that are independent or pull the same way.

    Raises:
        BadRecord: when one does not lie between 0 and 1.
    """
    _refuse_no_p_value(p_values)
    count, lowest = len(p_values), 1.0
    adjusted = [0.0] * count
    order = sorted(range(count), key=lambda place: p_values[place])
    for rank, place in reversed(list(enumerate(order, start=1))):
        lowest = min(lowest, p_values[place] * (count / rank))
        adjusted[place] = lowest
    return adjusted


def adjusted(
    tests: Mapping[str, float | None], *, method: Method = "holm", alpha: float = 0.05
) -> tuple[Adjusted, ...]:
    """Adjust a family of named tests and say which are met.

    Raises:
        BadRecord: when a p-value does not lie between 0 and 1.
        BadSettings: when `alpha` cannot be used.
    """
    refuse_no_share(alpha, "the error of a test")
    made = {name: p_value for name, p_value in tests.items() if p_value is not None}
    adjust = holm if method == "holm" else benjamini_hochberg
    found = dict(zip(made, adjust(list(made.values())), strict=True))
    return tuple(
        Adjusted(name, p_value, found.get(name), is_met=found.get(name, 2.0) <= alpha)
        for name, p_value in tests.items()
    )


def _refuse_no_p_value(p_values: Sequence[float]) -> None:
    for place, p_value in enumerate(p_values, start=1):
        if not 0 <= p_value <= 1:
            raise BadRecord(
                f"p-value {place} of {len(p_values)} is {p_value}, which is no p-value",
                hint="leave a test that could not be made out of its family as None",
            )
