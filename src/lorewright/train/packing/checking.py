"""Whether a packing's gradients are those of padding, found out on two short examples."""

import math
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from lorewright.inference import Sample, library
from lorewright.train.packing.passes import Packing
from lorewright.train.several import like, whole

LENGTH = 48
"""Tokens of an example: a fraction of a training step."""


def difference(
    network: Any, samples: Sequence[Sample], packing: Packing, *, reference: Packing
) -> float:
    """How far the gradients of `packing` are from those of `reference`, relative to these.

    Both read the same two examples with a shared beginning, made of the tokens of the first
    sample. Weights, gradients and random numbers are afterwards what they were before.
    """
    # No longer than real ones: attention that looks back a limited way was judged by these.
    length = min(LENGTH, max(len(sample.ids) for sample in samples))
    pair = _two_examples(samples[0], length)
    torch = library("torch")
    devices = [network.device] if network.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices), _awake(network):
        expected = _gradients(network, pair, reference)
        found = _gradients(network, pair, packing)
    apart = sum(
        float((one - other).norm() ** 2) for one, other in zip(found, expected, strict=True)
    )
    size = sum(float(one.norm() ** 2) for one in expected)
    return (apart / size) ** 0.5 if size else math.inf


def _two_examples(sample: Sample, length: int) -> list[Sample]:
    """Alike in their first half, and apart in their second; labels stand in both halves."""
    ids = (sample.ids * length)[:length]
    half, quarter = length // 2, length // 4
    labels = (False,) * quarter + (True,) * (length - quarter)
    other = ids[:half] + ids[:half:-1]
    return [Sample("one", ids, labels), Sample("other", other, labels[: len(other)])]


@contextmanager
def _awake(network: Any) -> Generator[None]:
    """Give weights that are all zero small values for the while.

    A fresh adapter adds nothing, so that half of its gradients would be zero whatever the
    network reads.
    """
    torch = library("torch")
    random = torch.Generator().manual_seed(1)
    asleep = [weights for weights in _trained(network) if not whole(weights.detach()).any()]
    with torch.no_grad():
        for weights in asleep:
            weights.copy_(like(weights, torch.randn(weights.shape, generator=random) * 0.02))
    try:
        yield
    finally:
        with torch.no_grad():
            for weights in asleep:
                weights.zero_()


def _gradients(network: Any, samples: Sequence[Sample], packing: Packing) -> list[Any]:
    network.train()
    try:
        for part in packing.passes(samples):
            part.summed_loss(network).backward()
        return [
            whole(weights.grad).float() for weights in _trained(network) if weights.grad is not None
        ]
    finally:
        network.zero_grad(set_to_none=True)


def _trained(network: Any) -> list[Any]:
    return [weights for weights in network.parameters() if weights.requires_grad]
