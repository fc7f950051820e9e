"""Which conversations a file takes in, and why the others stay out."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from lorewright.lineage import Ref
from lorewright.records import Conversation, Enrichment, EnrichmentState, Example, Standing
from lorewright.store import Store, reviews, withdrawn_sources

AT_ONCE = 64
"""Conversations in memory at a time."""
KEYS = {
    "personas": "persona_key",
    "arcs": "emotional_arc_key",
    "topics": "training_topic_key",
    "consultants": "consultant_key",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; nothing named means all."""

    personas: frozenset[str] = frozenset()
    arcs: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    consultants: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    reviewed: bool = False
    """Only those that somebody has read."""
    controls: bool = False
    """Neutral counterparts instead of their originals."""


class Taken(NamedTuple):
    """A conversation that goes into the file."""

    conversation_id: str
    conversation: Ref
    enrichment: Ref | None
    """The newest complete one; None only where raw text is written."""
    consultant: str | None
    is_reviewed: bool
    """Whether people have read it, here or as its file says."""


class LeftOut(NamedTuple):
    """A conversation that does not go into the file."""

    conversation_id: str
    conversation: Ref
    reason: str
    """A short key, the same for all alike."""
    detail: str


@dataclass(slots=True)
class Choice:
    """requested = taken + left out, whatever is asked for."""

    taken: list[Taken] = field(default_factory=list[Taken])
    """By their ids."""
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])

    @property
    def requested(self) -> int:
        """All conversations of the workspace."""
        return len(self.taken) + len(self.left_out)

    @property
    def reasons(self) -> dict[str, int]:
        """How many stay out, by reason, most first."""
        return dict(Counter(one.reason for one in self.left_out).most_common())


def choose(store: Store, wanted: Wanted, *, raw: bool = False) -> Choice:
    """Go through all conversations, the newest first, and take those that are wanted.

    Each is taken with its newest complete enrichment. Of several with one id the newest counts.

    Args:
        store: where.
        wanted: what is asked for.
        raw: take those without a complete enrichment too.
    """
    found, seen = Choice(), dict[str, Ref]()
    resting = {ref for source in withdrawn_sources(store) for ref in store.descendants(source)}
    standings = _Standings(store)
    for batch in _batches(store.newest(Conversation.kind)):
        bodies = {ref: json.loads(body)["content"] for ref, body in store.bodies(batch)}
        enriched = _enriched(store, batch)
        stands = standings.of(batch)
        for ref in batch:
            if ref not in bodies:
                continue  # erased while this went on
            content = bodies[ref]
            name = str(content["conversation_id"])
            one = _One(content, enriched.get(ref), stands.get(ref, frozenset()))
            told = _against(one, wanted, is_withdrawn=ref in resting, raw=raw)
            if not told and name in seen:
                told = ("older_of_the_same_id", f"{seen[name].short} is newer")
            if told:
                found.left_out.append(LeftOut(name, ref, *told))
                continue
            seen[name] = ref
            told = _unwanted(one, wanted)
            if told:
                found.left_out.append(LeftOut(name, ref, *told))
                continue
            consultant = content["scaffold"].get("consultant_key")
            newest = one.enriched.ref if one.enriched and one.enriched.content else None
            found.taken.append(Taken(name, ref, newest, consultant, one.is_reviewed))
    found.taken.sort()
    found.left_out.sort()
    return found


class _Enriched(NamedTuple):
    """The newest complete enrichment, or the newest of all where none is complete."""

    ref: Ref
    state: str
    content: dict[str, Any] | None


class _One(NamedTuple):
    conversation: Mapping[str, Any]
    enriched: _Enriched | None
    stands: frozenset[Standing]

    @property
    def is_reviewed(self) -> bool:
        content = self.enriched.content if self.enriched else None
        return Standing.ACCEPTED in self.stands or bool(content and content["human_reviewed"])


def _against(one: _One, wanted: Wanted, *, is_withdrawn: bool, raw: bool) -> tuple[str, str] | None:
    """The reason why a conversation cannot go into such a file, whatever is chosen."""
    if is_withdrawn:
        return "withdrawn", "it rests on a source that was withdrawn"
    if one.conversation["is_control"] != wanted.controls:
        told = "is no counterpart" if wanted.controls else "is the neutral counterpart of another"
        return ("original" if wanted.controls else "control"), f"it {told}"
    if raw:
        return None
    if one.enriched is None:
        return "waiting", "it is not enriched yet; `lorewright enrich` does that"
    if one.enriched.content is None:
        return one.enriched.state, "its newest enrichment has a blocker; `lorewright show` tells it"
    return None


def _unwanted(one: _One, wanted: Wanted) -> tuple[str, str] | None:
    """The reason why a conversation is not among those that are asked for."""
    if Standing.REJECTED in one.stands:
        return "turned_down_in_review", "somebody turned down what is made of it"
    scaffold = one.conversation["scaffold"]
    for axis, key in KEYS.items():
        keys = getattr(wanted, axis)
        if keys and scaffold.get(key) not in keys:
            return "not_chosen", f"its {key} is {scaffold.get(key) or 'not told'}"
    content = one.enriched.content if one.enriched else None
    tier = content["tier"] if content else None
    if wanted.tiers and tier not in wanted.tiers:
        return "not_chosen", f"its tier is {tier or 'not known'}"
    if wanted.reviewed and not one.is_reviewed:
        return "not_reviewed", "nobody has read it"
    return None


def _enriched(store: Store, batch: list[Ref]) -> dict[Ref, _Enriched]:
    made = store.children(batch, kind=Enrichment.kind)
    bodies = dict(store.bodies(made))
    found: dict[Ref, _Enriched] = {}
    for ref in made:  # the oldest first
        if ref not in bodies:
            continue
        stored = json.loads(bodies[ref])["content"]
        conversation = Ref.parse(stored["conversation"])
        is_complete = stored["state"] == EnrichmentState.COMPLETED
        before = found.get(conversation)
        if is_complete or before is None or before.content is None:
            found[conversation] = _Enriched(ref, stored["state"], stored["content"])
    return found


class _Standings:
    """What people decided about the examples that conversations became."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reviews = reviews(store)

    def of(self, batch: list[Ref]) -> dict[Ref, frozenset[Standing]]:
        found: dict[Ref, frozenset[Standing]] = {}
        if not self._reviews:
            return found
        for example in self._store.children(batch, kind=Example.kind):
            if review := self._reviews.get(example):
                for parent in self._store.parents(example):
                    before = found.get(parent, frozenset[Standing]())
                    found[parent] = before | {review.standing}
        return found


def _batches(items: Iterable[Ref]) -> Iterator[list[Ref]]:
    rest = iter(items)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
