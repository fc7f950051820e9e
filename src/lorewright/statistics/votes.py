"""From votes to one preference for each scenario."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from lorewright.errors import BadRecord

Preference: TypeAlias = Literal[-1, 0, 1]
"""1 for ours, -1 for theirs, 0 for a tie."""


class Vote(NamedTuple):
    """Which of two answers one rater prefers."""

    scenario: str
    rater: str
    preference: int


@dataclass(frozen=True, slots=True)
class Preferences:
    """What each scenario prefers, by the majority of its raters."""

    by_scenario: Mapping[str, Preference]

    @property
    def wins(self) -> int:
        """Scenarios in which ours is preferred."""
        return sum(one == 1 for one in self.by_scenario.values())

    @property
    def losses(self) -> int:
        """Scenarios in which theirs is preferred."""
        return sum(one == -1 for one in self.by_scenario.values())

    @property
    def ties(self) -> int:
        """Scenarios without a preference."""
        return sum(one == 0 for one in self.by_scenario.values())


def preferences(votes: Iterable[Vote]) -> Preferences:
    """Let the raters of each scenario vote; as many for as against is a tie.

    Raises:
        BadRecord: when a vote is none of 1, 0 and -1, or a rater votes twice on a scenario.
    """
    sums: dict[str, int] = defaultdict(int)
    seen: set[tuple[str, str]] = set()
    for vote in votes:
        where = f"scenario {vote.scenario}, rater {vote.rater}"
        if vote.preference not in (-1, 0, 1):
            raise BadRecord(f"a vote is 1, 0 or -1, not {vote.preference}", where=where)
        if (vote.scenario, vote.rater) in seen:
            raise BadRecord(
                "a rater voted twice on one scenario",
                where=where,
                hint="two orders of the same answers are one vote: resolve them first",
            )
        seen.add((vote.scenario, vote.rater))
        sums[vote.scenario] += vote.preference
    return Preferences({scenario: sign_of(total) for scenario, total in sorted(sums.items())})


def both_orders(shown_first: Preference, shown_second: Preference) -> Preference:
    """The vote of a judge that read both orders: one that changes with the order is a tie.

    Args:
        shown_first: what it preferred when ours came first.
        shown_second: what it preferred when ours came second.
    """
    return shown_first if shown_first == shown_second else 0


def sign_of(total: float) -> Preference:
    """1, 0 or -1."""
    if total > 0:
        return 1
    return -1 if total < 0 else 0
