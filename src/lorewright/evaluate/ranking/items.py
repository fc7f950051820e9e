"""What one rater ranks: every scenario once, a few twice, each with its answers under letters."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from lorewright.evaluate.blinding import Blind


class Item(NamedTuple):
    """One scenario as one rater meets it."""

    code: str
    """What the rater and whoever carries the answer back know it by."""
    scenario: str
    repeat: int
    """1 where it is shown for the second time."""
    letters: Mapping[str, str]
    """The arm behind each letter; sealed until the ranking is locked."""


def items_for(blind: Blind, arms: Mapping[str, Sequence[str]], repeats: Decimal) -> list[Item]:
    """The items of one rater in their order.

    Repeats come after everything else, when the first time is longest ago, and under other
    letters, so that nobody can look up what they said.

    Args:
        blind: the rater's lots.
        arms: for each scenario the arms that answered it whole, at least two of them.
        repeats: the share of scenarios that are shown twice.
    """
    once = [(name, 0) for name in blind.order(arms, "scenarios")]
    twice = [(name, 1) for name in blind.chosen(sorted(arms), repeats, "repeats")]
    return [
        Item(
            blind.code("item", name, str(repeat)),
            name,
            repeat,
            blind.letters(arms[name], name, str(repeat)),
        )
        for name, repeat in (*once, *twice)
    ]
