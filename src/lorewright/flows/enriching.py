"""From stored raw conversations to stored enrichments, and what they come to."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from lorewright import jobs
from lorewright.conversations.brightrun import read_v4, read_v5
from lorewright.conversations.catalogues import ARCS, TOPICS, Catalogues, catalogues
from lorewright.conversations.enriching import (
    Entries,
    Progression,
    Reader,
    enrich,
    entries_of,
    progression_of,
    read_nothing,
    read_turns,
)
from lorewright.flows.current import plan_of, step_of
from lorewright.jobs import Piece, Prepared, Report, Step, Watch
from lorewright.lineage import Ref
from lorewright.records import (
    CatalogueEntry,
    Conversation,
    Enrichment,
    EnrichmentState,
    RawForm,
    Record,
    Severity,
)
from lorewright.settings import EnrichmentSettings, Settings
from lorewright.store import Store, withdrawn_sources

T = TypeVar("T")

STEP = "enrich"
AT_ONCE = 64
"""Conversations that are one piece of work: their commits share the cost of reaching the disk."""
AHEAD = 8
"""Pieces that are begun and not committed; each holds the words of many conversations."""
SHOWN = 5
"""Issues that are told with the counts."""
READERS: Mapping[RawForm, Reader] = {
    RawForm.TURNS: read_turns,
    RawForm.V4: read_v4,
    RawForm.V5: read_v5,
}
"""What reads each form of raw text."""


def enrich_conversations(
    store: Store,
    settings: Settings,
    *,
    again: bool = False,
    about: Iterable[Sequence[Ref]] | None = None,
    own: Path | None = None,
    readers: Mapping[RawForm, Reader] = READERS,
    watch: Watch = lambda _progress: None,
) -> Report:
    """Take every conversation through the stages that has no enrichment by today's settings.

    Nothing is asked of anybody: the raw text is here. A conversation with a blocker has its
    enrichment too, which says what is wrong.

    Args:
        store: where conversations are and enrichments go.
        settings: the item limit.
        again: take all of them through, with what this version knows.
        about: the conversations that are meant, in batches that fit into memory; None for all.
        own: the folder with the operator's own catalogues.
        readers: what reads each form of raw text.
        watch: is told of each piece of work.
    """
    step = step_of(store, STEP, settings.enrichment)
    done: set[Ref] = set() if again else _done(store, step)
    if about is None:
        wanted = _batches(ref for ref in conversations(store) if ref not in done)
    else:
        wanted = filter(None, ([ref for ref in batch if ref not in done] for batch in about))
    work = _Work(store, settings.enrichment, step, readers, own)
    return jobs.run(work.pieces(wanted), step=step, store=store, watch=watch, ahead=AHEAD)


def conversations(store: Store) -> Iterator[Ref]:
    """Every conversation that rests on no withdrawn source, by name."""
    resting = {ref for source in withdrawn_sources(store) for ref in store.descendants(source)}
    return (ref for ref in store.names(Conversation.kind) if ref not in resting)


def are_waiting(store: Store, settings: Settings) -> bool:
    """Whether a conversation has no enrichment by today's settings."""
    done = _done(store, plan_of(STEP, settings.enrichment))
    return any(ref not in done for ref in conversations(store))


def enrichments(store: Store, settings: Settings) -> Iterator[tuple[Ref, Ref | None]]:
    """Each conversation with its newest enrichment by today's settings, if it has one."""
    recipe = plan_of(STEP, settings.enrichment).recipe
    for batch in _batches(conversations(store)):
        newest = _newest(store, batch, recipe)
        yield from ((ref, newest[ref].enrichment if ref in newest else None) for ref in batch)


def enrichment_of(store: Store, conversation: Ref) -> Enrichment | None:
    """The newest enrichment of a conversation, by whatever settings."""
    made = store.children([conversation], kind=Enrichment.kind)
    return next(store.get_many(reversed(made), Enrichment), None)


def progression(store: Store, enrichment: Enrichment) -> Progression | None:
    """How the client's feelings moved, held against the arc where there is one."""
    if enrichment.content is None:
        return None
    entries = [ref for ref in enrichment.made_from if ref.kind == CatalogueEntry.kind]
    arc = entries_of(store.get_many(entries, CatalogueEntry)).arc
    return progression_of(enrichment.content.turns, arc)


class Found(NamedTuple):
    """One issue and the conversation that has it."""

    conversation: Ref
    code: str
    severity: str
    field: str
    line: int | None
    message: str


@dataclass(slots=True)
class Tally:
    """What the enrichments of all conversations come to."""

    conversations: int = 0
    states: Counter[str] = field(default_factory=Counter[str])
    blockers: Counter[str] = field(default_factory=Counter[str])
    """Conversations by what stopped them; one may count under several codes."""
    warnings: Counter[str] = field(default_factory=Counter[str])
    repairs: Counter[str] = field(default_factory=Counter[str])
    """Conversations in which something was put right, by what it was."""
    values: Counter[str] = field(default_factory=Counter[str])
    """Values that were put right, by what was wrong with them."""
    tiers: Counter[str] = field(default_factory=Counter[str])
    shown: list[Found] = field(default_factory=list[Found])
    """The first issues, blockers before warnings."""

    @property
    def completed(self) -> int:
        """Conversations that went through every stage."""
        return self.states[EnrichmentState.COMPLETED]

    @property
    def stopped(self) -> dict[str, int]:
        """Conversations that a stage stopped, by the state that they are in."""
        return {
            state: count
            for state, count in sorted(self.states.items())
            if state != EnrichmentState.COMPLETED
        }

    @property
    def open(self) -> int:
        """Conversations without an enrichment."""
        return self.conversations - self.states.total()


def tally(
    store: Store,
    settings: Settings,
    *,
    about: Iterable[Sequence[Ref]] | None = None,
    shown: int = SHOWN,
) -> Tally:
    """Count what became of every conversation; memory does not grow with their number.

    Args:
        store: where they are.
        settings: by which they were enriched.
        about: the conversations that are counted, in batches that fit into memory; None for all.
        shown: how many issues are told.
    """
    found, warned = Tally(), list[Found]()
    recipe = plan_of(STEP, settings.enrichment).recipe
    for batch in _batches(conversations(store)) if about is None else about:
        found.conversations += len(batch)
        for conversation, newest in _newest(store, batch, recipe).items():
            _count(found, newest.content)
            _tell(found.shown, conversation, newest.content, Severity.BLOCKER, shown)
            _tell(warned, conversation, newest.content, Severity.WARNING, shown)
    found.shown += warned[: shown - len(found.shown)]
    return found


def _count(found: Tally, content: dict[str, Any]) -> None:
    found.states[content["state"]] += 1
    if content["content"] is not None:
        found.tiers[content["content"]["tier"]] += 1
    found.repairs.update({one["code"] for one in content["repairs"]})
    found.values.update([one["code"] for one in content["repairs"]])
    for severity, counts in (
        (Severity.BLOCKER, found.blockers),
        (Severity.WARNING, found.warnings),
    ):
        counts.update({one["code"] for one in content["issues"] if one["severity"] == severity})


def _tell(
    kept: list[Found], conversation: Ref, content: dict[str, Any], severity: Severity, most: int
) -> None:
    """Add issues of one severity to those that are told, as long as there is room."""
    issues = [one for one in content["issues"] if one["severity"] == severity]
    names = [key for key in Found._fields if key != "conversation"]
    kept += [
        Found(conversation, **{key: one[key] for key in names})
        for one in issues[: max(most - len(kept), 0)]
    ]


def _done(store: Store, step: Step) -> set[Ref]:
    """The conversations that have an enrichment by this recipe."""
    made = store.children([step.recipe], kind=Enrichment.kind)
    return {ref for ref in store.parents(*made) if ref.kind == Conversation.kind}


class _Newest(NamedTuple):
    enrichment: Ref
    content: dict[str, Any]


def _newest(store: Store, batch: Sequence[Ref], recipe: Ref) -> dict[Ref, _Newest]:
    """By conversation, the newest enrichment that was made by `recipe`.

    As JSON: these bytes are our own, and reading each as a record costs ten times as much.
    """
    made = store.children(batch, kind=Enrichment.kind)
    bodies = dict(store.bodies(made))
    newest = dict[Ref, _Newest]()
    for ref in made:
        stored = json.loads(bodies[ref]) if ref in bodies else None
        if stored and recipe in stored["made_from"]:
            newest[Ref.parse(stored["content"]["conversation"])] = _Newest(ref, stored["content"])
    return newest


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch


class _Work:
    """The pieces of one run, and the entries that they have read so far."""

    def __init__(
        self,
        store: Store,
        settings: EnrichmentSettings,
        step: Step,
        readers: Mapping[RawForm, Reader],
        own: Path | None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._step = step
        self._readers = readers
        self._own = own
        self._known: Catalogues | None = None
        self._named: dict[tuple[str, str], tuple[Ref, ...]] = {}
        self._entries: dict[tuple[Ref, ...], Entries] = {}

    def pieces(self, wanted: Iterable[Sequence[Ref]]) -> Iterator[Piece]:
        first = 1
        for batch in wanted:
            label = f"conversations {first:,} to {first + len(batch) - 1:,}"
            yield Piece(label, lambda batch=batch: self._prepared(batch))
            first += len(batch)

    def _prepared(self, batch: Sequence[Ref]) -> Prepared:
        return Prepared(tuple(batch), lambda: self._enriched(batch), weight=len(batch))

    def _enriched(self, batch: Sequence[Ref]) -> Iterable[Record]:
        return [self._one(one) for one in self._store.get_many(batch, Conversation)]

    def _one(self, conversation: Conversation) -> Enrichment:
        return enrich(
            conversation,
            recipe=self._step.recipe,
            entries=self._entries_of(conversation),
            read=self._readers.get(conversation.form, read_nothing),
            largest=self._settings.largest_conversation_bytes,
        )

    def _entries_of(self, conversation: Conversation) -> Entries:
        refs = tuple(ref for ref in conversation.made_from if ref.kind == CatalogueEntry.kind)
        if not refs and conversation.form is not RawForm.TURNS:
            refs = self._looked_up(conversation)
        known = self._entries.get(refs)
        if known is None:
            known = entries_of(self._store.get_many(refs, CatalogueEntry))
            self._entries[refs] = known
        return known

    def _looked_up(self, conversation: Conversation) -> tuple[Ref, ...]:
        """The arc and the topic that an imported conversation names, where they are known.

        A file says who the client is and what the advisor is told, so no more is needed.
        """
        if self._known is None:
            self._known = catalogues(self._own)
        named = conversation.scaffold
        keys = (named.emotional_arc_key or "", named.training_topic_key or "")
        if keys not in self._named:
            arc, topic = self._known.arcs.get(keys[0]), self._known.topics.get(keys[1])
            found = [self._known.record(ARCS, arc)] if arc else []
            found += [self._known.record(TOPICS, topic)] if topic else []
            self._named[keys] = tuple(self._store.put(*found))
        return self._named[keys]
