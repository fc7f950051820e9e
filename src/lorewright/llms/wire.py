"""What is said to a language model and what comes back, whoever serves it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

from lorewright.lineage import canonical_bytes
from lorewright.records import LanguageModel

Means = Literal["schema", "tool", "json", "prose"]
"""How an endpoint can be held to a shape: by a JSON Schema that it enforces, by the arguments
of a tool, by any JSON object, or only by being asked."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that one side says."""

    role: Literal["system", "user", "assistant"]
    text: str
    ends_prefix: bool = False
    """Whether everything up to here is the same in many calls, so that a provider that caches
    prefixes should."""


@dataclass(frozen=True)
class Shape:
    """The form that an answer must have."""

    name: str
    """Letters, digits and underscores; providers show it to the model."""
    schema: Mapping[str, Any]
    """JSON Schema of an object; every property is required and no other is allowed."""

    @cached_property
    def canonical(self) -> bytes:
        """Both as canonical JSON, written once for the many requests that ask for it."""
        return canonical_bytes([self.name, self.schema])


@dataclass(frozen=True)
class Request:
    """One call, complete but for the endpoint and the key."""

    messages: tuple[Message, ...]
    max_tokens: int
    shape: Shape | None = None
    means: Means = "prose"
    """How the endpoint is held to `shape`."""
    temperature: Decimal | None = None
    """None leaves it to the provider; some models take no other value."""

    @cached_property
    def fingerprint(self) -> bytes:
        """SHA-256 over all of it: 32 bytes, the same for the same request anywhere."""
        before = {
            "max_tokens": self.max_tokens,
            "means": self.means,
            "messages": [[one.role, one.text, one.ends_prefix] for one in self.messages],
        }
        after = {"temperature": None if self.temperature is None else str(self.temperature)}
        shape = self.shape.canonical if self.shape else b"null"
        # One canonical object, in the order of its keys, put together round the shape's bytes.
        parts = (
            canonical_bytes(before)[:-1],
            b',"shape":',
            shape,
            b",",
            canonical_bytes(after)[1:],
        )
        return hashlib.sha256(b"".join(parts)).digest()


class Stop(StrEnum):
    """Why a reply ends where it ends."""

    END = "end"
    """The model had said all it wanted to say; only such a reply is complete."""
    LENGTH = "length"
    REFUSED = "refused"
    FILTERED = "filtered"
    OTHER = "other"


class Usage(NamedTuple):
    """Tokens as the provider counted them; the four do not overlap."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    """Input tokens that the provider had in its cache."""
    cache_write: int = 0
    """Input tokens that it put there."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from one call."""

    text: str
    """What the model said; with `tool`, the arguments as JSON."""
    stop: Stop
    usage: Usage
    raw: bytes = field(repr=False)
    """The body of the response as it came."""
    model: str = ""
    """The model as the provider names it; it may be more exact than the name asked for."""


class Abilities(NamedTuple):
    """What a chat model can do."""

    means: tuple[Means, ...] = ("prose",)
    """The ways in which it can be held to a shape, the strictest first."""
    batches: bool = False
    """Whether many calls can be handed over at once, to be answered within a day for less."""
    caches: bool = False
    """Whether a prefix that many calls share is cheaper the second time."""
    searches: bool = False
    """Whether it can look things up on the web."""
    expertise: bool = True
    """Whether it can add what is not in the text: level 4."""
    rehearsed: bool = False
    """Whether it answers without reading, to try things out: nothing can rest on what it says."""


class ChatModel(Protocol):
    """Anything that answers a request.

    An implementation makes one attempt per call: whether and when to try again, and whether
    there is money for it, is decided above it. It never prints, logs or keeps a key.
    """

    record: LanguageModel
    can: Abilities

    async def complete(self, request: Request) -> Reply:
        """Answer `request`, whatever the reason why the reply ends.

        Raises:
            ModelError: when this call failed; `again` and `wait_s` say what a retry needs.
            EndpointError: when no call can succeed: wrong key, unknown model.
            BadReply: when the response is not what its protocol says.
        """
        ...

    async def close(self) -> None:
        """Give its connections back."""
        ...
