"""From the named fields of a row to a draft: our names, and those that other tools write."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lorewright.evaluate.scenarios.draft import Draft
from lorewright.evaluate.scenarios.rows import BadRow, Row
from lorewright.records import Emotion, ScenarioPurpose

NAMES: dict[str, tuple[str, ...]] = {
    "scenario_id": ("scenario_id", "test_scenario_id", "id"),
    "family": ("family",),
    "source": ("source", "source_id", "conversation_id"),
    "purpose": ("purpose",),
    "persona": ("persona", "persona_archetype", "persona_key"),
    "emotional_arc": ("emotional_arc", "emotional_arc_key", "arc"),
    "topic": ("topic", "training_topic", "training_topic_key"),
    "situation": ("situation", "scenario_description"),
    "messages": ("messages", "client_message", "message"),
    "emotional_state": ("emotional_state",),
    "emotion": ("emotion",),
    "secondary_emotion": ("secondary_emotion",),
    "intensity": ("intensity",),
    "expected": ("expected", "expected_emotional_response_elements"),
}
"""Every field with the names that it may have in a file."""
LONGEST = 20_000
"""Characters of one text; a longer one is no message of a person."""


class _Off(Exception):
    """What is wrong with a row: a reason and a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def draft_of(row: Row) -> Draft | BadRow:
    """Read a row; one that cannot be a scenario says why."""
    try:
        return _draft(row)
    except _Off as error:
        return BadRow(row.number, error.reason, str(error))


def unread(row: Row) -> set[str]:
    """The names in a row that stand for no field; they are told, and not read."""
    known = {name for names in NAMES.values() for name in names}
    return {str(name) for name in row.values if name not in known}


def _draft(row: Row) -> Draft:
    said = {field: _said(row.values, names) for field, names in NAMES.items()}
    messages = _texts(said["messages"], "messages")
    if not messages:
        raise _Off(
            "no_message", "it says nothing: there is neither `messages` nor `client_message`"
        )
    return Draft(
        scenario_id=_text(said["scenario_id"], "scenario_id") or _id_of(messages),
        messages=messages,
        number=row.number,
        family=_text(said["family"], "family"),
        source=_text(said["source"], "source"),
        purpose=_purpose(said["purpose"]),
        persona=_text(said["persona"], "persona"),
        emotional_arc=_text(said["emotional_arc"], "emotional_arc"),
        topic=_text(said["topic"], "topic"),
        situation=_text(said["situation"], "situation") or "",
        emotional_state=_emotion(said),
        expected=_texts(said["expected"], "expected"),
    )


def _said(values: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The value of a field under whichever of its names; None where there is none."""
    found = {name: values[name] for name in names if values.get(name) not in (None, "", [])}
    different = {json.dumps(value, sort_keys=True, default=str) for value in found.values()}
    if len(different) > 1:
        raise _Off(
            "said_twice", f"{' and '.join(found)} are the same field and say different things"
        )
    return next(iter(found.values()), None)


def _text(value: Any, field: str) -> str | None:
    match value:
        case None:
            return None
        case bool():
            raise _Off("wrong_type", f"`{field}` is neither a text nor a number")
        case str() | int():
            text = str(value).strip()
        case _:
            raise _Off("wrong_type", f"`{field}` is neither a text nor a number")
    if len(text) > LONGEST:
        raise _Off("too_long", f"`{field}` has {len(text):,} characters, more than {LONGEST:,}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _Off("wrong_type", f"`{field}` holds half of a character") from error
    return text or None


def _texts(value: Any, field: str) -> tuple[str, ...]:
    """One text or several: a list, the JSON of one in a cell, or a text alone."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = [value]  # a text that begins with a bracket
    listed: list[Any] = [*value] if isinstance(value, list) else [value]
    return tuple(text for one in listed if (text := _text(one, field)))


def _purpose(value: Any) -> ScenarioPurpose:
    text = _text(value, "purpose")
    try:
        return ScenarioPurpose(text.lower()) if text else ScenarioPurpose.ADVICE
    except ValueError as error:
        known = ", ".join(ScenarioPurpose)
        raise _Off("unknown_purpose", f"there is no purpose {text!r}; there are {known}") from error


def _emotion(said: Mapping[str, Any]) -> Emotion | None:
    """The state as an object, as the JSON of one in a cell, or as three columns."""
    state = said["emotional_state"]
    if isinstance(state, str) and state.lstrip().startswith("{"):
        try:
            state = json.loads(state)
        except (ValueError, RecursionError) as error:
            raise _Off("bad_emotion", "`emotional_state` is no JSON object") from error
    if state is None:
        names = {"primary": "emotion", "secondary": "secondary_emotion", "intensity": "intensity"}
        state = {part: said[name] for part, name in names.items() if said[name] is not None}
    if not state:
        return None
    if not isinstance(state, dict):
        raise _Off("bad_emotion", "`emotional_state` is no object with primary and intensity")
    parts: dict[str, Any] = {**state}
    if unknown := sorted(map(str, parts.keys() - {"primary", "secondary", "intensity"})):
        raise _Off("bad_emotion", f"`emotional_state` has no part {unknown[0]!r}")
    intensity = parts.get("intensity")
    try:
        return Emotion.model_validate(
            {
                "primary": _text(parts.get("primary"), "primary") or "",
                "secondary": _text(parts.get("secondary"), "secondary"),
                "intensity": str(intensity) if isinstance(intensity, float) else intensity,
            }
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise _Off("bad_emotion", f"`emotional_state`: {place}: {first['msg'].lower()}") from error


def _id_of(messages: tuple[str, ...]) -> str:
    """An id for a scenario that has none, from what it says."""
    said = "\n".join(messages).encode()
    return f"s-{hashlib.blake2b(said, digest_size=6).hexdigest()}"
