"""Conversations as the very text that a base model reads, control tokens and all.

The text is whole: it begins with the begin-of-text token, as the chat template of the base
model writes it, so that it can be compared with that template character by character. Many
trainers put this token in front of every text themselves, and two of them spoil training
without any error. So tell the trainer not to add special tokens (`add_special_tokens=False`),
or make the exporter with `begin_token=False`.

White space round a turn is cut off, as these templates do. Words that a tokenizer would read
as a control token are refused: written as they are they would end a turn or begin one.
"""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from lorewright.curate.exporters.json_text import quoted, read_object
from lorewright.curate.exporters.line_exporter import LineExporter, Said
from lorewright.curate.markers import chat_marker
from lorewright.errors import Refused


class ChatTextExporter(LineExporter):
    """`{"text": ...}` with the whole conversation.

    Args:
        with_lineage: as for every format.
        begin_token: whether the text begins with the begin-of-text token.
    """

    begin: ClassVar[str]
    """The begin-of-text token."""

    def __init__(self, *, with_lineage: bool | None = None, begin_token: bool = True) -> None:
        super().__init__(with_lineage=with_lineage)
        self.begin_token = begin_token

    def members(self, turns: Sequence[Said]) -> str:
        """The text."""
        said = [Said(role, _plain(role, text)) for role, text in turns]
        opening = self.begin if self.begin_token else ""
        return f'"text":{quoted(opening + self.conversation(said))}'

    def parse(self, line: str) -> tuple[Said, ...]:
        """The turns of one line, with or without the begin-of-text token."""
        text = read_object(line).get("text")
        if not isinstance(text, str):
            raise self._unreadable("it has no text")
        return self.turns(text.removeprefix(self.begin))

    @abstractmethod
    def conversation(self, turns: Sequence[Said]) -> str:
        """The text behind the begin-of-text token; the turns hold no control token."""

    @abstractmethod
    def turns(self, text: str) -> tuple[Said, ...]:
        """The turns of a text behind the begin-of-text token."""

    def _matched(self, pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
        """What `pattern` finds end to end in the whole of `text`."""
        found: list[re.Match[str]] = []
        at = 0
        while at < len(text):
            match = pattern.match(text, at)
            if match is None:
                raise self._unreadable(f"no turn begins at character {at}")
            found.append(match)
            at = match.end()
        return found


def _plain(role: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(f"the {role} says nothing")
    if marker := chat_marker(text):
        raise Refused(f"the {role}'s words hold the control token {marker}")
    return text
