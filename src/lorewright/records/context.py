"""What is known about a document as a whole, and the notes that it was put together from."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.analysis import Text, Unknown
from lorewright.records.context_parts import (
    Complexity,
    DifferingTerm,
    Expertise,
    Mentioned,
    NotedPerson,
    NotedTerm,
    NotedTheme,
    NotedTrait,
    PairsTried,
    QuarantinedPart,
    Relation,
    Term,
    Theme,
    Trait,
    Unread,
)
from lorewright.records.grounded import Grounded
from lorewright.records.record import Value

CONTEXT_PARTS = ("themes", "terms", "people", "voice", "expertise", "relations", "complexity")
"""The parts of a context; each has a value, or a reason why it has none."""


class Heard(Value):
    """The voice and the expertise of one group of chunks, and how long the group is."""

    start: int = Field(ge=0)
    end: int
    voice: tuple[NotedTrait, ...] = ()
    expertise: Expertise | None = None


class ContextNotes(Grounded):
    """What was noted about some chunks of a document, or put together from several notes.

    Notes of level 0 rest on the words of consecutive chunks; those of a higher level rest on
    notes, and have the evidence of all of them.
    """

    kind: ClassVar[str] = "context_notes"

    documents: tuple[Ref, ...] = Field(min_length=1)
    level: int = Field(ge=0)
    themes: tuple[NotedTheme, ...] = ()
    terms: tuple[NotedTerm, ...] = ()
    people: tuple[NotedPerson, ...] = ()
    heard: tuple[Heard, ...] = ()
    """Group by group, in reading order."""
    relations: tuple[Relation, ...] = ()
    """Of the pair of chunks that these notes are about."""
    differing: tuple[DifferingTerm, ...] = ()
    """Words that the two chunks of different documents use in different senses."""
    quarantined: tuple[QuarantinedPart, ...] = ()

    @model_validator(mode="after")
    def _points_at_its_evidence(self) -> Self:
        heard = (part for one in self.heard for part in (*one.voice, one.expertise))
        pair = (*self.relations, *self.differing)
        parts = (*self.themes, *self.terms, *self.people, *heard, *pair)
        _refuse_places_beyond(len(self.evidence), places_of(parts))
        return self


class DocumentContext(Grounded):
    """A document as a whole: every claim about it is computed, or points at its words."""

    kind: ClassVar[str] = "context"

    document: Ref
    teacher: Text
    """`rules`, or the language model that was asked."""
    chunks: int = Field(ge=1)
    """Chunks of the sequential layer that are about the subject of the document."""
    set_aside: int = Field(ge=0)
    """Those that serve the book instead: title pages, licences, indexes. They are not read."""
    groups: int = Field(ge=1)
    """Into how many groups they were cut to be read."""
    levels: int = Field(ge=1)
    """How often notes were put together until one was left, the groups included."""
    unread: tuple[Unread, ...] = ()
    themes: tuple[Theme, ...] | None = None
    """The heaviest first."""
    terms: tuple[Term, ...] | None = None
    """The most used first."""
    people: tuple[Mentioned, ...] | None = None
    """The most mentioned first."""
    voice: tuple[Trait, ...] | None = None
    """The most heard first."""
    expertise: Expertise | None = None
    relations: tuple[Relation, ...] | None = None
    """In the order of their source chunks."""
    pairs: PairsTried
    complexity: Complexity | None = None
    quarantined: tuple[QuarantinedPart, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @model_validator(mode="after")
    def _says_every_part_once(self) -> Self:
        if self.document not in self.made_from:
            raise ValueError("a context is made from its document")
        known = [part for part in CONTEXT_PARTS if getattr(self, part) is not None]
        unknown = [part for one in self.unknown for part in one.fields]
        if sorted([*known, *unknown]) != sorted(CONTEXT_PARTS):
            raise ValueError("each part of a context has a value, or one reason why it has none")
        return self

    @model_validator(mode="after")
    def _points_at_its_evidence(self) -> Self:
        listed = (self.themes, self.terms, self.people, self.voice, self.relations)
        parts = (part for some in listed for part in some or ())
        _refuse_places_beyond(len(self.evidence), places_of((*parts, self.expertise)))
        if any(one.document != self.document for one in self.evidence):
            raise ValueError("a context quotes its own document only")
        return self

    def reason_for(self, part: str) -> str | None:
        """Why a part has no value; None when it has one."""
        return next((one.reason for one in self.unknown if part in one.fields), None)

    def related(self, chunk: Ref) -> tuple[Relation, ...]:
        """The relations that `chunk` stands in, on either side."""
        return tuple(one for one in self.relations or () if chunk in {one.source, one.target})

    def themes_at(self, start: int, end: int) -> tuple[Theme, ...]:
        """The themes with evidence in `[start, end)`, the heaviest first."""
        return tuple(one for one in self.themes or () if self._stands_in(one.evidence, start, end))

    def terms_at(self, start: int, end: int) -> tuple[Term, ...]:
        """The terms that are defined or placed in `[start, end)`, the most used first."""
        return tuple(
            one for one in self.terms or () if self._stands_in((*places_of([one]),), start, end)
        )

    def _stands_in(self, places: tuple[int, ...], start: int, end: int) -> bool:
        spans = (self.evidence[at] for at in places)
        return any(start <= one.start and one.end <= end for one in spans)


def places_of(parts: Iterable[Value | None]) -> Iterator[int]:
    """Every place in the list of evidence that `parts` point at."""
    for part in parts:
        match part:
            case NotedTerm():
                yield from part.places
                if part.definition is not None:
                    yield part.definition
            case Relation():
                yield from (*part.source_evidence, *part.target_evidence)
            case DifferingTerm():
                yield from (*part.first, *part.second)
            case NotedTheme() | NotedPerson() | NotedTrait() | Expertise():
                yield from part.evidence
            case _:
                pass


def _refuse_places_beyond(count: int, places: Iterator[int]) -> None:
    if any(not 0 <= at < count for at in places):
        raise ValueError("something points beyond the evidence")
