"""How much the texts of a set say the same as one another."""

import math
import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from lorewright.similarity import words

ORDER = 4
MOST = 60
"""Texts that are drawn from a larger set."""


class SelfBleu(NamedTuple):
    """Self-BLEU of a set."""

    score: float
    """From 0, nothing in common, to 100, all alike."""
    measured: int
    texts: int
    seed: int


def self_bleu(texts: Sequence[str], *, most: int = MOST, seed: int = 0) -> SelfBleu | None:
    """The mean BLEU-4 of each text with all others as references.

    After Zhu and others, *Texygen* (SIGIR 2018). The n-grams of all texts are counted once, so
    that a text costs what it is long; each BLEU is that of sacrebleu for a sentence, with
    exponential smoothing, over case-folded words.

    Args:
        texts: the set; those without words are left out.
        most: so many are measured; of more a sample is drawn.
        seed: decides which.

    Returns:
        None with fewer than two texts.
    """
    found = [(text, own) for text in texts if (own := words(text))]
    if len(found) < 2:
        return None
    drawn = found if len(found) <= most else random.Random(seed).sample(found, most)  # noqa: S311 - a sample, no secret
    split = [own for _, own in drawn]
    tables = [_Table(split, order) for order in range(1, ORDER + 1)]
    lengths = [len(own) for own in split]
    total = math.fsum(_bleu(at, tables, lengths) for at in range(len(split)))
    return SelfBleu(total / len(split), len(split), len(texts), seed)


class _Table:
    """The n-grams of all texts, with the two largest counts of each."""

    def __init__(self, split: Sequence[Sequence[str]], order: int) -> None:
        self.counts = [
            Counter(tuple(own[at : at + order]) for at in range(len(own) - order + 1))
            for own in split
        ]
        self._most: dict[tuple[str, ...], tuple[int, int, int]] = {}
        for index, counts in enumerate(self.counts):
            for gram, count in counts.items():
                first, owner, second = self._most.get(gram, (0, -1, 0))
                if count > first:
                    self._most[gram] = (count, index, first)
                else:
                    self._most[gram] = (first, owner, max(second, count))

    def matched(self, index: int) -> int:
        """N-grams of a text that another has, each as often as one of them does at most."""
        total = 0
        for gram, count in self.counts[index].items():
            first, owner, second = self._most[gram]
            total += min(count, second if owner == index else first)
        return total


def _bleu(index: int, tables: Sequence[_Table], lengths: Sequence[int]) -> float:
    logs: list[float] = []
    smooth = 1.0
    for table in tables:
        total = table.counts[index].total()
        if not total:
            break
        matched = table.matched(index)
        if not logs and not matched:
            return 0.0
        if not matched:
            smooth *= 2
        logs.append(math.log((matched or 1 / smooth) / total))
    own = lengths[index]
    others = (length for at, length in enumerate(lengths) if at != index)
    closest = min(others, key=lambda length: (abs(length - own), length))
    brevity = min(0.0, 1 - closest / own)
    return 100 * math.exp(brevity + math.fsum(logs) / len(logs))
