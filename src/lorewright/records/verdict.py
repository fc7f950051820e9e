"""What a paired test can and cannot claim about an adapter."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from lorewright.records.dataset import Split
from lorewright.records.record import Blob, Record, Value


class Finding(StrEnum):
    """What the numbers say, in one of five ways."""

    LEARNED_CONTENT = "learned-content"
    """Better than the base and better than the permuted control."""
    LEARNED_FORMAT = "learned-format"
    """Better than the base, not shown to be better than the control."""
    NOT_SHOWN = "not-shown"
    WORSE = "worse"
    INVALID = "invalid"


class Comparison(Value):
    """One arm against another on one set, paired per item."""

    split: Split
    arm: str
    against: str
    items: int = Field(ge=0)
    mean_difference: Decimal
    """Nats per token of the reference answer; positive is better for `arm`."""
    low: Decimal
    high: Decimal
    """The 95 % t interval of the mean difference."""
    p_value: Decimal
    """Two-sided sign-flip permutation test."""
    effect_size: Decimal
    """Mean difference over its standard deviation (Cohen's d for pairs)."""


class SetFinding(Value):
    """What is found on one held-out set, and the sentence that says it."""

    split: Split
    finding: Finding
    sentence: str


class Verdict(Record):
    """The result of evaluating one adapter against its base and its control."""

    kind: ClassVar[str] = "verdict"
    holds_words: ClassVar[bool] = False

    scope: Literal["pocket", "outside"]
    """A pocket base proves the machinery, not a good advisor."""
    comparisons: tuple[Comparison, ...]
    findings: tuple[SetFinding, ...]
    scores: Blob
    """JSON lines {example, split, arm, tokens, log_likelihood}, sorted."""
    permutations: int = Field(ge=1)
    seed: int

    def cited_blobs(self) -> Iterator[Blob]:
        """The score of every item under every arm."""
        yield self.scores
