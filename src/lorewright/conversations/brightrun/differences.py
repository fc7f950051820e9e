"""What differs between two training files once both are read, or between a file and records."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.conversations.brightrun.format_fields import SCAFFOLDING, SEMANTIC
from lorewright.conversations.brightrun.found import Found, Head, Unusable
from lorewright.conversations.brightrun.json_text import is_list, is_object, json_text
from lorewright.conversations.brightrun.reading import identity_of, read_v4, read_v5
from lorewright.conversations.brightrun.reading_files import conversations_in, head_of
from lorewright.conversations.brightrun.writing_pairs import quality_of
from lorewright.conversations.complete import Complete
from lorewright.conversations.enriching import Carried, Quality
from lorewright.records import Emotion, EnrichedTurn, RawForm

LARGEST = 8_000_000
NOTHING = "(nothing)"
_OF_A_TURN = tuple(name for name in Carried._fields if name in EnrichedTurn.model_fields)


class Difference(NamedTuple):
    """One value that stands in one place and not in the other."""

    conversation: str
    """Its id; empty for the head of the file."""
    field: str
    first: str
    """As JSON."""
    second: str


def differences(first: Path, second: Path, *, limit: int = LARGEST) -> list[Difference]:
    """What two training files say differently after reading, each mended as reading mends it.

    Conversations are found by their ids, in whatever order; a JSON file can be compared with
    JSONL. What only counts or names the file is not compared. Memory grows with what differs.

    Args:
        first: one file.
        second: the other.
        limit: the most bytes that one conversation may have.

    Raises:
        Unreadable: when a file cannot be read, or is no training file.
    """
    heads = head_of(first), head_of(second)
    found = list(_between("", _of_head(heads[0]), _of_head(heads[1])))
    known = {key: _digest(facts) for key, facts in _facts_in(first, heads[0], limit)}
    other: dict[str, dict[str, Any]] = {}
    for key, facts in _facts_in(second, heads[1], limit):
        digest = known.pop(key, None)
        if digest != _digest(facts):
            other[key] = facts
    if known or other:
        for key, facts in _facts_in(first, heads[0], limit):
            if key in other:
                found += _between(key, facts, other.pop(key))
            elif key in known:
                found.append(Difference(key, "", "a conversation", NOTHING))
    found += (Difference(key, "", NOTHING, "a conversation") for key in other)
    return found


def unlike_records(
    path: Path, written: Iterable[Complete], *, limit: int = LARGEST
) -> Iterator[Difference]:
    """What a file that was just written says otherwise than the records, in the same order."""
    read = _facts_in(path, head_of(path), limit)
    for one in written:
        key, facts = next(read, (one.conversation.conversation_id, None))
        if facts is None:
            yield Difference(key, "", NOTHING, "a conversation")
        else:
            yield from _between(key, facts, facts_of(one))
    yield from (Difference(key, "", "a conversation", NOTHING) for key, _ in read)


def facts_of(one: Complete) -> dict[str, Any]:
    """What a trusted file has to say of a conversation."""
    conversation, content = one.conversation, one.content
    return {
        "conversation_id": conversation.conversation_id,
        "scaffold": content.scaffold.model_dump(),
        "teacher": conversation.teacher,
        "is_control": conversation.is_control,
        "quality_tier": content.tier.value,
        "quality": quality_of(one),
        "system_prompt": content.system_prompt,
        "created_date": content.created_date,
        "human_reviewed": content.human_reviewed,
        "reviewer_notes": content.reviewer_notes,
        "conversation_metadata": {name: getattr(content, name) for name in SEMANTIC},
        "turns": [
            {
                "role": turn.role,
                "text": turn.text,
                "emotion": _emotion(turn.emotion),
                **{name: getattr(turn, name) for name in _OF_A_TURN},
            }
            for turn in content.turns
        ],
    }


def facts_in(raw: str, form: RawForm) -> dict[str, Any]:
    """What a conversation of a file says, as it is read."""
    identity = identity_of(raw)
    said = (read_v5 if form is RawForm.V5 else read_v4)(raw)
    content = said.content if is_object(said.content) else {}
    turns = content.get("turns", [])
    carried = [*said.turns, *[Carried()] * (len(turns) - len(said.turns))]
    return {
        "conversation_id": identity.conversation_id,
        "scaffold": {
            name: getattr(identity.scaffold, name) for name in (*SCAFFOLDING, "consultant_key")
        },
        "teacher": identity.teacher,
        "is_control": identity.is_control,
        "quality_tier": said.quality.tier.value if said.quality else None,
        "quality": _worth(said.quality) if said.quality else None,
        "system_prompt": said.system_prompt,
        "created_date": said.created_date,
        "human_reviewed": said.human_reviewed,
        "reviewer_notes": said.reviewer_notes,
        "conversation_metadata": content.get("conversation_metadata"),
        "turns": [
            {
                "role": turn["role"],
                "text": turn["content"],
                "emotion": _told_emotion(turn.get("emotional_context")),
                **{name: getattr(has, name) for name in _OF_A_TURN},
            }
            for turn, has in zip(turns, carried, strict=False)
        ],
    }


def _facts_in(path: Path, head: Head, limit: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every conversation of a file by its id; one whose id came before has a number too."""
    seen = Counter[str]()
    for found in conversations_in(path, limit=limit):
        match found:
            case Found():
                facts = facts_in(found.raw, head.form)
                key = str(facts["conversation_id"])
            case Unusable():
                key = f"line {found.place.line}"
                facts = {"unusable": f"{found.reason}: {found.detail}"}
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key} ({seen[key]})", facts


def _of_head(head: Head) -> dict[str, Any]:
    """The consultant, wherever the file has it."""
    told = head.consultant or head.metadata.get("consultant_profile") or {}
    return {"consultant_profile": told}


def _worth(quality: Quality) -> dict[str, Any]:
    return {"score": quality.score, "parts": quality.parts.model_dump()}


def _emotion(felt: Emotion | None) -> dict[str, Any] | None:
    return felt.model_dump() if felt else None


def _told_emotion(told: Any) -> dict[str, Any] | None:
    if not is_object(told):
        return None
    return {
        "primary": told.get("primary_emotion"),
        "secondary": told.get("secondary_emotion"),
        "intensity": told.get("intensity"),
    }


def _digest(facts: Mapping[str, Any]) -> bytes:
    return hashlib.blake2b(json_text(_exact(facts)).encode(), digest_size=16).digest()


def _between(key: str, first: Any, second: Any, place: str = "") -> Iterator[Difference]:
    """Every place at which two values differ, the deepest ones."""
    first, second = _exact(first), _exact(second)
    if is_object(first) and is_object(second):
        for name in dict.fromkeys([*first, *second]):
            there = f"{place}.{name}" if place else name
            yield from _between(key, first.get(name), second.get(name), there)
    elif is_list(first) and is_list(second):
        for at, (one, other) in enumerate(zip_longest(first, second)):
            yield from _between(key, one, other, f"{place}[{at}]")
    elif json_text(first) != json_text(second):
        yield Difference(key, place, json_text(first), json_text(second))


def _exact(value: Any) -> Any:
    """Lists as lists and whole numbers as decimals, so that equal values look the same."""
    if is_object(value):
        return {name: _exact(one) for name, one in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [_exact(one) for one in value]  # pyright: ignore[reportUnknownVariableType] - JSON of any shape
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value
