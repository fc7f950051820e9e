"""Samples as rows, filled up to the longest: what every architecture can read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lorewright.inference import Sample, answer_logits, library
from lorewright.train.packing.passes import PackingName

LIMIT = 4096
"""Tokens, padding included, that go through the network at once; a step with more is split.
Splitting changes memory, and the loss by no more than rounding."""


@dataclass(frozen=True, slots=True)
class PaddedPass:
    """Some samples, one a row."""

    samples: tuple[Sample, ...]

    @property
    def tokens(self) -> int:
        """Those of the longest row, in every row."""
        return len(self.samples) * (max(len(sample.ids) for sample in self.samples) - 1)

    def summed_loss(self, network: Any) -> Any:
        """The summed loss; see `Pass`."""
        logits, targets, _ = answer_logits(network, self.samples)
        return library("torch").nn.functional.cross_entropy(logits, targets, reduction="sum")

    def losses(self, network: Any) -> tuple[Any, Any]:
        """The loss of every labelled token, and the place of its sample among `samples`."""
        logits, targets, rows = answer_logits(network, self.samples)
        losses = library("torch").nn.functional.cross_entropy(logits, targets, reduction="none")
        return losses, rows


@dataclass(frozen=True, slots=True)
class PaddedPacking:
    """One row per sample."""

    limit: int = LIMIT
    """Tokens of a pass, padding included."""

    @property
    def name(self) -> PackingName:
        """What settings and events call it."""
        return "padded"

    def passes(self, samples: Sequence[Sample]) -> Iterator[PaddedPass]:
        """Split `samples` so that no part pads to more than the limit, if it can be."""
        part: list[Sample] = []
        widest = 0
        for sample in samples:
            widest = max(widest, len(sample.ids))
            if part and widest * (len(part) + 1) > self.limit:
                yield PaddedPass(tuple(part))
                part, widest = [], len(sample.ids)
            part.append(sample)
        if part:
            yield PaddedPass(tuple(part))
