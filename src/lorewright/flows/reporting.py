"""The report: everything it shows is read from the store, nothing is told to it."""

import hashlib
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lorewright import evaluate
from lorewright.evaluate import Arm
from lorewright.flows.current import documents_of
from lorewright.flows.naming import find
from lorewright.flows.proof import Contest, contest_of, each_arm
from lorewright.flows.report_parts import (
    Accepted,
    balance_cells,
    chunk_map_of,
    counts,
    lineage_of,
    loss_series,
    reasons,
    section_coverage,
    turned_down,
)
from lorewright.pictures import (
    FindingCard,
    NamedRecord,
    PairedRow,
    RecipeSettings,
    ReportData,
    SampleAnswers,
    render_report,
)
from lorewright.records import Adapter, Comparison, Example, Recipe, Split, Verdict
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, examples, remember_file

SAMPLES = 3
"""Questions that every arm answers in the report."""
SAMPLE_TOKENS = 60

LIBRARIES = ("lorewright", "torch", "transformers", "peft", "scipy")


def write_report(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    *,
    name: str | None = None,
    out: Path | None = None,
) -> Path:
    """Write the report about the newest verdict, or the one that `name` means, as HTML.

    Raises:
        NotYet: when there is no verdict.
        Refused: when a source that it rests on was withdrawn or erased.
    """
    verdict = find(store, name, Verdict)
    page = render_report(_data(store, settings, verdict)).encode()
    path = out or workspace.reports / f"{verdict.ref.id[:12]}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    place = workspace.local_path(path)
    # Remembered before it is written: what it repeats must be found when a source is erased.
    remember_file(store, place, "report", verdict.ref)
    path.write_bytes(page)
    remember_file(store, place, "report", verdict.ref, hashlib.sha256(page).hexdigest())
    return path


def _data(store: Store, settings: Settings, verdict: Verdict) -> ReportData:
    tuned = next(ref for ref in verdict.made_from if ref.kind == Adapter.kind)
    contest = contest_of(store, tuned, doing="reporting on")
    data = contest.dataset
    accepted = [
        Accepted(split, example) for split in Split for example in examples(store, data, split)
    ]
    documents = [store.document(ref) for ref in documents_of(store, data.ref)]
    out = turned_down(store, data, documents)
    recall = [one for split, one in accepted if split is Split.RECALL]
    shown = next(iter(recall or [one for _, one in accepted]), None)
    return ReportData(
        title=documents[0].title if len(documents) == 1 else data.name,
        made_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        scope=verdict.scope,
        is_offline=contest.base.origin == "pocket",
        headline=evaluate.headline_of(verdict),
        findings=tuple(_finding_cards(verdict)),
        paired=tuple(_paired_row(store, verdict, one) for one in verdict.comparisons),
        alpha=float(settings.evaluation.alpha),
        permutations=verdict.permutations,
        counts=counts(accepted, out),
        splits=tuple((split.split, split.count) for split in data.splits),
        maps=tuple(chunk_map_of(store, settings, document) for document in documents),
        coverage=tuple(section_coverage(store, data, documents, accepted)),
        balance=tuple(balance_cells(accepted)),
        losses=(
            loss_series(store, contest.tuned, "tuned"),
            loss_series(store, contest.control, "control"),
        ),
        lineage=lineage_of(store, shown) if shown else None,
        samples=tuple(_samples(store, contest, settings, recall)),
        rejections=tuple(reasons(out)),
        recipes=tuple(_recipes(store, contest, verdict)),
        names=tuple(_names(contest, verdict)),
        versions=tuple(_versions()),
        trace=shown.ref if shown else None,
    )


def _finding_cards(verdict: Verdict) -> Iterator[FindingCard]:
    for found in verdict.findings:
        words = evaluate.finding_words(found.finding)
        yield FindingCard(found.split, found.finding, words, found.sentence)


def _paired_row(store: Store, verdict: Verdict, one: Comparison) -> PairedRow:
    values = {
        (score.example, score.arm): score.nats_per_token
        for score in evaluate.read_scores(store.blobs.get(verdict.scores))
        if score.split is one.split
    }
    rival = Arm.BASE if one.against == Arm.BASE else Arm.CONTROL
    ahead = sum(
        value > values[example, rival]
        for (example, arm), value in values.items()
        if arm is Arm.TUNED
    )
    return PairedRow(
        split=one.split,
        against="base" if rival is Arm.BASE else "control",
        items=one.items,
        mean=float(one.mean_difference),
        low=float(one.low),
        high=float(one.high),
        p_value=float(one.p_value),
        effect_size=float(one.effect_size),
        items_ahead=ahead,
    )


def _samples(
    store: Store, contest: Contest, settings: Settings, recall: Sequence[Example]
) -> Iterator[SampleAnswers]:
    """The first recall questions by name, a choice that nobody can tune."""
    asked = recall[:SAMPLES]
    if not asked:
        return
    answers = {
        arm: [
            opened.generate(example.turns[:-1], max_new_tokens=SAMPLE_TOKENS) for example in asked
        ]
        for arm, opened in each_arm(store, contest, settings)
    }
    for number, example in enumerate(asked):
        yield SampleAnswers(
            question=example.question,
            reference=example.answer,
            base=answers[Arm.BASE][number],
            tuned=answers[Arm.TUNED][number],
            control=answers[Arm.CONTROL][number],
            example=example.ref,
        )


def _recipes(store: Store, contest: Contest, verdict: Verdict) -> Iterator[RecipeSettings]:
    makers = (contest.dataset, contest.base, contest.tuned, verdict)
    used = dict.fromkeys(
        ref for record in makers for ref in record.made_from if ref.kind == Recipe.kind
    )
    for recipe in store.get_many(used, Recipe):
        rows = tuple(
            (name.replace("_", " "), str(value)) for name, value in sorted(recipe.settings.items())
        )
        yield RecipeSettings(recipe.step, recipe.ref, rows)


def _names(contest: Contest, verdict: Verdict) -> Iterator[NamedRecord]:
    yield NamedRecord("Verdict", verdict.ref)
    yield NamedRecord("Tuned adapter", contest.tuned.ref)
    yield NamedRecord("Control adapter", contest.control.ref)
    yield NamedRecord("Base", contest.base.ref)
    yield NamedRecord("Dataset", contest.dataset.ref)


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
