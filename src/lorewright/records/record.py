"""What all records share: they never change, and they know their origin."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lorewright.errors import BadRecord
from lorewright.lineage import Ref, canonical_bytes, fingerprint

MOST_PARENTS = 64
"""A record with more parents than this names a `Collection` of them instead."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Value(BaseModel):
    """A typed part of a record, without a name of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Blob(Value):
    """Bytes kept outside the database, addressed by their content."""

    sha256: Sha256
    size: int = Field(ge=0)
    """In bytes."""


class Record(BaseModel):
    """A typed, frozen fact that can say what it was made from.

    Its name is the SHA-256 of its stored bytes: the RFC 8785 form of kind, schema number,
    content and parents. Those bytes are kept as they are; reading a record back and writing
    it again is never part of checking it. Records are equal when their names are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    schema_number: ClassVar[int] = 1
    is_origin: ClassVar[bool] = False
    """True for records that come from the world and need no parents."""
    holds_words: ClassVar[bool] = True
    """True when the record or its blobs may repeat words of a source, so that erasing the
    source must destroy them too."""

    made_from: tuple[Ref, ...] = Field(default=(), max_length=MOST_PARENTS)

    @model_validator(mode="after")
    def _has_an_origin(self) -> Self:
        if not self.made_from and not self.is_origin:
            raise ValueError(f"a {self.kind} must say what it was made from")
        return self

    @cached_property
    def body(self) -> bytes:
        """The bytes that are stored and hashed."""
        content = self.model_dump(mode="json")
        made_from = content.pop("made_from")
        return canonical_bytes(
            {
                "kind": self.kind,
                "schema": self.schema_number,
                "content": content,
                "made_from": made_from,
            }
        )

    @cached_property
    def ref(self) -> Ref:
        """This record's name, derived from its content."""
        return Ref(self.kind, fingerprint(self.body))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self.ref == other.ref

    def __hash__(self) -> int:
        return hash(self.ref)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A record with other content is another record: checked again, and named anew."""
        del deep  # nothing in a record changes, so parts may be shared
        content = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_validate({**content, **(update or {})})

    def cited_blobs(self) -> Iterator[Blob]:
        """Every blob that this record needs, so that the store keeps it alive."""
        yield from ()

    @classmethod
    def upcast(cls, schema: int, content: dict[str, Any]) -> dict[str, Any]:
        """Turn `content` of an older `schema` into today's shape; pure, never stored.

        A kind whose shape has changed overrides this; here no older shape exists.
        """
        del content
        raise BadRecord(
            f"a {cls.kind} of schema {schema} cannot be read by this version, which knows "
            f"schema {cls.schema_number}",
            hint="install a newer Lorewright",
        )

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read a record back from its stored bytes.

        Its name stays that of these bytes, even when their schema is an older one.

        Raises:
            BadRecord: when the bytes are not a record of this kind.
        """
        try:
            stored = json.loads(body)
            kind, schema, content = stored["kind"], stored["schema"], dict(stored["content"])
            made_from = stored["made_from"]
        except (ValueError, KeyError, TypeError) as error:
            raise BadRecord(f"the stored bytes of a {cls.kind} cannot be read") from error
        if kind != cls.kind:
            raise BadRecord(f"a {kind} stands where a {cls.kind} is expected")
        if schema != cls.schema_number:
            content = cls.upcast(schema, content)
        try:
            record = cls.model_validate({**content, "made_from": made_from})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "as a whole"
            raise BadRecord(
                f"a stored {cls.kind} has another shape: {place}: {first['msg']}"
            ) from error
        vars(record)["body"] = body  # where `cached_property` looks
        return record
