"""What becomes of a judgement that was asked for: it came, or it failed for a reason."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from lorewright.errors import BadReply, ModelError

REASONS = {
    "refused": "the judge refused",
    "filtered": "the provider withheld the judgement",
    "truncated": "the judgement was cut off",
    "cut": "the judgement was cut off",
    "empty": "the judge said nothing",
    "not_json": "the judgement has another shape",
    "wrong_shape": "the judgement has another shape",
    "unfinished": "the judgement was cut off",
    "too_long": "the answer is too long for the judge",
    "rate_limited": "the judge's server limits calls",
    "overloaded": "the judge's server is overloaded",
    "slow": "the judge's server took too long",
    "server": "the judge's server failed",
}
"""Why a judgement did not come, by the fault of the call."""
NO_ANSWER = "the arm gave no answer"
OUTSIDE = "a value outside the scale"
MISSING = "a dimension is missing"
UNKNOWN = "a dimension that is not asked for"
NO_CHOICE = "no choice that was offered"


class Value(NamedTuple):
    """What a judge gives an answer on one dimension."""

    value: int | None
    """None where it cannot tell."""
    reason: str


class Rated(NamedTuple):
    """An answer under all dimensions of a profile."""

    values: Mapping[str, Value]


class Preferred(NamedTuple):
    """Which of two conversations a judge would rather have had."""

    choice: Literal["first", "second", "tie", "both-bad"]
    reason: str


class NotJudged(NamedTuple):
    """A judgement that did not come or cannot be used."""

    why: str
    """A few words, the same for all alike."""
    detail: str


def not_judged(error: ModelError, off: str | None) -> NotJudged:
    """Why a call led to no judgement.

    Args:
        error: how the call ended.
        off: what was wrong with the last reply that could be read.
    """
    if isinstance(error, BadReply) and error.fault == "off" and off is not None:
        return NotJudged(off, error.sentence)
    return NotJudged(REASONS.get(error.fault, "the call failed"), error.sentence)
