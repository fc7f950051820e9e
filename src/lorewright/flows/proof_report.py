"""The report of a verdict that was kept: decided once more from what it rests on, and shown."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from lorewright.errors import NotYet
from lorewright.evaluate.proof import Evidence, ProofArm
from lorewright.evaluate.proof.lock import read_lock
from lorewright.flows.locking import Locked, file_of
from lorewright.flows.naming import newest
from lorewright.flows.proof_files import (
    ProofRecords,
    ProofReport,
    ReportWish,
    write_proof_report,
)
from lorewright.flows.proof_reporting import Beside, arms_of
from lorewright.flows.proof_rows import wording_of
from lorewright.flows.proving import Decided, decide, metrics_of
from lorewright.flows.registry import entry_of
from lorewright.lineage import Ref
from lorewright.measures.advice import METRICS, Metric
from lorewright.pictures import CostShown, MetricShown, NamedRecord, WordingShown
from lorewright.records import (
    Adapter,
    Answers,
    Collection,
    EvaluationLock,
    ProofVerdict,
    Ratings,
    ScenarioSet,
)
from lorewright.store import Store, Workspace, making_of

LABELS = {
    "tuned": "Tuned adapter",
    "control": "Control",
    "base": "Base",
    "dataset": "Dataset",
}


def newest_verdict(store: Store) -> ProofVerdict | None:
    """The newest proof of the workspace; None before the first."""
    ref = newest(store, ProofVerdict)
    return store.get(ref, ProofVerdict) if ref else None


def report_proof(
    workspace: Workspace,
    store: Store,
    verdict: ProofVerdict,
    *,
    out: Path | None = None,
) -> ProofReport:
    """Write the report about `verdict`, with the ratings and the lock that it was decided by.

    Args:
        workspace: where it is written unless `out` names another place.
        store: where the records are.
        verdict: what is shown.
        out: the HTML file.

    Raises:
        NotYet: when what it rests on was erased.
        MissingExtra: when what the statistics need is not installed.
    """
    rests_on = list(_parents(store, verdict.made_from))
    lock = store.get(_only(rests_on, EvaluationLock.kind), EvaluationLock)
    answers = list(store.get_many([ref for ref in rests_on if ref.kind == Answers.kind], Answers))
    sheets = list(store.get_many([ref for ref in rests_on if ref.kind == Ratings.kind], Ratings))
    locked = Locked(lock, read_lock(lock.text), file_of(workspace, lock))
    found = decide(
        store,
        locked,
        {ProofArm(one.arm): one for one in answers},
        sheets,
        deviations=verdict.deviations,
    )
    contest = locked.promise.contest
    adapter = store.get(Ref.parse(contest.tuned), Adapter)
    records = ProofRecords(
        about=verdict.ref,
        adapter=adapter,
        scenarios=store.get(Ref.parse(locked.promise.asked.scenarios), ScenarioSet),
        answers=tuple(answers),
        ratings=tuple(sheets),
        lock=lock,
        deviations=verdict.deviations,
    )
    named = [
        *(NamedRecord(label, getattr(contest, part)) for part, label in LABELS.items()),
        NamedRecord("Scenarios", str(records.scenarios.ref)),
        NamedRecord("Verdict", str(verdict.ref)),
    ]
    return write_proof_report(
        workspace,
        store,
        found.proof,
        found.evidence,
        records,
        wish=ReportWish(_title(store, adapter), out),
        beside=Beside(
            costs=tuple(_costs(store, answers, sheets)),
            metrics=tuple(_metrics(store, locked, found, found.evidence)),
            wording=_wording(found),
            names=tuple(named),
        ),
    )


def _parents(store: Store, refs: Sequence[Ref]) -> Iterator[Ref]:
    """What a record was made from, with the members of collections."""
    for ref in refs:
        if ref.kind == Collection.kind:
            yield from _parents(store, store.get(ref, Collection).made_from)
        else:
            yield ref


def _only(found: Sequence[Ref], kind: str) -> Ref:
    ref = next((ref for ref in found if ref.kind == kind), None)
    if ref is None:
        raise NotYet(f"the verdict names no {kind}", hint="prove it again: `lorewright evaluate`")
    return ref


def _title(store: Store, adapter: Adapter) -> str:
    versions = entry_of(store, str(adapter.ref)).history.versions
    return versions[0] if versions else adapter.ref.short


def _costs(
    store: Store, answers: Sequence[Answers], sheets: Sequence[Ratings]
) -> Iterator[CostShown]:
    """What answering and rating took, as it was noted when it was done."""
    parts = [(f"answers, {one.arm}", one.ref, one.requested) for one in answers]
    parts += [(f"ratings, {one.rater}", one.ref, one.requested) for one in sheets]
    for part, ref, calls in parts:
        made = making_of(store, ref)
        if made is None:
            yield CostShown(part, calls, None)
        else:
            usd = f"{made.cost_usd:.4f}" if made.cost_usd else None
            yield CostShown(part, calls, usd, float(made.seconds))


def _wording(found: Decided) -> tuple[WordingShown, ...]:
    """BLEU and chrF of every arm against what the reference said; empty where none was asked."""
    said = {
        arm: {line[:3]: line.text for line in lines if line.text is not None}
        for arm, lines in found.contested.answers.items()
    }
    reference = said.pop(ProofArm.REFERENCE, {})
    turns = sorted(turn for turn in reference if all(turn in texts for texts in said.values()))
    if not turns:
        return ()
    answers = {arm.value: [texts[turn] for turn in turns] for arm, texts in said.items()}
    return wording_of(answers, [reference[turn] for turn in turns])


def _metrics(
    store: Store, locked: Locked, found: Decided, evidence: Evidence
) -> Iterator[MetricShown]:
    """The automated metrics under the arms that the page has columns for."""
    arms = arms_of(evidence)
    for row in metrics_of(store, locked, found):
        if row.metric in {metric.value for metric in Metric}:
            yield MetricShown(
                key=row.metric,
                title=row.title,
                unit=METRICS[Metric(row.metric)].unit,
                values=tuple(row.means.get(arm) for arm in arms),
                scores=tuple(row.scores.get(arm) for arm in arms),
            )
