"""JSONL of messages, as most trainers read it: one conversation a line."""

from collections.abc import Iterator

from lorewright.conversations.brightrun.json_text import json_text
from lorewright.conversations.brightrun.writing import on_one_line
from lorewright.conversations.downloads.talk import Talk
from lorewright.conversations.voice import control_header
from lorewright.errors import Refused


class Messages:
    """`{"messages": [{"role": ..., "content": ...}, ...]}`.

    Enriched, it ends with an answer, since nothing is learnt from a question that nobody
    answers; raw, every turn stands there.

    Args:
        header: whether the system message begins with persona, arc and topic, for steering.
        raw: whether it is written as it came.
    """

    suffix = ".jsonl"

    def __init__(self, *, header: bool = False, raw: bool = False) -> None:
        self._header, self._raw = header, raw
        self.unanswered = 0
        """Last turns of clients that were left out."""

    def add(self, talk: Talk) -> Iterator[bytes]:
        """One line.

        Raises:
            Refused: when the advisor says nothing in it.
        """
        turns = list(talk.utterances)
        if not self._raw:
            while turns and turns[-1].role == "user":
                turns.pop()
            if not turns:
                raise Refused(
                    "the advisor says nothing in it, so nothing can be learnt from it",
                    where=talk.conversation.conversation_id,
                )
            self.unanswered += len(talk.utterances) - len(turns)
        steering = control_header(talk.scaffold) if self._header else ""
        system = "\n\n".join(filter(None, (steering, talk.system_prompt)))
        messages = [
            *([{"role": "system", "content": system}] if system else []),
            *({"role": turn.role, "content": turn.text} for turn in turns),
        ]
        yield f"{on_one_line(json_text({'messages': messages}))}\n".encode()

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def tail(self) -> bytes:
        """Nothing."""
        return b""
