"""What one rater ranks: every scenario once, a few twice, each with its answers under letters.

Beside them stand a few with an answer that was given to somebody else: whoever prefers that one
did not read, and what is said there counts for no arm.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from lorewright.evaluate.blinding import Blind
from lorewright.evaluate.decoys import Decoy, spread_out
from lorewright.evaluate.ranking.choices import Choice

REAL, FOREIGN = "real", "foreign"
"""What stands behind the letters of an item that is there to see who reads."""


class Item(NamedTuple):
    """One scenario as one rater meets it."""

    code: str
    """What the rater and whoever carries the answer back know it by."""
    scenario: str
    repeat: int
    """1 where it is shown for the second time."""
    letters: Mapping[str, str]
    """The arm behind each letter; sealed until the ranking is locked."""
    decoy: Decoy | None = None
    """Set where the item is there to see who reads; then `real` and `foreign` stand behind the
    letters."""

    def is_read(self, choice: Choice) -> bool:
        """Whether the answer that was given to this client, and no other, is preferred."""
        real = next(letter for letter, which in self.letters.items() if which == REAL)
        return choice.groups[0] == (real,) and not choice.all_bad


def items_for(
    blind: Blind,
    arms: Mapping[str, Sequence[str]],
    repeats: Decimal,
    decoys: Sequence[Decoy] = (),
) -> list[Item]:
    """The items of one rater in their order.

    Repeats come after everything else, when the first time is longest ago, and under other
    letters, so that nobody can look up what they said.

    Args:
        blind: the rater's lots.
        arms: for each scenario the arms that answered it whole, at least two of them.
        repeats: the share of scenarios that are shown twice.
        decoys: shown among the others, to see who reads.
    """
    once = [_item(blind, name, arms[name], 0) for name in blind.order(arms, "scenarios")]
    chosen = blind.chosen(sorted(arms), repeats, "repeats")
    twice = [_item(blind, name, arms[name], 1) for name in chosen]
    for place, decoy in zip(spread_out(len(once), len(decoys)), decoys, strict=True):
        once.insert(place, _attention(blind, decoy))
    return [*once, *twice]


def _item(blind: Blind, name: str, arms: Sequence[str], repeat: int) -> Item:
    about = name, str(repeat)
    return Item(blind.code("item", *about), name, repeat, blind.letters(arms, *about))


def _attention(blind: Blind, decoy: Decoy) -> Item:
    about = "attention", decoy.scenario
    letters = blind.letters((REAL, FOREIGN), *about)
    return Item(blind.code("item", *about), decoy.scenario, 0, letters, decoy)
