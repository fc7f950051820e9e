"""What is known about several documents together."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.analysis import Text, Unknown
from lorewright.records.context import places_of
from lorewright.records.context_parts import (
    DifferingTerm,
    NotedTheme,
    PairsTried,
    QuarantinedPart,
    Relation,
)
from lorewright.records.grounded import Grounded

CORPUS_PARTS = ("themes", "terms", "relations")
"""The parts of a corpus context; each has a value, or a reason why it has none."""


class CorpusContext(Grounded):
    """What several documents share, and where they part; with the words on every side."""

    kind: ClassVar[str] = "corpus_context"

    documents: tuple[Ref, ...] = Field(min_length=2)
    teacher: Text
    themes: tuple[NotedTheme, ...] | None = None
    """Those with evidence in two documents or more; in most documents first."""
    terms: tuple[DifferingTerm, ...] | None = None
    relations: tuple[Relation, ...] | None = None
    """Between chunks of different documents; contradictions first."""
    pairs: PairsTried
    quarantined: tuple[QuarantinedPart, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @model_validator(mode="after")
    def _says_every_part_once(self) -> Self:
        known = [part for part in CORPUS_PARTS if getattr(self, part) is not None]
        unknown = [part for one in self.unknown for part in one.fields]
        if sorted([*known, *unknown]) != sorted(CORPUS_PARTS):
            raise ValueError("each part of a context has a value, or one reason why it has none")
        if len(set(self.documents)) != len(self.documents):
            raise ValueError("a corpus names each of its documents once")
        return self

    @model_validator(mode="after")
    def _rests_on_its_documents(self) -> Self:
        parts = (*(self.themes or ()), *(self.terms or ()), *(self.relations or ()))
        if any(not 0 <= at < len(self.evidence) for at in places_of(parts)):
            raise ValueError("something points beyond the evidence")
        for one in self.themes or ():
            if len(self.documents_of(one.evidence)) < 2:
                raise ValueError("a shared theme stands in two documents or more")
        for sides in self._sides():
            if len({document for side in sides for document in self.documents_of(side)}) != 2:
                raise ValueError("what lies between documents has a document on each side")
        return self

    def documents_of(self, places: tuple[int, ...]) -> tuple[Ref, ...]:
        """The documents that pieces of evidence stand in, by name."""
        return tuple(sorted({self.evidence[at].document for at in places}))

    def reason_for(self, part: str) -> str | None:
        """Why a part has no value; None when it has one."""
        return next((one.reason for one in self.unknown if part in one.fields), None)

    def _sides(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        return [
            *((one.first, one.second) for one in self.terms or ()),
            *((one.source_evidence, one.target_evidence) for one in self.relations or ()),
        ]
