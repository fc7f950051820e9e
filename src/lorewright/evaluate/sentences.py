"""Findings in plain words; every number and every judgement in them is computed."""

import math
from decimal import Decimal
from enum import StrEnum, auto
from typing import Literal

from lorewright.records import Comparison, Finding, Split, Verdict
from lorewright.statistics import digits_for, p_in_words, signed


class Flaw(StrEnum):
    """Why a set cannot carry a finding."""

    TOO_FEW = auto()
    NOT_LIVE = auto()
    SAME_AS_CONTROL = auto()
    ONE_NUMBER = auto()
    """All differences are the same number, as no measurement gives them."""


_FINDINGS = {
    Finding.LEARNED_CONTENT: "learned the content",
    Finding.LEARNED_FORMAT: "learned the format, not the content",
    Finding.NOT_SHOWN: "no difference shown",
    Finding.WORSE: "worse than the base",
    Finding.INVALID: "not a valid test",
}
_SETS = {
    Split.RECALL: "recall questions (the facts were taught, the questions are new)",
    Split.TRANSFER: "transfer questions (about sections that nothing was trained on)",
}
_CONTROL = "the control, which was trained on the same answers permuted among the questions"
_FLAWS = {
    Flaw.NOT_LIVE: "the tuned adapter scores every answer exactly like the base: the adapter is "
    "not live",
    Flaw.SAME_AS_CONTROL: "the tuned adapter scores every answer exactly like the control: the "
    "two are the same adapter",
    Flaw.ONE_NUMBER: "every answer differs by one and the same number, as no measurement does",
}
_SCOPES = {
    "pocket": " The base is a pocket one, made on the spot: this proves the machinery, not a good "
    "advisor.",
    "outside": "",
}


def finding_words(finding: Finding) -> str:
    """`finding` in a few words."""
    return _FINDINGS[finding]


def headline_of(verdict: Verdict) -> str:
    """The whole verdict in a line: each set with its finding, then the scope."""
    sets = " ".join(
        f"{found.split.capitalize()}: {finding_words(found.finding)}." for found in verdict.findings
    )
    return sets + _SCOPES[verdict.scope]


def sentence_of(
    finding: Finding,
    base: Comparison,
    control: Comparison,
    *,
    alpha: Decimal,
    scope: Literal["pocket", "outside"],
) -> str:
    """Say what was found on one valid set, with n, means, intervals and p-values."""
    found = _found(finding, base, control, alpha)
    return f"On {base.items} {_SETS[base.split]} {found}.{_SCOPES[scope]}"


def flaw_sentence(
    split: Split, flaw: Flaw, *, items: int, needed: int, scope: Literal["pocket", "outside"]
) -> str:
    """Say why nothing is claimed for one set."""
    why = f"a finding needs at least {needed}" if flaw is Flaw.TOO_FEW else _FLAWS[flaw]
    return f"On {items} {_SETS[split]} nothing is claimed: {why}.{_SCOPES[scope]}"


def _found(finding: Finding, base: Comparison, control: Comparison, alpha: Decimal) -> str:
    if finding is Finding.LEARNED_CONTENT:
        return (
            f"the tuned adapter learned the content: it is ahead of the base ({_numbers(base)}) "
            f"and of {_CONTROL} ({_numbers(control)}), which on average makes each token of the "
            f"reference answer {_times(control)} times as likely as under the control"
        )
    if finding is Finding.LEARNED_FORMAT:
        return (
            f"the tuned adapter learned the format, not the content: it is ahead of the base "
            f"({_numbers(base)}) but {_beside_control(control, alpha)} {_CONTROL} "
            f"({_numbers(control)})"
        )
    if finding is Finding.WORSE:
        return f"the tuned adapter is worse than the base ({_numbers(base)})"
    return f"no difference between the tuned adapter and the base is shown ({_numbers(base)})"


def _numbers(comparison: Comparison) -> str:
    digits = digits_for(comparison.low, comparison.high)
    return (
        f"mean difference {signed(comparison.mean_difference, digits=digits)} nats per token, "
        f"95 % interval {signed(comparison.low, digits=digits)} to "
        f"{signed(comparison.high, digits=digits)}, {p_in_words(comparison.p_value)}"
    )


def _times(comparison: Comparison) -> str:
    """A difference of logarithms as a factor: the geometric mean over tokens and items."""
    return f"{math.exp(comparison.mean_difference):.2f}"


def _beside_control(control: Comparison, alpha: Decimal) -> str:
    is_behind = control.p_value <= alpha and control.mean_difference < 0
    return "behind" if is_behind else "not shown to be ahead of"
