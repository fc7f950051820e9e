"""What planning looks at: chunks with their facts, what was written, and what is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lorewright.generate.pairs.forms import TaskForm, forms_of
from lorewright.lineage import Ref
from lorewright.records import ChunkType
from lorewright.settings import PairSettings

Spans = tuple[tuple[int, int], ...]
"""Stretches of a document, `[start, end)` each."""


class Place(NamedTuple):
    """A fact and where it stands."""

    fact: Ref
    spans: Spans


@dataclass(frozen=True, slots=True)
class Subject:
    """A chunk that pairs are to be written about."""

    chunk: Ref
    document: Ref
    chunk_type: ChunkType
    characters: int
    companions: tuple[Ref, ...] = ()
    """Chunks elsewhere in the document that have to do with it, the nearest first."""
    facts: tuple[Place, ...] = ()
    """The weightiest first."""


@dataclass(frozen=True, slots=True)
class Written:
    """A pair that was accepted."""

    example: Ref
    chunks: tuple[Ref, ...]
    """Those of its order: the one that it is about, then the others."""
    level: int
    form: TaskForm
    spans: Spans
    """What it cites."""
    question: bytes
    """The same for the same words."""

    def turns_on(self, place: Place) -> bool:
        """Whether it cites some of the words that say a fact."""
        return any(
            first < end and start < last for first, last in self.spans for start, end in place.spans
        )


@dataclass(frozen=True)
class Target:
    """What is wanted of every document."""

    settings: PairSettings
    levels: tuple[int, ...]
    """In ascending order."""
    pairs_per_document: int | None = None
    """How many accepted pairs all its chunks are to have together; None when each is to have
    its own number."""
    avoid: frozenset[TaskForm] = frozenset()
    """Task forms that are not asked for, as long as a level has others."""
    prefer: frozenset[TaskForm] = frozenset()
    """Task forms that come first where several fit."""

    def forms_at(self, level: int) -> tuple[TaskForm, ...]:
        """The forms that may be asked for at `level`."""
        known = forms_of(level)
        return tuple(form for form in known if form not in self.avoid) or known

    @cached_property
    def shares(self) -> Mapping[int, int]:
        """The weight of each level that is wanted."""
        weights = dict(enumerate(self.settings.level_shares, start=1))
        return {level: max(1, weights[level]) for level in self.levels}
