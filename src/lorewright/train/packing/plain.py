"""Samples one after another in one row, without padding.

Positions begin again with every sample, and no mask is handed over: transformers sees the
restarts and keeps the samples apart. It does so only where the mask is absent; with a mask
of ones it would let every sample look at those before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lorewright.inference import Sample, library
from lorewright.train.packing.passes import PackingName, Reading, reading_of

LIMIT = 1536
"""Tokens of a row. Attention looks at every pair of them, whichever sample they are of."""


@dataclass(frozen=True, slots=True)
class PlainPass:
    """Some samples in one row."""

    ids: list[int]
    positions: list[int]
    """Of each token within its own sample."""
    places: list[int]
    """The tokens that predict a label."""
    targets: list[int]
    """The labels, one for each of them."""

    @property
    def tokens(self) -> int:
        """Those of the row."""
        return len(self.ids)

    def summed_loss(self, network: Any) -> Any:
        """The summed loss; see `Pass`."""
        torch = library("torch")
        ids, positions, places, targets = (
            torch.tensor(values, device=network.device)
            for values in (self.ids, self.positions, self.places, self.targets)
        )
        logits = network(
            input_ids=ids[None],
            position_ids=positions[None],
            use_cache=False,
            logits_to_keep=places,
        ).logits[0]
        return torch.nn.functional.cross_entropy(logits.float(), targets, reduction="sum")


@dataclass(frozen=True, slots=True)
class PlainPacking:
    """Rows of whole samples."""

    limit: int = LIMIT
    """Tokens of a row; one sample that is longer gets a row of its own."""

    @property
    def name(self) -> PackingName:
        """What settings and events call it."""
        return "plain"

    def passes(self, samples: Sequence[Sample]) -> Iterator[PlainPass]:
        """Fill one row after another."""
        row: list[Reading] = []
        width = 0
        for reading in map(reading_of, samples):
            size = len(reading.ids)
            if row and width + size > self.limit:
                yield _row(row)
                row, width = [], 0
            if size:
                row.append(reading)
                width += size
        if row:
            yield _row(row)


def _row(readings: Sequence[Reading]) -> PlainPass:
    ids: list[int] = []
    positions: list[int] = []
    places: list[int] = []
    targets: list[int] = []
    for reading in readings:
        places += [len(ids) + place for place in reading.places]
        targets += reading.targets
        ids += reading.ids
        positions += range(len(reading.ids))
    return PlainPass(ids, positions, places, targets)
