"""What curation needs to know of an example, and no more, so that a million fit in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.lineage import Ref
from lorewright.records import Example, Level


class Cited(NamedTuple):
    """A span of a document that an example rests on."""

    document: Ref
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """The words of an example, what it asks for and what it rests on.

    The system's words are left out: an example is not another one because it is set up
    differently.
    """

    name: Ref
    asked: tuple[str, ...]
    """What the user says, turn by turn; at least one."""
    told: tuple[str, ...]
    """What the assistant says, turn by turn; as many."""
    task_form: str
    level: Level
    evidence: tuple[Cited, ...]

    @property
    def question(self) -> str:
        """Everything the user says."""
        return "\n".join(self.asked)

    @property
    def answer(self) -> str:
        """The last thing the assistant says."""
        return self.told[-1]

    @property
    def whole(self) -> str:
        """The conversation from the first question to the last answer."""
        return "\n".join(self.parts())

    def parts(self) -> Iterator[str]:
        """Turn by turn what is said."""
        for asked, told in zip(self.asked, self.told, strict=True):
            yield asked
            yield told


def item_of(example: Example) -> Item:
    """Reduce an example that has passed the gates."""
    cited = (Cited(one.document, one.start, one.end) for one in example.evidence)
    return Item(
        name=example.ref,
        asked=tuple(turn.text for turn in example.turns if turn.role == "user"),
        told=tuple(turn.text for turn in example.turns if turn.role == "assistant"),
        task_form=example.task_form,
        level=example.level,
        evidence=tuple(sorted(set(cited))),
    )
