"""Static, hybrid and learned weights beside each other, on conversations nobody learnt from."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean
from typing import NamedTuple

from lorewright.errors import BadSettings
from lorewright.generate.deliberations.labels import LabelledTurn, Labels
from lorewright.generate.deliberations.policy import FEATURES, LearnedWeigher
from lorewright.generate.deliberations.weighting import HybridWeigher, StaticWeigher, Weigher
from lorewright.records.deliberation import Weighting

Score = Callable[[Mapping[str, float], Mapping[str, float]], float]
"""A number for how near weights are to others."""
HELD_OUT = 0.3
RESAMPLES = 2000
FEWEST_CONVERSATIONS = 5
SIMULATION = (
    "*This is a simulation: the numbers say that the fitting works, and nothing about what "
    "people would want.*"
)


class Interval(NamedTuple):
    """A mean over conversations with its 95 % bootstrap interval, resampled by conversation."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How near one way of weighting comes to the labels."""

    approach: Weighting
    error: Interval
    """Mean absolute difference of the weights."""
    rank: Interval
    """Spearman's correlation of the order of the personas."""


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What comparing found, and on what."""

    source: str
    """`people` or `simulation`."""
    told: str
    fitted_turns: int
    fitted_conversations: int
    held_out_turns: int
    held_out_conversations: int
    rows: tuple[Agreement, ...]
    learned_less_static: Interval
    """Difference of the errors, conversation by conversation; below zero the learned is nearer."""
    learned_less_hybrid: Interval
    hybrid_less_static: Interval
    seed: int

    @property
    def is_simulation(self) -> bool:
        """Whether no person has labelled anything."""
        return self.source == "simulation"

    @property
    def default(self) -> Weighting:
        """What should be used: the table, until labels by people say that the learned is nearer."""
        nearer = self.learned_less_static.high < 0 and self.learned_less_hybrid.high < 0
        return Weighting.LEARNED if nearer and not self.is_simulation else Weighting.STATIC


def compare(labels: Labels, *, seed: int) -> PolicyReport:
    """Fit on some conversations, and measure all three ways on the others.

    The proposals are compared, before any guardrail.

    Raises:
        BadSettings: when there are too few conversations to hold any out.
        MissingExtra: when scikit-learn is not installed.
    """
    names = list(labels.conversations)
    if len(names) < FEWEST_CONVERSATIONS:
        raise BadSettings(
            f"{len(names)} labelled conversations are too few to hold some of them out",
            hint=f"label at least {FEWEST_CONVERSATIONS}",
        )
    Random(seed).shuffle(names)  # noqa: S311 - a split, no secret
    held = set(names[: max(2, round(HELD_OUT * len(names)))])
    fitted = [one for one in labels.turns if one.conversation not in held]
    tested = [one for one in labels.turns if one.conversation in held]
    learned = LearnedWeigher(Labels(tuple(fitted), labels.source, labels.told), seed=seed)
    weighers: tuple[Weigher, ...] = (StaticWeigher(), HybridWeigher(), learned)
    errors = {one.approach: _by_conversation(one, tested, _error) for one in weighers}
    ranks = {one.approach: _by_conversation(one, tested, _spearman) for one in weighers}
    return PolicyReport(
        source=labels.source,
        told=labels.told,
        fitted_turns=len(fitted),
        fitted_conversations=len(names) - len(held),
        held_out_turns=len(tested),
        held_out_conversations=len(held),
        rows=tuple(
            Agreement(name, _interval([*errors[name].values()], seed),
                      _interval([*ranks[name].values()], seed))
            for name in errors
        ),
        learned_less_static=_less(errors[Weighting.LEARNED], errors[Weighting.STATIC], seed),
        learned_less_hybrid=_less(errors[Weighting.LEARNED], errors[Weighting.HYBRID], seed),
        hybrid_less_static=_less(errors[Weighting.HYBRID], errors[Weighting.STATIC], seed),
        seed=seed,
    )  # fmt: skip


def policy_card(report: PolicyReport) -> str:
    """What the policy is, what it learnt from and how near it comes, as Markdown."""
    heading = "# Weighting policy" + (" (simulation)" if report.is_simulation else "")
    rows = "\n".join(f"| {one.approach} | {one.error} | {one.rank} |" for one in report.rows)
    features = "; ".join(FEATURES)
    warning = SIMULATION if report.is_simulation else ""
    return f"""{heading}

It predicts how much each persona of a panel should have to say about a question: gradient boosted
trees (scikit-learn), one row for each persona in each turn.

**Labels:** {report.source}; {report.told}. {warning}

**Fitted on** {report.fitted_turns:,} turns of {report.fitted_conversations:,} conversations;
**tested on** {report.held_out_turns:,} turns of {report.held_out_conversations:,} others, seed
{report.seed}.

| weighting | mean absolute error | rank agreement |
| --- | --- | --- |
{rows}

Error of the learned weights less that of the table: {report.learned_less_static}; less that of
the keyword rule: {report.learned_less_hybrid}. Intervals hold 95 %, resampled by conversation.
Rank agreement is Spearman's correlation.

**Default:** {report.default}. The table stays the default until labels by people show that the
learned weights are nearer.

**It sees:** {features}.

**Limits.** It knows words, not meaning. Guardrails stand behind it: whatever it predicts, no
weight moves by more than 0.3 in a turn, save that of a blocker.
"""


def _by_conversation(
    weigher: Weigher, turns: Sequence[LabelledTurn], score: Score
) -> dict[str, float]:
    """The mean of a score over the turns of each conversation."""
    found: dict[str, list[float]] = {}
    for turn in turns:
        proposed = weigher.propose(turn.situation)
        said = {name: float(weight) for name, weight in proposed.items()}
        wanted = {name: float(weight) for name, weight in turn.weights.items()}
        found.setdefault(turn.conversation, []).append(score(said, wanted))
    return {name: fmean(scores) for name, scores in found.items()}


def _error(said: Mapping[str, float], wanted: Mapping[str, float]) -> float:
    return fmean(abs(said[name] - wanted[name]) for name in wanted)


def _spearman(said: Mapping[str, float], wanted: Mapping[str, float]) -> float:
    """The correlation of ranks, ties sharing theirs; 0 where one side knows no order."""
    one, other = _ranks([said[name] for name in wanted]), _ranks([*wanted.values()])
    mean = fmean(one)
    covered = sum((a - mean) * (b - mean) for a, b in zip(one, other, strict=True))
    spread = math.sqrt(sum((a - mean) ** 2 for a in one) * sum((b - mean) ** 2 for b in other))
    return covered / spread if spread else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    return [
        (order.index(value) + len(order) - 1 - order[::-1].index(value)) / 2 for value in values
    ]


def _less(one: Mapping[str, float], other: Mapping[str, float], seed: int) -> Interval:
    return _interval([one[name] - other[name] for name in one], seed)


def _interval(values: Sequence[float], seed: int) -> Interval:
    chance = Random(seed)  # noqa: S311 - resampling, no secret
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return Interval(fmean(values), means[RESAMPLES * 25 // 1000], means[RESAMPLES * 975 // 1000])
