"""One JSON file with all that is kept of conversations: the raw text, or its enrichment."""

from collections.abc import Iterator
from typing import Any

from lorewright.conversations.brightrun.json_text import Verbatim, json_text, read_json
from lorewright.conversations.complete import Complete
from lorewright.records import Conversation


class WholeJson:
    """`{"conversations": [...]}`, one conversation a line.

    Args:
        raw: whether each is written as it came: `raw` is its text as JSON where it is JSON
            already, letter by letter but for line ends, and a text otherwise.
    """

    suffix = ".json"

    def __init__(self, *, raw: bool = False) -> None:
        self._raw = raw
        self._count = 0

    def add(self, one: Complete | Conversation) -> Iterator[bytes]:
        """One conversation."""
        begin = ",\n" if self._count else "\n"
        self._count += 1
        conversation = one if isinstance(one, Conversation) else one.conversation
        told: dict[str, Any] = {
            "conversation": conversation.ref,
            "conversation_id": conversation.conversation_id,
            "teacher": conversation.teacher,
            "is_control": conversation.is_control,
            "scaffold": conversation.scaffold.model_dump(),
        }
        if isinstance(one, Conversation):
            told |= {"form": one.form.value, "raw": _as_it_came(one.raw)}
        else:
            told |= {"enrichment": one.enrichment, **_dumped(one)}
        yield f"{begin}{json_text(told)}".encode()

    def head(self) -> bytes:
        """The beginning of the list."""
        return b'{"conversations":['

    def tail(self) -> bytes:
        """Its end."""
        return b"\n]}\n"


def _dumped(one: Complete) -> dict[str, Any]:
    """The content with its numbers as numbers."""
    content = one.content.model_dump(exclude={"scaffold"})
    return {**content, "tier": one.content.tier.value}


def _as_it_came(raw: str) -> str:
    """A text that other readers of JSON take as it stands, or the text itself."""
    try:
        read = read_json(raw)
    except ValueError:
        return raw
    is_strict = not read.has_half_characters and "NaN" not in raw and "Infinity" not in raw
    return Verbatim(raw.strip()) if is_strict else raw
