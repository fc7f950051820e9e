"""How much there is to read: tokens counted once, in constant memory."""

from dataclasses import dataclass

_BUCKET = 16
"""Lengths are counted in buckets of so many tokens."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """The tokens of a split."""

    examples: int = 0
    """Sequences: an example whose template moves words about gives one per answer."""
    tokens: int = 0
    loss_tokens: int = 0
    longest: int = 0
    most_labelled: int = 0
    """Tokens with loss in the example that has most of them."""
    buckets: tuple[tuple[int, int], ...] = ()
    """(length, number of examples of at most that length), ascending."""

    @property
    def mean(self) -> float:
        """Tokens per sequence."""
        return self.tokens / self.examples if self.examples else 0.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """All that training reads."""

    train: Amounts
    valid: Amounts
    is_counted: bool = True
    """Whether a tokenizer counted them; otherwise they are guessed from the characters."""


class Counting:
    """Counts sequences as they pass."""

    def __init__(self) -> None:
        self._examples = self._tokens = self._loss = self._longest = self._most = 0
        self._buckets: dict[int, int] = {}

    def add(self, length: int, carried: int) -> None:
        """Count a sequence: its tokens, and those of them that carry loss."""
        self._examples += 1
        self._tokens += length
        self._loss += carried
        self._longest = max(self._longest, length)
        self._most = max(self._most, carried)
        bucket = -(-length // _BUCKET) * _BUCKET
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    def amounts(self) -> Amounts:
        """What was counted so far."""
        return Amounts(
            self._examples,
            self._tokens,
            self._loss,
            self._longest,
            self._most,
            tuple(sorted(self._buckets.items())),
        )
