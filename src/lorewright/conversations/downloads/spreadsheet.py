"""CSV for a spreadsheet: one row for every turn."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from lorewright.conversations.brightrun.format_fields import SCAFFOLDING
from lorewright.conversations.downloads.talk import Talk, Utterance

COLUMNS = (
    "conversation_id", "turn_number", "role", "content", "primary_emotion", "secondary_emotion",
    "intensity", "valence", *SCAFFOLDING, "client_persona", "session_context",
    "conversation_phase", "expected_outcome", "quality_tier", "quality", "human_reviewed",
    "teacher", "is_control", "pair_id", "difficulty_level", "key_learning_objective",
    "demonstrates_skills", "emotional_progression_target", "quality_score", "empathy", "clarity",
    "appropriateness", "brand_voice",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula."""
MARK = "'"
BOM = "\ufeff"


class Spreadsheet:
    """UTF-8 with a byte order mark, since spreadsheets guess another encoding without it."""

    suffix = ".csv"

    def add(self, talk: Talk) -> Iterator[bytes]:
        """The rows of one conversation."""
        for number, said in enumerate(talk.utterances, start=1):
            yield _line([guarded(_cell(value)) for value in _row(talk, said, number)])

    def head(self) -> bytes:
        """The names of the columns."""
        return BOM.encode() + _line(COLUMNS)

    def tail(self) -> bytes:
        """Nothing."""
        return b""


def guarded(text: str) -> str:
    """A cell that no spreadsheet calculates; one that begins with the mark itself has it twice."""
    is_marked = text.startswith(MARK) and text[1:].startswith((*FORMULA, MARK))
    return f"{MARK}{text}" if text.startswith(FORMULA) or is_marked else text


def _row(talk: Talk, said: Utterance, number: int) -> Iterator[Any]:
    scaffold, turn = talk.scaffold, said.turn
    cells: dict[str, Any] = {
        **{name: getattr(scaffold, name) for name in SCAFFOLDING},
        **talk.known,
        **(turn.model_dump(exclude={"role", "text", "emotion"}) if turn else {}),
        "conversation_id": talk.conversation.conversation_id,
        "turn_number": number,
        "role": said.role,
        "content": said.text,
        "primary_emotion": said.primary,
        "secondary_emotion": said.secondary,
        "intensity": said.intensity,
        "teacher": talk.conversation.teacher,
        "is_control": talk.conversation.is_control,
    }
    return (cells.get(column) for column in COLUMNS)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case tuple():
            return " | ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType] - skills
        case _:
            return str(value)


def _line(row: Any) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(row)
    return buffer.getvalue().encode()
