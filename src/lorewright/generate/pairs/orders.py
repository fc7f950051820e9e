"""What one call is to bring: so many pairs of one level about one chunk, each of a task form."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from lorewright.generate.pairs.forms import TaskForm
from lorewright.lineage import Ref, canonical_bytes, fingerprint
from lorewright.records import Level

LEVELS = {
    1: Level.CHUNK_PURE,
    2: Level.CHUNK_ENHANCED,
    3: Level.DOCUMENT_INTEGRATED,
    4: Level.DOMAIN_EXPERT,
}

PROMPTS = {
    1: "generate/chunk_pure",
    2: "generate/chunk_enhanced",
    3: "generate/document_integrated",
    4: "generate/domain_expert",
}
"""The prompt of each level."""

PARTS = 1000
"""More than twice the calls that one chunk can need at one level."""


class Want(NamedTuple):
    """One pair that is wanted: its task form, and the fact that it should turn on."""

    form: TaskForm
    fact: Ref | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Some pairs that one call is asked for.

    It holds names and numbers only. Its own name says all of it, so that it can stand in a
    queue, where no word of a source does, and is the same order wherever it is read.
    """

    document: Ref
    chunks: tuple[Ref, ...]
    """The one that the pairs are about, then those that they may draw on as well."""
    level: int
    wants: tuple[Want, ...]
    follow_ups: int = 0
    """In how many of the pairs the one who asks goes on asking."""
    asked: tuple[Ref, ...] = ()
    """Examples about this chunk whose questions must not come again."""
    draw: int = 0
    """Tells the same order in two rounds apart."""
    part: int = 0
    """Tells the calls about one chunk at one level apart."""

    @property
    def name(self) -> str:
        """The whole order as one line."""
        wanted = [[want.form.value, want.fact] for want in self.wants]
        return canonical_bytes(
            {
                "document": self.document,
                "chunks": list(self.chunks),
                "level": self.level,
                "wants": wanted,
                "follow_ups": self.follow_ups,
                "asked": list(self.asked),
                "draw": self.draw,
                "part": self.part,
            }
        ).decode()

    @property
    def asked_as(self) -> int:
        """The draw of its call: no two orders with the same words have the same."""
        return self.draw * PARTS + self.part

    @property
    def ref(self) -> Ref:
        """What a finished order is known by; no record has this name."""
        return Ref("order", fingerprint(self.name.encode()))

    @classmethod
    def read(cls, name: str) -> Self:
        """The order that has this name."""
        said = _Name.model_validate_json(name)
        return cls(
            document=said.document,
            chunks=said.chunks,
            level=said.level,
            wants=tuple(Want(form, fact) for form, fact in said.wants),
            follow_ups=said.follow_ups,
            asked=said.asked,
            draw=said.draw,
            part=said.part,
        )

    def facts(self) -> tuple[Ref, ...]:
        """The facts that its pairs should turn on, each once."""
        return tuple(dict.fromkeys(want.fact for want in self.wants if want.fact is not None))

    def halves(self) -> Iterator[Self]:
        """Two orders that are half as large and bring the same together."""
        middle = len(self.wants) // 2
        first = min(middle, self.follow_ups // 2)
        yield replace(self, wants=self.wants[:middle], follow_ups=first)
        rest = self.wants[middle:]
        after = min(len(rest), self.follow_ups - first)
        yield replace(self, wants=rest, follow_ups=after, part=self.part + PARTS // 2)


class _Name(BaseModel):
    """The name of an order, read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: Ref
    chunks: tuple[Ref, ...]
    level: int
    wants: tuple[tuple[TaskForm, Ref | None], ...]
    follow_ups: int
    asked: tuple[Ref, ...]
    draw: int
    part: int
