"""Which examples are trained together, decided by the seed and the step alone."""

import math
import random
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

WINDOW = 8
"""Batches that are sorted by length together: enough that little is padded, few enough that
a batch is still a chance selection."""


class Batches:
    """The order of training: every epoch holds every example once.

    Within a shuffled window examples of alike length share a batch. The batch of a step
    depends on nothing that happened before it, so a run can go on anywhere.

    Where examples form families, such as the pairs of one conversation, a family shares a
    batch, so that its common beginning can be read once. A batch then holds about `size`
    examples, and up to twice as many rather than half a family.

    Args:
        lengths: the tokens of each example.
        size: examples per batch.
        seed: decides the order.
        families: the number of the family of each example; None when each is one by itself.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        *,
        size: int,
        seed: int,
        families: Sequence[int] | None = None,
    ) -> None:
        self._lengths = lengths
        self._size = size
        self._seed = seed
        self._groups = _groups(
            lengths, range(len(lengths)) if families is None else families, largest=2 * size
        )
        self._are_alone = len(self._groups) == len(lengths)
        self.per_epoch = min(math.ceil(len(lengths) / size), len(self._groups))
        self._epoch = lru_cache(maxsize=1)(self._shuffled)

    def at(self, step: int) -> list[int]:
        """The indices of the examples of `step`, counted from 0."""
        epoch, place = divmod(step, self.per_epoch)
        return self._epoch(epoch)[place]

    def _shuffled(self, epoch: int) -> list[list[int]]:
        rng = random.Random(f"batches:{self._seed}:{epoch}")  # noqa: S311 - not a secret
        return self._alone(rng) if self._are_alone else self._together(rng)

    def _alone(self, rng: random.Random) -> list[list[int]]:
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

    def _together(self, rng: random.Random) -> list[list[int]]:
        """Put every group, the largest first, where the fewest examples are so far."""
        groups = rng.sample(self._groups, k=len(self._groups))
        batches: list[list[int]] = [[] for _ in range(self.per_epoch)]
        for group in sorted(groups, key=len, reverse=True):
            min(batches, key=len).extend(group)
        rng.shuffle(batches)
        return batches


def _groups(lengths: Sequence[int], families: Sequence[int], *, largest: int) -> list[list[int]]:
    """The families, shorter members first; one that is too large in parts that are alike."""
    members: dict[int, list[int]] = {}
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        members.setdefault(families[index], []).append(index)
    groups: list[list[int]] = []
    for family in members.values():
        parts = math.ceil(len(family) / largest)
        cuts = [len(family) * part // parts for part in range(parts + 1)]
        groups += [family[begin:end] for begin, end in pairwise(cuts)]
    return groups
