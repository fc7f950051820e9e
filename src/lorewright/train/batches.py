"""Which examples are trained together, decided by the seed and the step alone."""

import math
import random
from collections.abc import Sequence
from functools import lru_cache

WINDOW = 8
"""Batches that are sorted by length together: enough that little is padded, few enough that
a batch is still a chance selection."""


class Batches:
    """The order of training: every epoch holds every example once.

    Within a shuffled window examples of alike length share a batch. The batch of a step
    depends on nothing that happened before it, so a run can go on anywhere.
    """

    def __init__(self, lengths: Sequence[int], *, size: int, seed: int) -> None:
        self._lengths = lengths
        self._size = size
        self._seed = seed
        self.per_epoch = math.ceil(len(lengths) / size)
        self._epoch = lru_cache(maxsize=1)(self._shuffled)

    def at(self, step: int) -> list[int]:
        """The indices of the examples of `step`, counted from 0."""
        epoch, place = divmod(step, self.per_epoch)
        return self._epoch(epoch)[place]

    def _shuffled(self, epoch: int) -> list[list[int]]:
        rng = random.Random(f"batches:{self._seed}:{epoch}")  # noqa: S311 - not a secret
        order = list(range(len(self._lengths)))
        rng.shuffle(order)
        batches: list[list[int]] = []
        for start in range(0, len(order), self._size * WINDOW):
            window = sorted(
                order[start : start + self._size * WINDOW], key=self._lengths.__getitem__
            )
            batches += [window[at : at + self._size] for at in range(0, len(window), self._size)]
        rng.shuffle(batches)
        return batches
