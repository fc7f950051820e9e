"""From a lock, the answers and what raters said to a verdict that claims no more."""

import heapq
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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
from lorewright.evaluate.proof.checks import integrity_of
from lorewright.evaluate.proof.lock import Promise
from lorewright.evaluate.proof.metrics import MetricRow, metric_rows
from lorewright.evaluate.proof.numbers import numbers_of
from lorewright.evaluate.proof.planning import plan_for
from lorewright.flows.changes import changes_since
from lorewright.flows.contest_ratings import Rater, rated_in, raters_of, ratings_about
from lorewright.flows.judging_families import training_authors
from lorewright.flows.locking import Locked
from lorewright.flows.naming import parents, set_newest
from lorewright.flows.proof_evidence import (
    Contested,
    LeaksOf,
    contested_by,
    evidence_of,
    leaks_found,
)
from lorewright.lineage import Ref
from lorewright.measures import Integrity
from lorewright.measures.advice import Setting, Target, lexicon
from lorewright.records import (
    Answers,
    Dataset,
    Deviation,
    Example,
    ProofVerdict,
    Ratings,
    Scenario,
    Split,
)
from lorewright.settings import Settings
from lorewright.statistics import Exclusion
from lorewright.store import Making, Store, Workspace, members, seconds

MOST_TARGETS = 1_000
"""Answers of the advisor that bands are learnt from; more make them no firmer, and take minutes."""
AGAIN = (
    "this is not the first lock of this contest: answers existed when it was made, {count} "
    "{locks} came before"
)


class Decided(NamedTuple):
    """A verdict with all that it was decided from."""

    contested: Contested
    sheets: Sequence[Ratings]
    deviations: tuple[Deviation, ...]
    evidence: Evidence
    proof: Proof


def decide(
    store: Store,
    locked: Locked,
    answers: Mapping[ProofArm, Answers],
    sheets: Sequence[Ratings],
    *,
    deviations: tuple[Deviation, ...],
    left_out: tuple[Exclusion, ...] = (),
    leaks: LeaksOf = leaks_found,
) -> Decided:
    """Decide what the ratings of a locked contest show, and keep nothing.

    Args:
        store: where everything is.
        locked: what was promised.
        answers: those of every arm.
        sheets: the ratings that count.
        deviations: what is no longer as it was promised.
        left_out: ratings that do not count, with the reason.
        leaks: finds scenarios that the training gives away.

    Raises:
        BadRecord: when ratings contradict each other or cannot be read.
        MissingExtra: when what the statistics need is not installed.
    """
    contested = contested_by(store, locked.promise, answers)
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
    proof = prove(evidence, locked.promise.as_rules)
    return Decided(contested, sheets, deviations, evidence, proof)


def prove_answers(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    locked: Locked,
    answers: Mapping[ProofArm, Answers],
    *,
    sheets: Sequence[Ratings] | None = None,
    leaks: LeaksOf = leaks_found,
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
    sheets, left_out = ratings_about(store, answers) if sheets is None else (sheets, ())
    deviations = changes_since(workspace, store, settings, locked, answers=answers, sheets=sheets)
    found = decide(
        store, locked, answers, sheets, deviations=deviations, left_out=left_out, leaks=leaks
    )
    proof = found.proof
    raters = raters_of(found.sheets, training_authors(store, answers.values()))
    numbers = _numbers(store, locked, found, raters=raters)
    verdict = ProofVerdict(
        verdict=proof.kind.value,
        origin=proof.origin,
        headline=headline(proof),
        sentences=(
            *reasons_in_words(proof),
            *_asides(locked.promise, deviations),
            *_own_work(raters),
        ),
        flaws=tuple(dict.fromkeys(flaw.name for flaw in proof.flaws)),
        deviations=deviations,
        numbers=store.put_blob(_as_json(numbers)),
        made_from=_made_from(store, locked, answers, found.sheets),
    )
    making = Making("prove", seconds(time.monotonic() - started))
    store.submit([verdict], making=making).result()
    set_newest(store, verdict.ref)
    return verdict


def metrics_of(store: Store, locked: Locked, found: Decided) -> tuple[MetricRow, ...]:
    """The automated metrics of every arm, held against the advisor's own answers."""
    targets = _targets(store, found.contested.dataset)
    return _metrics(found.contested, targets, locked.promise.as_rules)


def _numbers(
    store: Store, locked: Locked, found: Decided, *, raters: Sequence[Rater]
) -> Mapping[str, object]:
    contested, rules = found.contested, locked.promise.as_rules
    targets = _targets(store, contested.dataset)
    return numbers_of(
        found.proof,
        lock={"record": locked.record.ref, "sha256": locked.record.sha256},
        again=locked.promise.again,
        rules=rules,
        deviations=found.deviations,
        raters=raters,
        agreement=agreement_of(found.evidence.ratings, rules),
        answers={
            arm.value: _whole(integrity_of(lines))
            for arm, lines in contested.answers.items()
            if any(line.stop != "failed" for line in lines)
        },
        metrics=_metrics(contested, targets, rules),
        calibrated_on=len(targets),
        power=plan_for(rules, max(2, len(found.evidence.scenarios))),
    )


def _whole(found: Integrity) -> dict[str, object]:
    """Counts alone: a verdict outlives the words of an answer, and may be handed out."""
    return {
        "answers": found.answers,
        "unique_ratio": found.unique_ratio,
        "findings": [
            {"rule": one.rule, "count": one.count, "of": one.of, "blocks": one.blocks}
            for one in found.findings
        ],
    }


def _targets(store: Store, dataset: Dataset) -> list[Target]:
    """The advisor's own answers; of very many those whose names, which are hashes, come first."""
    trained = heapq.nsmallest(MOST_TARGETS, members(store, dataset, Split.TRAIN))
    return [
        Target(example.turns[-1].text, Setting(prompt=example.turns[-2].text), Split.TRAIN)
        for example in store.get_many(trained, Example)
    ]


def _metrics(
    contested: Contested, targets: Sequence[Target], rules: ProofRules
) -> tuple[MetricRow, ...]:
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


def _asides(promise: Promise, deviations: Sequence[Deviation]) -> Iterator[str]:
    if promise.again:
        locks = "lock" if promise.again == 1 else "locks"
        yield AGAIN.format(count=promise.again, locks=locks)
    for one in deviations:
        yield f"not as promised: {one.what} was {one.promised} and is {one.found}"


def _own_work(raters: Sequence[Rater]) -> Iterator[str]:
    own = [one.rater for one in raters if one.wrote_training_data]
    if own:
        yield f"judges of the family that wrote the training data: {', '.join(own)}"


def _made_from(
    store: Store, locked: Locked, answers: Mapping[ProofArm, Answers], sheets: Sequence[Ratings]
) -> tuple[Ref, ...]:
    beside = (locked.record.ref, *(one.ref for one in answers.values()))
    rated = [one.ref for one in sheets]
    return parents(store, rated, *beside) if rated else beside


def _as_json(numbers: Mapping[str, object]) -> bytes:
    text = json.dumps(numbers, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()
