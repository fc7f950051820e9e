"""What is found in a file: the raw text of a conversation, or what is none and why."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lorewright.conversations.brightrun.format_fields import V5_SPEC
from lorewright.conversations.brightrun.json_text import is_object
from lorewright.records import RawForm

LIMIT = "enrichment.largest_conversation_mb"
"""The setting that says how many bytes a conversation may have."""


def digest_of(raw: str) -> str:
    """What tells a text from every other: the same wherever it stands."""
    return hashlib.sha256(raw.encode()).hexdigest()[:16]


class Place(NamedTuple):
    """Where something stands in a file."""

    number: int
    """Which one it is, from 1."""
    line: int
    start: int
    end: int
    """In bytes; of a conversation in lines that lie apart, of the first."""


@dataclass(frozen=True, slots=True)
class Found:
    """One conversation, letter by letter."""

    place: Place
    raw: str
    lines_before: int | None
    """In the file, before the first line of `raw`; None when its lines lie apart there."""

    @property
    def digest(self) -> str:
        """What tells its text from every other."""
        return digest_of(self.raw)

    def line(self, of_raw: int) -> int:
        """The line of the file; of a text whose lines lie apart, where it begins."""
        return self.place.line if self.lines_before is None else self.lines_before + of_raw


@dataclass(frozen=True, slots=True)
class Unusable:
    """A stretch of the file that holds no conversation that could be kept."""

    place: Place
    reason: str
    """A short key, the same for all alike."""
    detail: str
    """One sentence for a person."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says about all of its conversations."""

    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """`training_file_metadata`, or what stands behind `_meta`."""
    consultant: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """`consultant_profile`."""
    other: tuple[str, ...] = ()
    """Keys that the format does not know."""

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Head":
        """The head in the outer object of a file, without its conversations."""
        known = {"training_file_metadata", "consultant_profile", "conversations"}
        metadata, consultant = value.get("training_file_metadata"), value.get("consultant_profile")
        return cls(
            metadata if is_object(metadata) else {},
            consultant if is_object(consultant) else {},
            tuple(name for name in value if name not in known),
        )

    @property
    def form(self) -> RawForm:
        """The version of the format; 4 where the file does not say 5."""
        is_v5 = self.metadata.get("format_spec") == V5_SPEC
        return RawForm.V5 if is_v5 else RawForm.V4
