"""The model that an adapter is trained on."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lorewright.records.record import Blob, Record, Sha256, Value


class StoredFile(Value):
    """One file of a folder, kept as a blob."""

    path: str
    """Relative to the folder, with forward slashes."""
    blob: Blob


class HashedFile(Value):
    """One file of a folder that stays where it is, known by its hash."""

    path: str
    sha256: Sha256
    size: int = Field(ge=0)


class BaseLanguageModel(Record):
    """Weights, tokenizer and template: made here (`pocket`) or brought from outside.

    A pocket model is made from the training sections of a dataset and says so; one from
    outside is an origin and has no parents. Large weights from outside stay in their place.
    """

    kind: ClassVar[str] = "base_model"
    is_origin: ClassVar[bool] = True

    name: str
    origin: Literal["pocket", "outside"]
    architecture: str
    parameters: int = Field(ge=1)
    files: tuple[StoredFile, ...] = ()
    outside: tuple[HashedFile, ...] = ()

    @model_validator(mode="after")
    def _fits_its_origin(self) -> Self:
        if self.origin == "pocket" and not (self.made_from and self.files):
            raise ValueError("a pocket model says what it was made from and keeps its files")
        if self.origin == "outside" and (self.made_from or not self.outside):
            raise ValueError("a model from outside has no parents and lists its files")
        return self

    def cited_blobs(self) -> Iterator[Blob]:
        """The files of a pocket model."""
        yield from (file.blob for file in self.files)
