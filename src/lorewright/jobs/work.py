"""Work that waits for the network: many pieces under way at once, in shards that can be shared."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from lorewright.jobs.report import Step
from lorewright.lineage import Ref
from lorewright.records import Record


@dataclass(frozen=True, slots=True)
class WaitingPiece:
    """One piece of work that waits for others: a chunk to analyze, a chunk to write pairs for."""

    label: str
    begin: Callable[[], "WaitingPrepared"]


@dataclass(frozen=True, slots=True)
class WaitingPrepared:
    """A piece whose inputs are known, so that it can be looked up before it is done."""

    inputs: tuple[Ref, ...]
    work: Callable[[], Awaitable[Iterable[Record]]]
    weight: int = 1
    """How much of the whole it is, in the unit of the progress bar."""


class Work(Protocol):
    """A step over many inputs, cut into shards that any process with the same store can do.

    A shard is a list of names: that is all that ever stands in a run's queue, so that no word
    of a source does. The same shard gives the same pieces in every process.
    """

    step: Step

    def shards(self) -> Iterable[tuple[str, ...]]:
        """Everything there is to do, in order, each shard about as large as the next."""
        ...

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """The pieces of one shard."""
        ...


@dataclass(frozen=True, slots=True)
class Forecast:
    """Calls that are still to be made, as far as can be said before the first."""

    purpose: str
    """The verb and the prompt."""
    calls: int
    input_characters: int
    """Of all these calls together, shared prefixes included."""
    shared_characters: int = 0
    """Of those the ones that a provider which caches prefixes has seen in an earlier call."""
    output_tokens: tuple[int, int] = (100, 1000)
    """The fewest and the most tokens that one answer is likely to have."""


class Priced(Work, Protocol):
    """Work that asks a language model and can say beforehand how much."""

    def forecasts(self) -> Iterable[Forecast]:
        """What is still to be asked; work that is done already is left out."""
        ...
