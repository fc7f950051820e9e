"""The second stage: what a conversation says, checked field by field; nothing here raises."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from lorewright.conversations.enriching.cleaning import cleaned, shown
from lorewright.conversations.enriching.codes import LEGACY
from lorewright.conversations.enriching.languages import foreign_turns
from lorewright.conversations.enriching.reading import Json, Said
from lorewright.records import Emotion, Severity

LEAST_TURNS = 2
SHORT = 10
"""Characters; a turn with fewer is told."""

_TOP = frozenset({"conversation_metadata", "turns", "input_parameters", "evidence"})
"""`evidence` was read when the conversation was written, and stands in its record."""
_METADATA = frozenset(
    {
        "client_persona",
        "client_background",
        "session_context",
        "conversation_phase",
        "expected_outcome",
    }
)
_TURN = frozenset({"turn_number", "role", "content", "emotional_context"})
_EMOTION = frozenset({"primary_emotion", "secondary_emotion", "intensity"})


class Metadata(NamedTuple):
    """What a conversation says about itself."""

    client_persona: str = ""
    client_background: str | None = None
    session_context: str = ""
    conversation_phase: str = ""
    expected_outcome: str | None = None


class Heard(NamedTuple):
    """One turn that was found to be in order."""

    role: Literal["user", "assistant"]
    text: str
    emotion: Emotion | None


class Checked(NamedTuple):
    """What is in order of a conversation; it is whole when no blocker was found."""

    metadata: Metadata
    turns: tuple[Heard, ...]
    """Without those that are not in order."""


def validate(said: Said) -> Checked:
    """Check everything that `said` holds; what is wrong is added to its findings."""
    return _Check(said).checked()


class _Check:
    """One conversation while it is checked."""

    def __init__(self, said: Said) -> None:
        self._said = said
        self._findings = said.findings

    def checked(self) -> Checked:
        content = self._said.content
        top = content if isinstance(content, dict) else {}
        self._unknown(top, _TOP, "")
        return Checked(self._metadata(top), self._turns(top))

    def _metadata(self, top: dict[str, Json]) -> Metadata:
        found, field = top.get("conversation_metadata"), "conversation_metadata"
        if not isinstance(found, dict):
            self._report("MISSING_CONVERSATION_METADATA", field, f"{field} is {kind_of(found)}")
            return Metadata()
        self._unknown(found, _METADATA, f"{field}.")
        needed = {
            key: self._needed(found.get(key), f"MISSING_{key.upper()}", f"{field}.{key}")
            for key in ("client_persona", "session_context", "conversation_phase")
        }
        outcome = self._optional(found.get("expected_outcome"), f"{field}.expected_outcome")
        if outcome is None:
            said = "it is not said what the client should leave with"
            self._report("MISSING_EXPECTED_OUTCOME", f"{field}.expected_outcome", said)
        background = self._optional(found.get("client_background"), f"{field}.client_background")
        return Metadata(**needed, expected_outcome=outcome, client_background=background)

    def _turns(self, top: dict[str, Json]) -> tuple[Heard, ...]:
        found = top.get("turns")
        if not isinstance(found, list):
            self._report("MISSING_TURNS_ARRAY", "turns", f"turns is {kind_of(found)}")
            return ()
        if len(found) < LEAST_TURNS:
            self._report("INSUFFICIENT_TURNS", "turns", f"there are {len(found)} of them")
        self._numbers(found)
        heard = [self._turn(turn, number) for number, turn in enumerate(found, start=1)]
        self._alternation(heard)
        for place in foreign_turns([(one.role, one.text) if one else ("", "") for one in heard]):
            told = f"turn {place + 1} seems to be in another language than what the advisor says"
            self._report("MIXED_LANGUAGES", f"turns[{place}].content", told)
        return tuple(one for one in heard if one is not None)

    def _numbers(self, turns: Iterable[Json]) -> None:
        """What is odd about the numbers of turns; one that is none is told with its turn."""
        seen = dict[int, int]()
        for place, turn in enumerate(turns, start=1):
            number = turn.get("turn_number") if isinstance(turn, dict) else None
            if not isinstance(number, int) or isinstance(number, bool):
                continue
            field = f"turns[{place - 1}].turn_number"
            if number in seen:
                said = f"turn {place} has the number {shown(number)}, as turn {seen[number]} has"
                self._report("DUPLICATE_TURN_NUMBER", field, said)
            if number != place:
                said = f"turn {place} says that it is number {shown(number)}"
                self._report("TURN_NUMBER_MISMATCH", field, said)
            seen.setdefault(number, place)

    def _alternation(self, heard: list[Heard | None]) -> None:
        for at, (before, here) in enumerate(pairwise(heard), start=2):
            if before and here and before.role == here.role:
                said = f"turns {at - 1} and {at} are both by the {here.role}"
                self._report("ROLE_NOT_ALTERNATING", f"turns[{at - 1}].role", said)

    def _turn(self, turn: Json, number: int) -> Heard | None:
        field = f"turns[{number - 1}]"
        if not isinstance(turn, dict):
            self._report("MISSING_CONTENT", field, f"turn {number} is {kind_of(turn)}, no object")
            return None
        self._unknown(turn, _TURN, f"{field}.")
        numbered = turn.get("turn_number")
        if not isinstance(numbered, int) or isinstance(numbered, bool):
            said = f"the number of turn {number} is {kind_of(numbered)}"
            self._report("INVALID_TURN_NUMBER", f"{field}.turn_number", said)
        role = self._role(turn.get("role"), f"{field}.role", number)
        text = self._content(turn.get("content"), f"{field}.content", number)
        emotion = self._emotion(turn.get("emotional_context"), f"{field}.emotional_context", number)
        return Heard(role, text, emotion) if role and text else None

    def _role(self, role: Json, field: str, number: int) -> Literal["user", "assistant"] | None:
        if role == "user":
            return "user"
        if role == "assistant":
            return "assistant"
        said = repr(shown(role)) if isinstance(role, str) else kind_of(role)
        self._report("INVALID_ROLE", field, f"the role of turn {number} is {said}")
        return None

    def _content(self, content: Json, field: str, number: int) -> str:
        text = self._text(content, field)
        length = len(text.strip())
        if not length:
            kind = "empty" if isinstance(content, str) else kind_of(content)
            self._report("MISSING_CONTENT", field, f"the content of turn {number} is {kind}")
            return ""
        if length < SHORT:
            said = f"turn {number} has {length} characters: {shown(text.strip())!r}"
            self._report("SHORT_CONTENT", field, said)
        return text

    def _emotion(self, context: Json, field: str, number: int) -> Emotion | None:
        if not isinstance(context, dict):
            said = f"the feelings in turn {number} are {kind_of(context)}"
            self._report("MISSING_EMOTIONAL_CONTEXT", field, said)
            return None
        self._unknown(context, _EMOTION, f"{field}.")
        code, place = "MISSING_PRIMARY_EMOTION", f"{field}.primary_emotion"
        primary = self._needed(context.get("primary_emotion"), code, place)
        secondary = self._secondary(context.get("secondary_emotion"), field, number)
        intensity = self._intensity(context.get("intensity"), f"{field}.intensity", number)
        if not primary or intensity is None:
            return None
        return Emotion(primary=primary, secondary=secondary, intensity=intensity)

    def _secondary(self, value: Json, field: str, number: int) -> str | None:
        place = f"{field}.secondary_emotion"
        secondary = self._optional(value, place)
        if secondary is None:
            said = f"turn {number} names one feeling only"
            self._report("MISSING_SECONDARY_EMOTION", place, said)
        return secondary

    def _intensity(self, value: Json, field: str, number: int) -> Decimal | None:
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            said = f"the intensity of turn {number} is {kind_of(value)}"
            self._report("MISSING_INTENSITY", field, said)
            return None
        if not 0 <= value <= 1:
            said = f"the intensity of turn {number} is {shown(value)}"
            self._report("INTENSITY_OUT_OF_RANGE", field, said)
            return None
        if value in {0, 1}:
            said = f"the intensity of turn {number} is exactly {int(value)}"
            self._report("EXTREME_INTENSITY", field, said)
        return Decimal(value)

    def _needed(self, value: Json, code: str, field: str) -> str:
        text = self._text(value, field).strip()
        if not text:
            kind = "empty" if isinstance(value, str) else kind_of(value)
            self._report(code, field, f"{field.rpartition('.')[2]} is {kind}")
        return text

    def _optional(self, value: Json, field: str) -> str | None:
        if value is not None and not isinstance(value, str):
            self._report("WRONG_TYPE", field, f"it is {kind_of(value)} where text is expected")
        return self._text(value, field).strip() or None

    def _text(self, value: Json, field: str) -> str:
        if not isinstance(value, str):
            return ""
        return cleaned(value, self._said.place(field), self._findings.repairs)

    def _unknown(self, found: dict[str, Json], known: frozenset[str], above: str) -> None:
        if found.keys() <= known:
            return
        for key in found:
            if key not in known:
                self._report("UNKNOWN_KEY", f"{above}{shown(key)}", f"{shown(key)!r} is not read")

    def _report(self, code: str, field: str, message: str) -> None:
        is_milder = self._said.is_legacy and code in LEGACY
        self._findings.report(
            code, field, message, severity=Severity.WARNING if is_milder else None
        )


def kind_of(value: Json) -> str:
    """What a value is, for a message about what it should have been."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true or false"
        case int() | Decimal():
            return "a number"
        case str():
            return "text" if value.strip() else "empty"
        case list():
            return "a list"
        case _:
            return "an object"
