"""What was promised before the answers existed, and what they showed."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from lorewright.records.record import Blob, Record, Sha256, Value


class EvaluationLock(Record):
    """The rules of a proof, fixed before anything was answered.

    Made from the adapter, its control, the base, the dataset and the set of scenarios.
    """

    kind: ClassVar[str] = "evaluation_lock"
    holds_words: ClassVar[bool] = False

    sha256: Sha256
    """Of the file, byte for byte."""
    text: str = Field(min_length=1)
    """The file itself: `evaluation.lock.toml`."""


class Deviation(Value):
    """Something that is no longer as it was promised."""

    what: str
    promised: str
    found: str


class ProofVerdict(Record):
    """What the ratings of a locked evaluation show.

    Made from the lock, the answers of every arm and the ratings.
    """

    kind: ClassVar[str] = "proof"
    holds_words: ClassVar[bool] = False

    verdict: Literal["proven", "better", "not shown", "equivalent", "worse", "invalid"]
    origin: Literal["measured", "rehearsed", "synthetic"]
    headline: str
    sentences: tuple[str, ...]
    flaws: tuple[str, ...] = ()
    """Names of what forbids every claim."""
    deviations: tuple[Deviation, ...] = ()
    numbers: Blob
    """One JSON object: contrasts, gates, dimensions, agreement, exclusions and power."""

    def cited_blobs(self) -> Iterator[Blob]:
        """All numbers of the verdict."""
        yield self.numbers
