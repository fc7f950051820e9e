"""From a lock, the answers and what raters said to a verdict that claims no more."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof import (
    Evidence,
    Proof,
    ProofArm,
    ProofRules,
    headline,
    prove,
    reasons_in_words,
)
from lorewright.evaluate.proof.agreeing import agreement_of
from lorewright.evaluate.proof.checks import find_flaws, integrity_of
from lorewright.evaluate.proof.lock import Promise, changed_after_lock
from lorewright.evaluate.proof.metrics import MetricRow, metric_rows
from lorewright.evaluate.proof.numbers import numbers_of
from lorewright.evaluate.proof.planning import plan_for
from lorewright.evaluate.proof.sequential import watch_order
from lorewright.flows.arms import lines_of
from lorewright.flows.changes import changes_since
from lorewright.flows.contests import rests_on, scenarios_of
from lorewright.flows.locking import Locked
from lorewright.flows.naming import parents, set_newest
from lorewright.flows.rating_sheets import Rated, rated_in, raters_of, ratings_about
from lorewright.lineage import Ref
from lorewright.measures import Held, Leak, leakage
from lorewright.measures.advice import Setting, Target, lexicon
from lorewright.records import (
    Answers,
    Dataset,
    Deviation,
    ProofVerdict,
    Ratings,
    Scenario,
    ScenarioSet,
    Split,
)
from lorewright.settings import Settings
from lorewright.statistics import Exclusion
from lorewright.store import Making, Store, Workspace, examples, seconds

AGAIN = (
    "this is not the first lock of this contest: answers existed when it was made, {count} "
    "{locks} came before"
)


class Contested(NamedTuple):
    """What a locked contest is about, read from the store."""

    scenarios: list[Scenario]
    dataset: Dataset
    answers: dict[ProofArm, list[AnswerLine]]

    @property
    def families(self) -> dict[str, str]:
        """{scenario: family} of those that the verdict rests on."""
        return rests_on(self.scenarios)


LeaksOf = Callable[[Store, Sequence[Scenario], Dataset], Sequence[Leak]]


def leaks_of(store: Store, scenarios: Sequence[Scenario], dataset: Dataset) -> Sequence[Leak]:
    """Scenarios that stand in what was trained on, by words and by likeness.

    Raises:
        MissingExtra: when scikit-learn is not installed.
    """
    held = [
        Held(one.scenario_id, one.messages, (f"scenario:{one.scenario_id}",)) for one in scenarios
    ]
    return leakage(held, _trained(store, dataset))


def evidence_of(
    store: Store,
    promise: Promise,
    contested: Contested,
    rated: Rated,
    *,
    deviations: tuple[Deviation, ...] = (),
    leaks: Sequence[Leak] = (),
) -> Evidence:
    """What a verdict looks at; everything that forbids a claim is found here.

    Args:
        store: holds the training targets, for answers that recite them.
        promise: the lock.
        contested: scenarios and answers.
        rated: what raters said.
        deviations: what is no longer as promised.
        leaks: scenarios that the training gives away.
    """
    targets = [
        example.turns[-1].text for example in examples(store, contested.dataset, Split.TRAIN)
    ]
    flaws = (
        *changed_after_lock(deviations),
        *find_flaws(
            contested.answers, promised=promise.promised_arms, targets=targets, leaks=leaks
        ),
    )
    rules = promise.as_rules
    asked, excluded = _asked(contested.families, rated, rules)
    return Evidence(
        scenarios=asked,
        ratings=tuple(one for one in rated.ratings if one.scenario in asked),
        votes=tuple(one for one in rated.votes if one.scenario in asked),
        flaws=flaws,
        origin=rated.origin,
        failed=rated.failed,
        excluded=(*rated.excluded, *excluded),
    )


def prove_answers(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    locked: Locked,
    answers: Mapping[ProofArm, Answers],
    *,
    sheets: Sequence[Ratings] | None = None,
    leaks: LeaksOf = leaks_of,
) -> ProofVerdict:
    """Decide what the ratings of a locked contest show, and keep the verdict.

    Args:
        workspace: where the file of the lock lies.
        store: where everything else is.
        settings: as they are now; the lock says which hold.
        locked: what was promised.
        answers: those of every arm.
        sheets: the ratings; by default all that there are about these answers.
        leaks: finds scenarios that the training gives away.

    Raises:
        BadRecord: when ratings contradict each other or cannot be read.
        MissingExtra: when what the statistics need is not installed.
    """
    started = time.monotonic()
    left_out: tuple[Exclusion, ...] = ()
    if sheets is None:
        sheets, left_out = ratings_about(store, answers)
    contested = _contested(store, locked.promise, answers)
    deviations = changes_since(workspace, store, settings, locked, answers=answers, sheets=sheets)
    rated = rated_in(store, sheets, contested.families)
    rated = rated._replace(excluded=(*left_out, *rated.excluded))
    evidence = evidence_of(
        store,
        locked.promise,
        contested,
        rated,
        deviations=deviations,
        leaks=leaks(store, contested.scenarios, contested.dataset),
    )
    rules = locked.promise.as_rules
    proof = prove(evidence, rules)
    numbers = _numbers(
        store, locked, contested, proof, sheets=sheets, evidence=evidence, deviations=deviations
    )
    verdict = ProofVerdict(
        verdict=proof.kind.value,
        origin=proof.origin,
        headline=headline(proof),
        sentences=(*reasons_in_words(proof), *_asides(locked.promise, deviations)),
        flaws=tuple(dict.fromkeys(flaw.name for flaw in proof.flaws)),
        deviations=deviations,
        numbers=store.put_blob(_as_json(numbers)),
        made_from=_made_from(store, locked, answers, sheets),
    )
    making = Making("prove", seconds(time.monotonic() - started))
    store.submit([verdict], making=making).result()
    set_newest(store, verdict.ref)
    return verdict


def _contested(store: Store, promise: Promise, answers: Mapping[ProofArm, Answers]) -> Contested:
    asked = store.get(Ref.parse(promise.asked.scenarios), ScenarioSet)
    return Contested(
        scenarios_of(store, asked),
        store.get(Ref.parse(promise.contest.dataset), Dataset),
        {arm: lines_of(store, one) for arm, one in answers.items()},
    )


def _asked(
    families: Mapping[str, str], rated: Rated, rules: ProofRules
) -> tuple[tuple[str, ...], tuple[Exclusion, ...]]:
    """All scenarios; those up to the last that was rated where one may stop at any."""
    if rules.stop == "fixed":
        return tuple(sorted(families)), ()
    order = watch_order(families, seed=rules.seed)
    reached = {one.scenario for one in (*rated.ratings, *rated.votes)}
    last = max((place for place, name in enumerate(order) if name in reached), default=-1)
    rest = order[last + 1 :]
    if not rest:
        return order, ()
    reason = "not rated when it was stopped, as a sequential evaluation may be"
    return order[: last + 1], (Exclusion(reason, len(rest), f"scenario {rest[0]}"),)


def _numbers(
    store: Store,
    locked: Locked,
    contested: Contested,
    proof: Proof,
    *,
    sheets: Sequence[Ratings],
    evidence: Evidence,
    deviations: tuple[Deviation, ...],
) -> Mapping[str, object]:
    rules = locked.promise.as_rules
    return numbers_of(
        proof,
        lock={"record": locked.record.ref, "sha256": locked.record.sha256},
        again=locked.promise.again,
        rules=rules,
        deviations=deviations,
        raters=raters_of(store, sheets, contested.dataset.ref),
        agreement=agreement_of(evidence.ratings, rules),
        answers={
            arm.value: integrity_of(lines)
            for arm, lines in contested.answers.items()
            if any(line.stop != "failed" for line in lines)
        },
        metrics=_metrics(store, contested, rules),
        power=plan_for(rules, max(2, len(evidence.scenarios))),
    )


def _metrics(store: Store, contested: Contested, rules: ProofRules) -> tuple[MetricRow, ...]:
    settings = {
        (one.scenario_id, turn): _setting(one, turn)
        for one in contested.scenarios
        for turn in range(len(one.messages))
    }
    wanted = contested.families
    answers = {
        arm: [line for line in lines if line.scenario in wanted]
        for arm, lines in contested.answers.items()
    }
    targets = (
        Target(example.turns[-1].text, Setting(prompt=example.turns[-2].text), Split.TRAIN)
        for example in examples(store, contested.dataset, Split.TRAIN)
    )
    return metric_rows(answers, settings, targets, known=lexicon(), rules=rules)


def _setting(scenario: Scenario, turn: int) -> Setting:
    felt = scenario.emotional_state
    emotions = () if felt is None else tuple(filter(None, (felt.primary, felt.secondary)))
    arc = scenario.emotional_arc or ""
    return Setting(
        prompt=scenario.messages[turn],
        emotions=emotions,
        is_conflict="conflict" in arc or "hostility" in arc,
    )


def _trained(store: Store, dataset: Dataset) -> Iterator[Held]:
    for example in examples(store, dataset, Split.TRAIN):
        yield Held(example.ref.short, tuple(turn.text for turn in example.turns))


def _asides(promise: Promise, deviations: Sequence[Deviation]) -> Iterator[str]:
    if promise.again:
        locks = "lock" if promise.again == 1 else "locks"
        yield AGAIN.format(count=promise.again, locks=locks)
    for one in deviations:
        yield f"not as promised: {one.what} was {one.promised} and is {one.found}"


def _made_from(
    store: Store, locked: Locked, answers: Mapping[ProofArm, Answers], sheets: Sequence[Ratings]
) -> tuple[Ref, ...]:
    beside = (locked.record.ref, *(one.ref for one in answers.values()))
    rated = [one.ref for one in sheets]
    return parents(store, rated, *beside) if rated else beside


def _as_json(numbers: Mapping[str, object]) -> bytes:
    text = json.dumps(numbers, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()
