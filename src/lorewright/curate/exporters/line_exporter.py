"""What all formats share: the words come in as a record or as stored, a line goes out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from lorewright.curate.exporters.json_text import on_one_line
from lorewright.curate.exporters.lineage import lineage_of, lineage_of_content
from lorewright.errors import Refused, Unreadable
from lorewright.records import Example


class Said(NamedTuple):
    """One turn of a conversation."""

    role: str
    """system, user or assistant."""
    text: str


class LineExporter(ABC):
    """Writes one JSON object per line.

    Args:
        with_lineage: whether each line says under `lineage` which example it is and which
            spans of which documents it rests on. None does what suits the format.
    """

    name: str
    suffix: str = ".jsonl"
    carries_lineage: ClassVar[bool] = True
    """Whether readers of the format put up with a key that they do not know."""

    def __init__(self, *, with_lineage: bool | None = None) -> None:
        self.with_lineage = self.carries_lineage if with_lineage is None else with_lineage

    def line(self, example: Example) -> str:
        """One line without its line end.

        Raises:
            Refused: when the format cannot hold this example; its words are never changed to
                make it fit.
        """
        turns = [Said(turn.role, turn.text) for turn in example.turns]
        lineage = lineage_of(example) if self.with_lineage else None
        try:
            return self._line(turns, lineage)
        except Refused as reason:
            raise self._refused(reason, example.ref) from reason

    def line_from_content(self, content: Mapping[str, Any], name: str) -> str:
        """As `line`, from the decoded content of the stored example `name`.

        Builds no record, which would cost more than everything else an export does.
        """
        turns = [Said(turn["role"], turn["text"]) for turn in content["turns"]]
        lineage = lineage_of_content(content, name) if self.with_lineage else None
        try:
            return self._line(turns, lineage)
        except Refused as reason:
            raise self._refused(reason, name) from reason

    @abstractmethod
    def members(self, turns: Sequence[Said]) -> str:
        """The members of the JSON object, without its braces.

        Raises:
            Refused: when the format cannot hold these turns.
        """

    @abstractmethod
    def parse(self, line: str) -> tuple[Said, ...]:
        """The turns that a line of this format holds.

        Raises:
            Unreadable: when it is no line of this format.
        """

    def _line(self, turns: Sequence[Said], lineage: str | None) -> str:
        members = self.members(turns)
        return on_one_line(f'{{{members},"lineage":{lineage}}}' if lineage else f"{{{members}}}")

    def _refused(self, reason: Refused, name: str) -> Refused:
        return Refused(
            f"{self.name} cannot hold this example: {reason.sentence}",
            where=name,
            hint="export it in another format, such as openai-chat",
        )

    def _unreadable(self, what: str) -> Unreadable:
        return Unreadable(f"this is no line of {self.name}: {what}")


def without_system(turns: Sequence[Said]) -> tuple[str | None, Sequence[Said]]:
    """What the system says first, if it does, and the turns behind it.

    Raises:
        Refused: when these are not questions and answers by turns.
    """
    system, spoken = (turns[0].text, turns[1:]) if turns[0].role == "system" else (None, turns)
    if len(spoken) % 2 or any(
        turn.role != ("assistant" if at % 2 else "user") for at, turn in enumerate(spoken)
    ):
        raise Refused("user and assistant do not take turns")
    return system, spoken
