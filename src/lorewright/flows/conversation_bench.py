"""What is at hand while conversations are written: cells, catalogues, documents and memos."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from lorewright.conversations.catalogues import Catalogues, catalogues
from lorewright.errors import Erased, NotYet
from lorewright.flows.conversation_plans import planned
from lorewright.flows.current import code_of, current_documents
from lorewright.flows.documents import stretches
from lorewright.generate.conversations import (
    EXTRACTIVE,
    STEP,
    Axis,
    Cell,
    Hand,
    Passage,
    PlanChoice,
    Setup,
    Shelf,
    entries_of,
    setup_of,
)
from lorewright.jobs import Step
from lorewright.lineage import Ref
from lorewright.records import Chunk, ChunkType, Document, Recipe
from lorewright.settings import Settings
from lorewright.store import Store, memo_key

AT_ONCE = 8
"""Documents in memory at a time."""
LOOKED_UP = 2_000
"""Memos that are read in one go."""

Made: TypeAlias = list[Ref] | Erased | None
"""What became of a cell: what it made, that this was erased, or None when it is not settled."""


class ConversationChoice(BaseModel):
    """What is asked for: names and numbers only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan: PlanChoice
    grounded: bool = False
    """Whether a language model is given passages of the documents to rest its answers on."""
    retries: int = Field(default=0, ge=0)
    """How often conversations that failed are asked for again."""
    stop_on_error: bool = False
    """Whether the run is paused as soon as a conversation fails."""


@dataclass(frozen=True)
class Bench:
    """All that is the same for every conversation of one run."""

    store: Store
    settings: Settings
    known: Catalogues
    choice: ConversationChoice
    cells: tuple[Cell, ...]
    step: Step
    hand: Hand
    passages: int | None
    """How many a conversation is given; None gives it none."""
    _shelf: list[Shelf] = field(default_factory=list[Shelf])
    _documents: dict[Ref, Document] = field(default_factory=dict[Ref, Document])

    def setup(self, cell: Cell) -> Setup:
        """A cell with everything that its names stand for."""
        bare = setup_of(cell, self.known)
        if self.passages is None:
            return bare
        wanted = max(self.passages, bare.exchanges) if self.is_offline else self.passages
        found = self._all_passages().about(bare.topic, wanted, bare.lot)
        chunks = {one.ref: one for one in self.store.get_many([o.chunk for o in found], Chunk)}
        passages = [
            Passage(self._document(one.document), chunks[one.chunk], one.start, one.end)
            for one in found
        ]
        return setup_of(cell, self.known, passages)

    @property
    def is_offline(self) -> bool:
        """Whether no language model is asked."""
        return self.hand.teacher == EXTRACTIVE

    def inputs(self, cell: Cell, attempt: int = 0) -> tuple[Ref, ...]:
        """What tells the work on a cell from that on any other, also of the same entries."""
        said = f"{STEP} {cell.conversation_id} {attempt}"
        own = Ref(Recipe.kind, hashlib.sha256(said.encode()).hexdigest())
        return (*(one.ref for one in entries_of(cell, self.known)), own)

    def made(self, inputs: Iterable[tuple[Ref, ...]]) -> Iterator[Made]:
        """What became of the work on each of `inputs`."""
        step, rest = self.step, iter(inputs)
        while batch := list(islice(rest, LOOKED_UP)):
            keys = [
                memo_key(step.name, code=step.code, inputs=one, recipe=step.recipe) for one in batch
            ]
            found = self.store.memos(keys)
            yield from (found.get(key) for key in keys)

    def _document(self, name: Ref) -> Document:
        if name not in self._documents:
            while len(self._documents) >= AT_ONCE:
                self._documents.pop(next(iter(self._documents)))
            self._documents[name] = self.store.document(name)
        return self._documents[name]

    def _all_passages(self) -> Shelf:
        """Every paragraph of the current documents.

        Raises:
            NotYet: when there are no documents, they were not analysed, or hold no paragraph.
        """
        if not self._shelf:
            shelf = Shelf(self.known.topics.values())
            for document in current_documents(self.store):
                names = [
                    ref for run in stretches(self.store, self.settings, document) for ref in run
                ]
                layer = [
                    one
                    for one in self.store.get_many(names, Chunk)
                    if one.chunk_type is ChunkType.CHAPTER_SEQUENTIAL
                ]
                shelf.add(self.store.document(document), layer)
            if not len(shelf):
                raise NotYet(
                    "the documents hold no paragraph that a conversation could rest on",
                    hint="bring in texts with whole sentences, with `lorewright ingest FILE ...`",
                )
            self._shelf.append(shelf)
        return self._shelf[0]


class Room(NamedTuple):
    """Where a run takes place."""

    store: Store
    settings: Settings
    own: Path | None
    """The folder with the operator's own catalogues."""

    def bench(
        self, choice: ConversationChoice, hand: Hand, recipe: Recipe, passages: int | None
    ) -> Bench:
        """Lay out what a run needs; the entries that it uses are kept.

        Raises:
            UsageError: when no such plan can be made.
            BadSettings: when an own catalogue cannot be used.
        """
        known = catalogues(self.own)
        cells = tuple(planned(known, choice.plan))
        entries = {one.ref: one for cell in _distinct(cells) for one in entries_of(cell, known)}
        self.store.put(*entries.values())
        step = Step(STEP, code_of(STEP), recipe.ref)
        return Bench(self.store, self.settings, known, choice, cells, step, hand, passages)


def _distinct(cells: Sequence[Cell]) -> Iterator[Cell]:
    """So many of the cells that every entry is in one of them."""
    seen: set[tuple[Axis, str]] = set()
    for cell in cells:
        keys = {(Axis.PERSONA, cell.persona), (Axis.ARC, cell.arc), (Axis.TOPIC, cell.topic)}
        if not keys <= seen:
            seen |= keys
            yield cell
