"""What every held-out example lost under the finished adapter, one line each.

A mean says nothing about its own uncertainty, and tokens of one answer are no independent
witnesses. With the loss of each example, intervals and paired comparisons can be computed from
conversations and sections, long after the training and without its base.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.errors import BadRecord
from lorewright.inference import Sample, library
from lorewright.train.checkpoints import flush
from lorewright.train.packing import PaddedPacking

HELD_OUT_FILE = "held_out.jsonl"
"""Beside the weights."""


class HeldOutLoss(NamedTuple):
    """The loss of one held-out example."""

    example: str
    nats: float
    """Summed over its labelled tokens."""
    tokens: int
    """How many these are."""


def held_out_losses(network: Any, samples: Sequence[Sample], *, most: int) -> list[HeldOutLoss]:
    """Ask `network` once for every sample; together they are the held-out loss.

    Args:
        network: as it was trained, and not training.
        samples: what is only watched; those of one example have one name.
        most: tokens that may go through the network at once.
    """
    torch = library("torch")
    nats: dict[str, float] = {}
    tokens: dict[str, int] = {}
    by_length = sorted(samples, key=lambda sample: len(sample.ids))
    for part in PaddedPacking(most).passes(by_length):
        losses, rows = part.losses(network)
        summed = torch.zeros(len(part.samples), dtype=torch.float64, device=losses.device)
        summed.index_add_(0, rows, losses.double())
        for sample, value in zip(part.samples, summed.tolist(), strict=True):
            nats[sample.name] = nats.get(sample.name, 0.0) + value
            tokens[sample.name] = tokens.get(sample.name, 0) + sum(sample.labels)
    return [HeldOutLoss(name, round(nats[name], 6), tokens[name]) for name in sorted(nats)]


def write_held_out(folder: Path, losses: Iterable[HeldOutLoss]) -> None:
    """Write them into the folder of the result."""
    lines = (json.dumps(one._asdict(), sort_keys=True) + "\n" for one in losses)
    (folder / HELD_OUT_FILE).write_text("".join(lines), encoding="utf-8")
    flush(folder)


def read_held_out(body: bytes) -> list[HeldOutLoss]:
    """Read them back.

    Raises:
        BadRecord: when it is no such file.
    """
    try:
        return [_read(json.loads(line)) for line in body.splitlines()]
    except (KeyError, TypeError, ValueError) as error:
        raise BadRecord(
            f"the losses of held-out examples cannot be read: {error}", where=HELD_OUT_FILE
        ) from error


def _read(row: dict[str, Any]) -> HeldOutLoss:
    return HeldOutLoss(str(row["example"]), float(row["nats"]), int(row["tokens"]))
