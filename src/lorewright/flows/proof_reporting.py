"""From a proof to the page that shows it: nothing on it is told, everything is computed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lorewright.evaluate.proof import (
    Contrast,
    Evidence,
    Proof,
    ProofArm,
    headline,
    reasons_in_words,
)
from lorewright.flows.proof_choosing import ReadPairs
from lorewright.flows.proof_pairs import in_order
from lorewright.flows.proof_power import power_rows
from lorewright.flows.proof_rows import agreement_of, length_of, means_of
from lorewright.pictures import (
    CostShown,
    CountShown,
    Effect,
    GateShown,
    LockShown,
    MetricShown,
    NamedRecord,
    OrderShown,
    ProofPage,
    RankShown,
    RegressionShown,
    WordingShown,
)
from lorewright.records import Deviation
from lorewright.statistics import Outcome, State, signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a page shows beside the proof itself; whatever is missing is said to be missing."""

    pairs: ReadPairs | None = None
    lock: LockShown | None = None
    deviations: tuple[Deviation, ...] = ()
    order: tuple[OrderShown, ...] = ()
    """By `order_of`."""
    ranking: tuple[RankShown, ...] = ()
    """By `ranking_of`."""
    costs: tuple[CostShown, ...] = ()
    metrics: tuple[MetricShown, ...] = ()
    """In the order of `arms_of`."""
    wording: tuple[WordingShown, ...] = ()
    """By `wording_of`."""
    regression: tuple[RegressionShown, ...] = ()
    names: tuple[NamedRecord, ...] = ()


def proof_page(
    proof: Proof, evidence: Evidence, *, title: str, beside: Beside, made_at: str | None = None
) -> ProofPage:
    """Gather everything that the page of `proof` shows.

    Args:
        proof: the verdict with its numbers.
        evidence: what it was decided from.
        title: the adapter.
        beside: answers, promises and whatever else was measured.
        made_at: UTC, ISO 8601; now when it is left out.

    Raises:
        MissingExtra: when numpy, scipy or evalica is not installed.
    """
    arms = arms_of(evidence)
    pairs = beside.pairs
    agreement = agreement_of(evidence.ratings, proof.rules)
    return ProofPage(
        title=title,
        made_at=made_at or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        kind=proof.kind.value,
        origin=proof.origin,
        headline=headline(proof),
        reasons=tuple(reasons_in_words(proof)),
        scenarios=proof.scenarios,
        level=1 - float(proof.rules.alpha),
        effects=tuple(_effects(proof)),
        gates=tuple(
            GateShown(gate.name, gate.p_value, gate.step_down, gate.outcome.value)
            for gate in proof.gates
        ),
        arms=arms,
        means=means_of(evidence.ratings, arms, proof.rules) if evidence.ratings else (),
        pairs=pairs.pairs if pairs else None,
        lock=beside.lock,
        deviations=beside.deviations,
        agreement=agreement,
        order=beside.order,
        ranking=beside.ranking,
        costs=beside.costs,
        power=power_rows(proof),
        excluded=tuple(CountShown(one.reason, one.count, one.first) for one in proof.excluded),
        metrics=beside.metrics,
        wording=beside.wording,
        length=length_of(pairs.differences, pairs.longer_by) if pairs else None,
        regression=beside.regression,
        untested=tuple(_untested(proof, evidence, beside)),
        names=beside.names,
    )


def arms_of(evidence: Evidence) -> tuple[str, ...]:
    """The arms that anybody rated, in the order of every table of the page."""
    return in_order({rating.arm for rating in evidence.ratings})


def _effects(proof: Proof) -> Iterator[Effect]:
    for name, found, asked in (
        ("the prompted base", proof.base, True),
        ("the control", proof.control, True),
        ("the base alone", proof.plain, False),
    ):
        if found is not None:
            yield _arm(name, found, with_margin=asked)
    margin = float(proof.rules.over_base)
    for row in proof.dimensions:
        found = row.result
        yield Effect(
            name=row.name,
            group="dimension",
            n=found.n if found else 1,
            ours=row.ours,
            theirs=row.theirs,
            mean=row.ours - row.theirs,
            low=found.low if found else None,
            high=found.high if found else None,
            p_value=found.p_value if found else None,
            adjusted=row.adjusted,
            holds=row.adjusted is not None and row.adjusted <= float(proof.rules.alpha),
            margin=margin * row.theirs,
        )


def _arm(name: str, found: Contrast, *, with_margin: bool) -> Effect:
    ours, theirs = (sum(side) / len(side) for side in (found.pairs.ours, found.pairs.theirs))
    return Effect(
        name=name,
        group="arm",
        n=found.n,
        ours=ours,
        theirs=theirs,
        mean=ours - theirs,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        margin=found.margin.margin * theirs if with_margin else None,
        margin_state=("met" if found.is_by_the_margin else "not shown") if with_margin else None,
        gain=_gain(found),
    )


def _gain(found: Contrast) -> str | None:
    gain, low, high = found.gain.gain
    if gain is None or low is None or high is None:
        return None
    if found.gain.state is not State.SOUND:
        return f"{_share(gain)}, its interval is {found.gain.state.value}"
    return f"{_share(gain)} ({_share(low)} to {_share(high)})"


def _share(value: float) -> str:
    return f"{signed(100 * value, digits=0)} %"


def _untested(proof: Proof, evidence: Evidence, beside: Beside) -> Iterator[str]:
    """What a reader may think was tested."""
    for gate in proof.gates:
        if gate.outcome is Outcome.NOT_TESTED:
            why = f", since it was not shown: {gate.stopped_by}" if gate.stopped_by else ""
            yield f"The hypothesis “{gate.name}” was not tested{why}."
    yield from _missing_arms(proof, evidence)
    yield from _missing_beside(evidence, beside)
    if beside.pairs is not None:
        turns = max((len(one.says) for one in beside.pairs.pairs.shown), default=0)
        if turns <= 1:
            yield "Conversations of more than one turn."
    yield (
        "Other scenarios, other languages, and clients who say other things than these: the "
        "verdict is about scenarios like those that were asked."
    )


def _missing_beside(evidence: Evidence, beside: Beside) -> Iterator[str]:
    if len({one.rater for one in evidence.ratings}) < 2:
        yield "Whether raters agree: fewer than two rated."
    if not evidence.votes:
        yield "Which answer people prefer: nobody was asked."
    if beside.pairs is None:
        yield "Answers are not shown on this page, so nobody can check the ratings here."
    if not beside.order:
        yield "Whether the order of two answers sways a judge."
    if not beside.metrics:
        yield "The thirteen automated metrics."
    if not beside.regression:
        yield "Whether the adapter lost what the base could do: run `lorewright regression`."


def _missing_arms(proof: Proof, evidence: Evidence) -> Iterator[str]:
    rated = set(arms_of(evidence))
    for arm, what in (
        (ProofArm.CONTROL, "whether the format alone would do as well"),
        (ProofArm.BASE, "what the base does without a prompt"),
        (ProofArm.REFERENCE, "how near it comes to another system"),
    ):
        if arm not in rated:
            yield f"There is no arm {arm}, so nothing says {what}."
    if proof.preferred is not None and proof.preferred.n == 0:
        yield "No scenario prefers one of two answers."
