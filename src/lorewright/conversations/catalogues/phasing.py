"""Which phase of an arc each exchange of a conversation belongs to."""

from lorewright.conversations.catalogues.shapes import Arc, Phase

OPENING = "initial_opportunity_exploration"
"""What a conversation is called that begins in a phase without a name."""


def opening_of(arc: Arc) -> str:
    """The name of the phase that a conversation along `arc` begins in."""
    return next((phase.name for phase in arc.phases[:1]), "") or OPENING


def phases_of(arc: Arc, exchanges: int) -> list[Phase]:
    """The phase of each of so many exchanges.

    Phases come when their turn does. In a short conversation a later one comes earlier, so
    that none is missed that is not optional.
    """
    found: list[Phase] = []
    at = 0
    for number in range(1, exchanges + 1):
        while number > 1 and at + 1 < len(arc.phases) and _is_over(arc, at, number, exchanges):
            at += 1
        found.append(arc.phases[at])
    return found


def _is_over(arc: Arc, at: int, number: int, exchanges: int) -> bool:
    """Whether the next phase begins with exchange `number` at the latest."""
    to_come = sum(not phase.optional for phase in arc.phases[at + 1 :])
    return arc.phases[at].last < number or to_come > exchanges - number
