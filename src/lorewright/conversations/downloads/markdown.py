"""Markdown for people who read conversations one after the other."""

import re
from collections.abc import Iterator

from lorewright.conversations.downloads.talk import Talk, Utterance

SPEAKERS = {"user": "Client", "assistant": "Advisor"}
_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>#|])")


class MarkdownPages:
    """A heading for every conversation; what is said stands in quotes, word for word."""

    suffix = ".md"

    def __init__(self, title: str) -> None:
        self._title = title
        self._count = 0

    def add(self, talk: Talk) -> Iterator[bytes]:
        """The page of one conversation."""
        self._count += 1
        yield f"\n## {_escaped(talk.conversation.conversation_id)}\n\n".encode()
        yield "".join(_facts(talk)).encode()
        for said in talk.utterances:
            yield _turn(said).encode()

    def head(self) -> bytes:
        """The title, and how many conversations there are."""
        ending = "" if self._count == 1 else "s"
        return f"# {_escaped(self._title)}\n\n{self._count:,} conversation{ending}\n".encode()

    def tail(self) -> bytes:
        """Nothing."""
        return b""


def _facts(talk: Talk) -> Iterator[str]:
    scaffold = talk.scaffold
    told = {
        "persona": scaffold.persona_name or scaffold.persona_key,
        "emotional arc": scaffold.emotional_arc or scaffold.emotional_arc_key,
        "topic": scaffold.training_topic or scaffold.training_topic_key,
        "teacher": talk.conversation.teacher,
        **{name.replace("_", " "): value for name, value in talk.known.items()},
    }
    for name, value in told.items():
        if value is not None and value is not False:
            yield f"- {name}: {'yes' if value is True else _escaped(str(value))}\n"


def _turn(said: Utterance) -> str:
    feels = ", ".join(filter(None, (said.primary, said.secondary)))
    felt = f" ({' '.join(filter(None, (feels, said.intensity)))})" if feels else ""
    lines = said.text.splitlines() or [""]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return f"\n**{SPEAKERS[said.role]}**{_escaped(felt)}\n\n{quoted}\n"


def _escaped(text: str) -> str:
    return _MEANS_SOMETHING.sub(r"\\\1", " ".join(text.split(" ")).replace("\n", " "))
