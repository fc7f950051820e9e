"""The report of a proof as files of the workspace, which erasing and verifying know."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from lorewright.evaluate.proof import Evidence, Proof
from lorewright.flows.proof_choosing import MOST, read_pairs
from lorewright.flows.proof_pairs import side_by_side
from lorewright.flows.proof_reading import duels_of, lock_shown, order_cases, stored_of
from lorewright.flows.proof_reporting import Beside, proof_page
from lorewright.flows.proof_rows import order_of, ranking_of
from lorewright.flows.regression_result import read_regression, regression_shown
from lorewright.flows.scenarios import scenarios_by_id
from lorewright.lineage import Ref
from lorewright.pictures import proof_html, proof_markdown
from lorewright.records import Adapter, Answers, Deviation, EvaluationLock, Ratings, ScenarioSet
from lorewright.store import Store, Workspace, remember_file


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecords:
    """The records that a proof rests on."""

    about: Ref
    """The record of the verdict: when what it rests on is erased, the files go too."""
    adapter: Adapter
    scenarios: ScenarioSet
    answers: tuple[Answers, ...]
    ratings: tuple[Ratings, ...]
    lock: EvaluationLock | None = None
    deviations: tuple[Deviation, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofReport:
    """Where a report was written."""

    html: Path
    markdown: Path
    lines: Path
    """Every scenario with all answers, a JSON line each."""


class ReportWish(NamedTuple):
    """What a report is called, where it stands, and how much it shows."""

    title: str
    """What the adapter is called."""
    out: Path | None = None
    """The HTML file; the others stand beside it."""
    most: int = MOST
    """Scenarios on the page."""


def write_proof_report(
    workspace: Workspace,
    store: Store,
    proof: Proof,
    evidence: Evidence,
    records: ProofRecords,
    *,
    wish: ReportWish,
    beside: Beside = Beside(),  # noqa: B008 - frozen
) -> ProofReport:
    """Write the report of `proof` as HTML and Markdown, and every answer beside it.

    Answers, order effects, promises, deviations and regressions are read from the store and the
    workspace; whatever else is measured comes with `beside`.

    Args:
        workspace: where it is written unless `wish` names another place.
        store: where the records are.
        proof: the verdict with its numbers.
        evidence: what it was decided from.
        records: what it rests on.
        wish: its title, its place and how much it shows.
        beside: costs, metrics, wording and names.

    Raises:
        BadRecord: when stored lines are not sorted by scenario.
        MissingExtra: when numpy, scipy or evalica is not installed.
    """
    html = wish.out or workspace.reports / f"proof-{records.about.id[:12]}.html"
    found = ProofReport(html, html.with_suffix(".md"), html.with_suffix(".jsonl"))
    html.parent.mkdir(parents=True, exist_ok=True)
    files = (found.lines, found.html, found.markdown)
    # Remembered before they are written: what they repeat must be found when a source is erased.
    for file in files:
        remember_file(store, workspace.local_path(file), "report", records.about)
    scenarios = {one.scenario_id: one for one in scenarios_by_id(store, records.scenarios)}
    lines = stored_of(store, records.answers, records.ratings)
    pairs = read_pairs(
        side_by_side(scenarios, lines, proof.rules), most=wish.most, full=found.lines
    )
    regression = read_regression(workspace, records.adapter.ref)
    page = proof_page(
        proof,
        evidence,
        title=wish.title,
        beside=replace(
            beside,
            pairs=pairs,
            lock=lock_shown(records.lock) if records.lock else beside.lock,
            deviations=(*beside.deviations, *records.deviations),
            order=beside.order or order_of(order_cases(store, records.ratings)),
            ranking=beside.ranking
            or ranking_of(duels_of(store, records.ratings), seed=proof.rules.seed),
            regression=beside.regression or regression_shown(regression),
        ),
    )
    found.html.write_text(proof_html(page), encoding="utf-8")
    found.markdown.write_text(proof_markdown(page), encoding="utf-8")
    for file in files:
        remember_file(store, workspace.local_path(file), "report", records.about, _sha256(file))
    return found


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
