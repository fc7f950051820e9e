"""What is done in a run, how far it is, and what came of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from lorewright.errors import LorewrightError
from lorewright.lineage import Ref
from lorewright.records import Rejection
from lorewright.store import Store


class Step(NamedTuple):
    """What is done, by which code, with which settings."""

    name: str
    code: str
    recipe: Ref


@dataclass
class Report:
    """What a run made, what it turned down, and what it could not do; counted from the records."""

    step: str
    pieces: int = 0
    again: int = 0
    """Pieces that had been done before and were not done twice."""
    made: list[Ref] = field(default_factory=list[Ref])
    """The names of all that was made, where the run keeps them."""
    counts: Counter[str] = field(default_factory=Counter[str])
    """Records that were made or found made, by kind."""
    rejected: Counter[str] = field(default_factory=Counter[str])
    failed: list[tuple[str, LorewrightError]] = field(
        default_factory=list[tuple[str, LorewrightError]]
    )
    took_s: float = 0.0

    @property
    def accepted(self) -> int:
        """Records that were made and are not rejections."""
        return self.counts.total() - self.counts[Rejection.kind]

    @property
    def requested(self) -> int:
        """Everything that was proposed: accepted, rejected and failed."""
        return self.accepted + self.rejected.total() + len(self.failed)

    def count(self, made: Iterable[Ref], *, names: bool) -> None:
        """Add what a piece made; with `names`, remember what it is called."""
        for ref in made:
            self.counts[ref.kind] += 1
            if names:
                self.made.append(ref)


class Progress(NamedTuple):
    """How far a run is."""

    label: str
    done: int
    made: int


Watch = Callable[[Progress], None]


def reasons(made: Iterable[Ref], store: Store) -> Iterable[str]:
    """Why each rejection among `made` was one."""
    rejections = (ref for ref in made if ref.kind == Rejection.kind)
    return (found.reason for found in store.get_many(rejections, Rejection))
