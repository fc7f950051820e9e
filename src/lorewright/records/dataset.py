"""A frozen set of examples, split for training and for honest testing."""

from collections.abc import Iterator
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.records.record import Blob, Record, Sha256, Value


class Split(StrEnum):
    """What an example of a dataset may be used for."""

    TRAIN = "train"
    VALID = "valid"
    """Held out, watched during training."""
    RECALL = "recall"
    """The evidence was taught, the question is new."""
    TRANSFER = "transfer"
    """From sections that neither the adapter nor the pocket base has seen."""


class Page(Value):
    """A sorted run of member names."""

    blob: Blob
    """Binary names of 32 bytes each, ascending, nothing between them."""
    count: int = Field(ge=1)
    last: Sha256
    """The greatest name on it, so that one look-up reads one page."""


class Membership(Value):
    """Which examples are in one split: a Merkle root over sorted names, and where they lie."""

    split: Split
    count: int = Field(ge=0)
    root: Sha256
    """RFC 6962 root over the page roots; a page root is the root over its names."""
    pages: tuple[Page, ...] = ()
    """In ascending order of the names they hold."""

    @model_validator(mode="after")
    def _pages_add_up(self) -> Self:
        if sum(page.count for page in self.pages) != self.count:
            raise ValueError(f"the pages of {self.split} do not add up to its count")
        return self


class RejectedCount(Value):
    """How many candidates were turned down for one reason."""

    reason: str
    count: int = Field(ge=1)


class Dataset(Record):
    """A Merkle root, counts, and one sorted membership per split.

    Same members, same root, on every machine. `requested = accepted + rejected` holds by
    construction; every rejected name stands in `rejected` with its reason.
    """

    kind: ClassVar[str] = "dataset"
    holds_words: ClassVar[bool] = False

    name: str
    root: Sha256
    splits: tuple[Membership, ...]
    requested: int = Field(ge=0)
    accepted: int = Field(ge=0)
    rejected_by_reason: tuple[RejectedCount, ...] = ()
    rejected: Blob | None = None
    """JSON lines {example, reason, detail}, sorted by name."""
    held_out: Blob | None = None
    """JSON lines {document, start, split}: the sections that nothing may learn from, whether
    or not an example was made of them."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if len({split.split for split in self.splits}) != len(self.splits):
            raise ValueError("a dataset has each split once")
        if sum(split.count for split in self.splits) != self.accepted:
            raise ValueError("the splits do not add up to the accepted examples")
        rejected = sum(reason.count for reason in self.rejected_by_reason)
        if self.requested != self.accepted + rejected:
            raise ValueError("requested is not accepted + rejected")
        return self

    def membership(self, split: Split) -> Membership | None:
        """The members of `split`, or None when the dataset has no such split."""
        return next((found for found in self.splits if found.split is split), None)

    def cited_blobs(self) -> Iterator[Blob]:
        """The membership pages, the list of rejections and the list of held-out sections."""
        yield from (page.blob for split in self.splits for page in split.pages)
        yield from (blob for blob in (self.rejected, self.held_out) if blob)
