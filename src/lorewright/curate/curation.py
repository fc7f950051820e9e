"""What curation decides: a split or a reason for every example."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from lorewright.lineage import Ref
from lorewright.prose import Span
from lorewright.records import Judgement, Knowledge, Level, Review, Split


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """Why an example does not enter the dataset."""

    reason: str
    """A short key, the same for all alike."""
    detail: str
    """One sentence for a person."""
    other: Ref | None = None
    """The example that it repeats or leaks into, where there is one."""


class Opinions(NamedTuple):
    """What was found out about some of the examples, beside what they say."""

    reviews: Mapping[Ref, Review] = MappingProxyType({})
    """What people decided; an example that was edited comes in its new words."""
    judgements: Mapping[Ref, Judgement] = MappingProxyType({})
    """How judges rated them; needed when the settings ask for a score or for a share."""
    knowledge: Mapping[Ref, Knowledge] = MappingProxyType({})
    """What the base model knew of them; needed when the settings mind that."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many accepted examples share a split, a task form and a level."""

    split: Split
    task_form: str
    level: Level
    count: int


@dataclass(frozen=True, slots=True)
class Curation:
    """Exactly one outcome for every example: requested = accepted + rejected."""

    splits: Mapping[Ref, Split]
    """The accepted examples."""
    turned_down: Mapping[Ref, TurnedDown]
    """The rejected examples."""
    section_splits: Mapping[Ref, tuple[Split, ...]]
    """For every document what each of its sections is for, in their order: TRANSFER and VALID
    are held out, TRAIN may be taught."""
    evidence: Mapping[Ref, tuple[Span, ...]]
    """For every document the spans that accepted examples rest on, in order."""
    tallies: tuple[Tally, ...]

    @property
    def requested(self) -> int:
        """How many examples came in, each name counted once."""
        return len(self.splits) + len(self.turned_down)

    @property
    def accepted(self) -> int:
        """How many examples got a split."""
        return len(self.splits)

    @property
    def rejected_by_reason(self) -> dict[str, int]:
        """How many examples were turned down for each reason, by name of the reason."""
        counts = Counter(one.reason for one in self.turned_down.values())
        return dict(sorted(counts.items()))

    @property
    def counts(self) -> dict[Split, int]:
        """How many examples each split holds, empty splits too."""
        counts = Counter(self.splits.values())
        return {split: counts[split] for split in Split}

    def outcomes(self) -> Iterator[tuple[Ref, Split | TurnedDown]]:
        """Every example with its outcome, ascending by name."""
        for name in sorted((*self.splits, *self.turned_down)):
            split = self.splits.get(name)
            yield name, self.turned_down[name] if split is None else split
