"""Where an adapter stands: what the chain of decisions about it comes to."""

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from lorewright.records.decision import VERSION, Decision, Verb


class AdapterState(StrEnum):
    """Whether an adapter may be used."""

    CANDIDATE = "candidate"
    """Nobody has decided yet."""
    APPROVED = "approved"
    RETIRED = "retired"


class DeploymentStatus(StrEnum):
    """What an adapter is in one place."""

    STORED = "stored"
    """Its files lie there, and nothing asks it."""
    TESTING = "testing"
    PRODUCTION = "production"
    ARCHIVED = "archived"
    """It was taken away."""


class Deployment(NamedTuple):
    """What an adapter is in one place, and the decision that says so."""

    place: str
    status: DeploymentStatus
    decision: Decision


class AdapterHistory(NamedTuple):
    """What holds of an adapter now."""

    state: AdapterState = AdapterState.CANDIDATE
    decision: Decision | None = None
    """The one that gave it its state; None for a candidate."""
    versions: tuple[str, ...] = ()
    """What it is called, as NAME@NUMBER, the oldest first."""
    deployments: tuple[Deployment, ...] = ()
    """The last word about every place where it ever was."""

    @property
    def in_use(self) -> tuple[Deployment, ...]:
        """Where something may ask it."""
        asked = (DeploymentStatus.TESTING, DeploymentStatus.PRODUCTION)
        return tuple(one for one in self.deployments if one.status in asked)


_STATES = {Verb.APPROVE: AdapterState.APPROVED, Verb.RETIRE: AdapterState.RETIRED}


def history_of(chain: Iterable[Decision]) -> AdapterHistory:
    """What the decisions about one adapter, in their order, come to.

    Undoing takes back the decision that it comes after, whichever that is: the adapter stands
    where it stood before that one. So undoing what was undone brings the decision back.
    """
    stood = [AdapterHistory()]
    for decision in chain:
        if decision.verb is Verb.UNDO:
            stood.append(stood[-2] if len(stood) > 1 else stood[-1])
        else:
            stood.append(_after(stood[-1], decision))
    return stood[-1]


def deployment_value(place: str, status: DeploymentStatus) -> str:
    """What a decision to deploy says, as `history_of` reads it."""
    return json.dumps({"place": place, "status": status}, ensure_ascii=False, sort_keys=True)


def version_parts(version: str) -> tuple[str, int]:
    """The name and the number of a NAME@NUMBER."""
    found = VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is no NAME@NUMBER")
    return found[1], int(found[2])


def _after(before: AdapterHistory, decision: Decision) -> AdapterHistory:
    if decision.verb in _STATES:
        return before._replace(state=_STATES[decision.verb], decision=decision)
    if decision.verb is Verb.NAME and decision.value:
        return before._replace(versions=(*before.versions, decision.value))
    if decision.verb is Verb.DEPLOY and decision.value:
        told = json.loads(decision.value)
        now = Deployment(str(told["place"]), DeploymentStatus(told["status"]), decision)
        others = tuple(one for one in before.deployments if one.place != now.place)
        return before._replace(deployments=(*others, now))
    return before
