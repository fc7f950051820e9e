"""The chat text of Llama 3."""

import re
from collections.abc import Sequence

from lorewright.curate.exporters.chat_text import ChatTextExporter
from lorewright.curate.exporters.line_exporter import Said

_TURN = re.compile(r"<\|start_header_id\|>(\w+)<\|end_header_id\|>\n\n(.*?)<\|eot_id\|>", re.DOTALL)


class Llama3(ChatTextExporter):
    """A header with the role, an empty line, the words and `<|eot_id|>` for every turn.

    The template of Llama 3.1 and later also writes dates into the system's turn; it is not
    imitated, since the date of an export is nothing to learn.
    """

    name = "llama3"
    begin = "<|begin_of_text|>"

    def conversation(self, turns: Sequence[Said]) -> str:
        """Every turn behind its header."""
        return "".join(
            [
                f"<|start_header_id|>{role}<|end_header_id|>\n\n{text}<|eot_id|>"
                for role, text in turns
            ]
        )

    def turns(self, text: str) -> tuple[Said, ...]:
        """Every turn with its role."""
        return tuple(Said(found[1], found[2]) for found in self._matched(_TURN, text))
