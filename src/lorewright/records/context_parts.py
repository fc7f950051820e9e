"""What can be said about a document as a whole: themes, terms, people, relations, voice."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.analysis import DifficultyLevel, Text
from lorewright.records.record import Value

Places = Annotated[tuple[int, ...], Field(min_length=1)]
"""Places in the record's list of evidence, at least one."""
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=3)]


class RelationKind(StrEnum):
    """What one passage does to another."""

    ELABORATES = "elaborates"
    EXEMPLIFIES = "exemplifies"
    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    PRECEDES = "precedes"
    PREREQUISITE_OF = "prerequisite_of"
    REFERS_TO = "refers_to"
    SHARES_TERMS = "shares_terms"
    """Counted, not read: rare words stand in both."""


class ExpertiseLevel(StrEnum):
    """For whom a text is written."""

    NOVICE = "novice"
    PRACTITIONER = "practitioner"
    SPECIALIST = "specialist"


class NotedTheme(Value):
    """Something that a text keeps coming back to."""

    name: Text
    sentence: Text | None = None
    """What is said about it; None when a heading was taken for it."""
    evidence: Places


class Theme(NotedTheme):
    """A theme of a whole document."""

    weight: Share
    """The share of the document's characters that lies in the chunks of its evidence."""


class NotedTerm(Value):
    """A word of the subject."""

    term: Text
    """As it is written where it stands first."""
    definition: int | None = Field(default=None, ge=0)
    """Where it is defined, in the list of evidence."""
    places: Places
    """Where it stands, in the list of evidence: some of all its places."""


class Term(NotedTerm):
    """A word of the subject in a whole document."""

    uses: int = Field(ge=1)
    """How often it stands in the document, whatever its case."""


class NotedPerson(Value):
    """Somebody whom a text speaks of."""

    name: Text
    role: Text | None = None
    evidence: Places


class Mentioned(NotedPerson):
    """Somebody whom a whole document speaks of."""

    mentions: int = Field(ge=1)
    """How often the name stands in the document."""


class NotedTrait(Value):
    """A way in which a text speaks."""

    trait: Text
    evidence: Places


class Trait(NotedTrait):
    """A trait of the voice of a whole document."""

    weight: Share
    """The share of the document's characters that lies in the groups where it was heard."""


class Expertise(Value):
    """For whom a text is written, and how that shows."""

    level: ExpertiseLevel
    why: Text
    evidence: Places


class Relation(Value):
    """An edge between two chunks, with the words on both sides."""

    relation: RelationKind
    source: Ref
    """The chunk that does it."""
    target: Ref
    """The chunk that it is done to."""
    why: Text
    source_evidence: Places
    target_evidence: Places


class DifferingTerm(Value):
    """A word that two documents use in different senses."""

    term: Text
    difference: Text
    first: Places
    """In the one document."""
    second: Places
    """In the other."""


class PairsTried(Value):
    """What became of the pairs of chunks that may have to do with each other."""

    found: int = Field(ge=0)
    """Pairs that share enough rare words."""
    related: int = Field(ge=0)
    unrelated: int = Field(ge=0)
    """Nothing was said that could be located on both sides."""
    failed: int = Field(ge=0)
    """The call failed; asking again continues."""
    left_out: int = Field(ge=0)
    """Beyond the limit of the settings."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.found != self.related + self.unrelated + self.failed + self.left_out:
            raise ValueError("the pairs of chunks do not add up")
        return self


class QuarantinedPart(Value):
    """Claims that were made and not taken, counted."""

    part: Text
    """`themes`, `terms`, `people`, `voice`, `expertise`, `relations`, `definitions` ..."""
    reason: Text
    """A short key: `quote_not_found`, `not_in_the_text` ..."""
    count: int = Field(ge=1)


class Unread(Value):
    """A stretch of a document that the teacher could not read."""

    start: int = Field(ge=0)
    end: int
    chunks: int = Field(ge=1)


class Band(Value):
    """Chunks whose readability lies in one band."""

    name: Text
    chunks: int = Field(ge=0)


class LevelCount(Value):
    """Chunks of one level of difficulty."""

    level: DifficultyLevel
    chunks: int = Field(ge=0)


class Complexity(Value):
    """How hard the chunks of a document are; computed, never asked."""

    readability: tuple[Band, ...]
    """By the LIX of each chunk: words per sentence, and per cent of words with over six letters."""
    median: Decimal | None = Field(default=None, ge=0, decimal_places=1)
    """The LIX of the chunk in the middle; None when no chunk has a sentence."""
    unmeasured: int = Field(ge=0)
    """Chunks without a sentence."""
    difficulty: tuple[LevelCount, ...]
    """By the level in the analysis of each chunk."""
    unknown_difficulty: int = Field(ge=0)
    """Chunks whose analysis has no level, or which were not analysed."""
