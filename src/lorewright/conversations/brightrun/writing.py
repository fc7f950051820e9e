"""Training files in the formats brightrun-lora-v4 and v5, written as a stream."""

from collections.abc import Iterator
from typing import Any

from lorewright.conversations.brightrun.format_fields import (
    SCAFFOLDING,
    V4_SPEC,
    V5_PHASES,
    V5_SPEC,
    WRITER,
)
from lorewright.conversations.brightrun.json_text import json_text
from lorewright.conversations.brightrun.writing_pairs import (
    Ids,
    Pairs,
    has_answer,
    parameters_of,
    quality_of,
)
from lorewright.conversations.brightrun.writing_totals import About, Totals
from lorewright.conversations.complete import Complete
from lorewright.errors import Refused

VERSIONS = {V4_SPEC: "4.0.0", V5_SPEC: "5.0.0"}
"""Of the format itself."""
_LINE_ENDS = (("\u2028", "\\u2028"), ("\u2029", "\\u2029"), ("\x85", "\\u0085"))
"""Characters that JSON allows in a text and that some readers take for a line end."""


class TrainingJson:
    """One JSON file: `training_file_metadata`, `consultant_profile`, `conversations`.

    Each conversation stands on one line, with a pair for every turn.
    """

    suffix = ".json"

    def __init__(self, about: About, *, is_v5: bool = False) -> None:
        self._about, self._spec = about, V5_SPEC if is_v5 else V4_SPEC
        self.totals, self.ids = Totals(), Ids()

    def add(self, one: Complete) -> Iterator[bytes]:
        """One member of `conversations`.

        Raises:
            Refused: when its phase is none that version 5 knows.
        """
        if self._spec == V5_SPEC and one.content.conversation_phase not in V5_PHASES:
            raise Refused(
                f"version 5 has no phase {one.content.conversation_phase!r}",
                where=one.conversation.conversation_id,
                hint="write it in version 4, which takes any phase",
            )
        begin = ",\n" if self.totals.conversations else "\n"
        self.totals.add(one, only_answers=False)
        metadata, setup = json_text(_metadata(one)), json_text(parameters_of(one))
        yield (
            f'{begin}{{"conversation_metadata":{metadata},"input_parameters":{setup},'
            '"training_pairs":['
        ).encode()
        between = ""
        for pair in Pairs(one, self.ids, header=self._about.header).all():
            yield f"{between}{pair}".encode()
            between = ","
        yield b"]}"

    def head(self) -> bytes:
        """Everything up to the first conversation."""
        metadata = json_text(_file_metadata(self._about, self._spec, self.totals))
        profile = json_text(self._about.consultant)
        return (
            f'{{"training_file_metadata":{metadata},\n"consultant_profile":{profile},\n'
            '"conversations":['
        ).encode()

    def tail(self) -> bytes:
        """The end of the file."""
        return b"\n]}\n"


class TrainingLines:
    """One pair a line, only where the advisor answers; before them the line `_meta`."""

    suffix = ".jsonl"

    def __init__(self, about: About) -> None:
        self._about = about
        self.totals, self.ids = Totals(), Ids()

    def add(self, one: Complete) -> Iterator[bytes]:
        """The lines of one conversation.

        Raises:
            Refused: when the advisor never speaks in it.
        """
        if not has_answer(one.content.turns):
            raise Refused(
                "the advisor says nothing in it, and a line holds an answer",
                where=one.conversation.conversation_id,
                hint="write it as JSON, where client turns stand by themselves",
            )
        self.totals.add(one, only_answers=True)
        for line in Pairs(one, self.ids, header=self._about.header).answers():
            yield f"{on_one_line(line)}\n".encode()

    def head(self) -> bytes:
        """The line `_meta`: all that a JSON file says about itself, and the consultant."""
        metadata = _file_metadata(self._about, V4_SPEC, self.totals)
        told = {
            **metadata,
            "total_pairs": self.totals.pairs,
            "consultant_profile": self._about.consultant,
        }
        return f"{on_one_line(json_text({'_meta': told}))}\n".encode()

    def tail(self) -> bytes:
        """Nothing."""
        return b""


def on_one_line(text: str) -> str:
    """`text`, which is JSON, without any character that could be read as a line end."""
    if not text.isascii():
        for character, escape in _LINE_ENDS:
            text = text.replace(character, escape)
    return text


def _file_metadata(about: About, spec: str, totals: Totals) -> dict[str, Any]:
    return {
        "file_name": about.name,
        "version": VERSIONS[spec],
        "created_date": about.created_date,
        "last_updated": about.last_updated,
        "format_spec": spec,
        "target_model": about.target,
        "vertical": about.vertical,
        "total_conversations": totals.conversations,
        "total_training_pairs": totals.pairs,
        "quality_summary": totals.quality_summary(),
        "scaffolding_distribution": totals.scaffolding_distribution(),
        "input_parameters": {
            "written_by": WRITER,
            "file_version": about.version,
            "changes": dict(sorted(about.changes.items())),
        },
    }


def _metadata(one: Complete) -> dict[str, Any]:
    conversation, content = one.conversation, one.content
    return {
        "conversation_id": conversation.conversation_id,
        "source_file": f"{conversation.conversation_id}.json",
        "created_date": content.created_date,
        "total_turns": len(content.turns),
        "quality_tier": content.tier.value,
        "quality": quality_of(one),
        "scaffolding": {name: getattr(content.scaffold, name) for name in SCAFFOLDING},
    }
