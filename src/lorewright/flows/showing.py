"""One record with all that is known about it."""

from dataclasses import dataclass, field
from typing import Any

from lorewright.conversations.enriching import Progression
from lorewright.flows.categories import Category, categories_of
from lorewright.flows.dimensions import ChunkView, Viewer
from lorewright.flows.enriching import enrichment_of, progression
from lorewright.flows.knowledge import newest_knowledge
from lorewright.flows.ratings import newest_judgements
from lorewright.flows.tracing import Sentence, notes_on, sentence_of, summary_of
from lorewright.lineage import Ref
from lorewright.records import (
    Chunk,
    Conversation,
    Document,
    Enrichment,
    Grounded,
    Judgement,
    Knowledge,
    Record,
)
from lorewright.settings import Settings
from lorewright.store import Store

SHOWN = 20
"""Pieces of evidence that are looked up; an analysis shows its own beside each dimension."""


@dataclass(slots=True)
class Look:
    """What there is to see of a record."""

    ref: Ref
    summary: str
    record: Record
    notes: list[str]
    """Decisions about it."""
    text: str | None = None
    """The words of a chunk."""
    view: ChunkView | None = None
    """The dimensions of a chunk."""
    categories: list[Category] = field(default_factory=list[Category])
    """Of a document."""
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    """The words that it rests on, and where they stand."""
    knowledge: Knowledge | None = None
    """What the base model knew of an example, where it was asked."""
    judgement: Judgement | None = None
    """What a judge thinks of an example, where one was asked."""
    enrichment: Enrichment | None = None
    """What the stages made of a conversation; its newest one."""
    progression: Progression | None = None
    """How the client's feelings moved in it."""

    @property
    def content(self) -> dict[str, Any]:
        """The fields of the record."""
        return self.record.model_dump(mode="json")


def look_at(store: Store, settings: Settings, ref: Ref) -> Look:
    """Everything about one record.

    Raises:
        NotFound: when there is none of that name.
        Erased: when only its tombstone is left.
    """
    record = store.get_any(ref)
    look = Look(ref, summary_of(store, record), record, notes_on(store, ref))
    match record:
        case Chunk():
            look.text = store.document(record.document).words[record.start : record.end]
            look.view = Viewer(store, settings, record.document).one(record)
        case Document():
            look.categories = categories_of(store, settings, ref)
        case Conversation():
            look.sentences = [sentence_of(store, one) for one in record.evidence[:SHOWN]]
            _look_at_enrichment(store, look, enrichment_of(store, ref))
        case Enrichment():
            _look_at_enrichment(store, look, record)
        case Grounded():
            look.sentences = [sentence_of(store, one) for one in record.evidence[:SHOWN]]
            look.knowledge = newest_knowledge(store, [ref]).get(ref)
            look.judgement = newest_judgements(store, [ref]).get(ref)
        case _:
            pass
    return look


def _look_at_enrichment(store: Store, look: Look, found: Enrichment | None) -> None:
    look.enrichment = found
    look.progression = progression(store, found) if found else None
