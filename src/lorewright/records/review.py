"""Where an example stands with those who read it: what the chain of decisions comes to."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from lorewright.lineage import Ref
from lorewright.records.decision import Decision, Verb


class Standing(StrEnum):
    """What somebody thinks of an example."""

    UNREVIEWED = "unreviewed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EDITED = "edited"
    """Good in other words, which are an example of their own."""


class Review(NamedTuple):
    """What holds of an example, and the decision that says so."""

    standing: Standing = Standing.UNREVIEWED
    decision: Decision | None = None
    """None as long as nothing was decided, or all of it was taken back."""

    @property
    def edited(self) -> Ref | None:
        """The example in its new words."""
        value = self.decision.value if self.decision else None
        return Ref.parse(value) if value and self.standing is Standing.EDITED else None


_STANDINGS = {
    Verb.ACCEPT: Standing.ACCEPTED,
    Verb.REJECT: Standing.REJECTED,
    Verb.EDIT: Standing.EDITED,
}


def review_of(chain: Iterable[Decision]) -> Review:
    """What the decisions about one example, in their order, come to.

    Undoing takes back the decision that it comes after, whichever that is: the example stands
    where it stood before that one. So undoing what was undone brings the decision back.
    """
    standings = [Review()]
    for decision in chain:
        if decision.verb is Verb.UNDO:
            standings.append(standings[-2] if len(standings) > 1 else standings[-1])
        elif decision.verb in _STANDINGS:
            standings.append(Review(_STANDINGS[decision.verb], decision))
        else:
            standings.append(standings[-1])
    return standings[-1]
