"""What every packing offers: a step as passes through the network."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from lorewright.inference import Sample

PackingName = Literal["tree", "plain", "padded"]


class Pass(Protocol):
    """Samples that go through the network at once."""

    @property
    def tokens(self) -> int:
        """How many tokens the network reads, padding included."""
        ...

    def summed_loss(self, network: Any) -> Any:
        """The loss in nats with its gradients, summed over the labelled tokens of all samples.

        A token that several samples carry as a label counts once for each of them.
        """
        ...


class Packing(Protocol):
    """A way to lay samples side by side."""

    @property
    def name(self) -> PackingName:
        """What settings and events call it."""
        ...

    @property
    def limit(self) -> int:
        """Tokens of a pass, unless one sample alone is longer."""
        ...

    def passes(self, samples: Sequence[Sample]) -> Iterator[Pass]:
        """Split `samples` into passes, each small enough for memory if it can be."""
        ...


class Reading(NamedTuple):
    """What the network has to read of one sample, and what it predicts there."""

    ids: tuple[int, ...]
    places: tuple[int, ...]
    """The tokens whose next token is a label."""
    targets: tuple[int, ...]
    """The labels, one for each of them."""


def reading_of(sample: Sample) -> Reading:
    """Leave out of `sample` what reaches no loss.

    In causal attention nothing after the last prediction does: neither the last label itself
    nor what the template writes after it.
    """
    ids, labels = sample.ids, sample.labels
    places = tuple(place for place in range(len(ids) - 1) if labels[place + 1])
    end = places[-1] + 1 if places else 0
    return Reading(ids[:end], places, tuple(ids[place + 1] for place in places))
