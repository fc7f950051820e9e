"""The instruction text of Mistral's models."""

import re
from collections.abc import Sequence

from lorewright.curate.exporters.chat_text import ChatTextExporter
from lorewright.curate.exporters.line_exporter import Said, without_system

_EXCHANGE = re.compile(r"\[INST\] (.*?) \[/INST\] (.*?)</s>", re.DOTALL)


class Mistral(ChatTextExporter):
    """`<s>[INST] question [/INST] answer</s>[INST] ...`.

    The format knows no system. What the system says is put before the first question with an
    empty line between them, as Mistral's own library did for this format; read back it belongs
    to the user.
    """

    name = "mistral"
    begin = "<s>"

    def conversation(self, turns: Sequence[Said]) -> str:
        """Every question with its answer."""
        system, spoken = without_system(turns)
        asked = [turn.text for turn in spoken[::2]]
        if system is not None:
            asked[0] = f"{system}\n\n{asked[0]}"
        pairs = zip(asked, spoken[1::2], strict=True)
        return "".join([f"[INST] {question} [/INST] {told.text}</s>" for question, told in pairs])

    def turns(self, text: str) -> tuple[Said, ...]:
        """The questions and the answers."""
        return tuple(
            turn
            for found in self._matched(_EXCHANGE, text)
            for turn in (Said("user", found[1]), Said("assistant", found[2]))
        )
