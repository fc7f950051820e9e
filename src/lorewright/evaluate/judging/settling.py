"""From both orders of a pair to one vote, and whether the order sways the judge."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lorewright.evaluate.rating_lines import BOTH_BAD, PREFERENCE, TIE, VoteLine, between, sides_of
from lorewright.statistics import Flips, Share, Vote, both_orders, flips, wilson

if TYPE_CHECKING:
    from lorewright.statistics.votes import Preference


class Settled(NamedTuple):
    """The votes of one judge between two arms."""

    votes: tuple[Vote, ...]
    """One for each scenario that was judged in both orders; one that changed is a tie."""
    cases: tuple[tuple[int, int], ...]
    """What was preferred with ours first and with ours second, scenario by scenario."""
    one_order: tuple[str, ...]
    """Scenarios of which one order failed: nothing tells the answer from its place."""


class OrderEffect(NamedTuple):
    """Whether a judge favours a place."""

    share: Share
    """How often the answer that was shown first was preferred, of all that were no tie. One half
    is what a judge without a favourite comes to over both orders."""
    flips: Flips
    """How often the preference changed with the order, and the exact sign test of the changes:
    a judge without a favourite changes to the first place as often as to the second."""


def settle(
    rater: str, lines: Iterable[VoteLine], ours: str, theirs: str, question: str = PREFERENCE
) -> Settled:
    """Make one vote of the two orders of each scenario; a flip is a tie.

    Of a judge that likes what it reads first, every vote in one order is partly about the
    order. Over both orders only what outlives the change is left (Zheng and others 2023,
    arXiv:2306.05685, section 3.4).

    Args:
        rater: the judge.
        lines: its votes.
        ours: the arm that a vote of 1 is for.
        theirs: the other one.
        question: what was asked.
    """
    orders: dict[str, dict[bool, Preference]] = defaultdict(dict)
    for line in between(lines, ours, theirs, question):
        orders[line.scenario][line.first == ours] = sides_of(line, ours)
    votes: list[Vote] = []
    cases: list[tuple[int, int]] = []
    for scenario, both in sorted(orders.items()):
        if len(both) == 2:
            first, second = both[True], both[False]
            cases.append((first, second))
            votes.append(Vote(scenario, rater, both_orders(first, second)))
    one_order = tuple(sorted(name for name, both in orders.items() if len(both) == 1))
    return Settled(tuple(votes), tuple(cases), one_order)


def settled_cases(rater: str, lines: Sequence[VoteLine]) -> list[tuple[int, int]]:
    """What a judge preferred in both orders, of every two arms; ours is the first by name.

    Only the question for a preference counts, and only what was judged in both orders.
    """
    pairs = sorted(
        {
            (min(line.first, line.second), max(line.first, line.second))
            for line in lines
            if line.question == PREFERENCE
        }
    )
    return [case for ours, theirs in pairs for case in settle(rater, lines, ours, theirs).cases]


def order_effect(
    lines: Sequence[VoteLine], cases: Sequence[tuple[int, int]], *, level: float = 0.95
) -> OrderEffect:
    """Test whether a judge favours a place.

    The share has the interval of Wilson and no test of its own: the two orders of a pair hang
    together. The test is that of the changes, which are one for each pair at most.

    Raises:
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    decided = [line for line in lines if line.preferred not in {TIE, BOTH_BAD}]
    first = sum(line.preferred == line.first for line in decided)
    return OrderEffect(wilson(first, len(decided), level=level), flips(cases, level=level))
