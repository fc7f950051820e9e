"""The whole story once: from the sample handbook to a verdict and its report."""

import time
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from lorewright.flows.datasets import curate_dataset
from lorewright.flows.documents import analyze_documents, generate_examples, ingest_files
from lorewright.flows.proof import evaluate_adapter
from lorewright.flows.reporting import write_report
from lorewright.flows.training import Watch, train_adapters
from lorewright.jobs import Report
from lorewright.lineage import Ref
from lorewright.records import Split, Verdict
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, members

SAMPLE = "handbook.md"
DATASET = "handbook"


class Chapter(NamedTuple):
    """One verb of the story, done."""

    verb: str
    sentence: str
    took_s: float


class Story:
    """Runs every verb on the sample, in order, in one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        settings: Settings,
        *,
        watch: Watch = lambda _role, _event: None,
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._settings = settings
        self._watch = watch
        self.verdict: Verdict
        self.report: Path
        self.example: Ref

    def tell(self) -> Iterator[Chapter]:
        """Do one verb after the other; what was done before is not done again."""
        verbs: tuple[tuple[str, Callable[[], str]], ...] = (
            ("ingest", self._ingest),
            ("analyze", self._analyze),
            ("generate", self._generate),
            ("curate", self._curate),
            ("train", self._train),
            ("evaluate", self._evaluate),
            ("report", self._report),
        )
        for verb, work in verbs:
            started = time.monotonic()
            sentence = work()
            yield Chapter(verb, sentence, time.monotonic() - started)

    def _ingest(self) -> str:
        with resources.as_file(resources.files("lorewright.samples") / SAMPLE) as path:
            report = ingest_files([path], store=self._store)
        return _counted(report, "records")

    def _analyze(self) -> str:
        return _counted(analyze_documents(self._store, self._settings), "chunks")

    def _generate(self) -> str:
        return _counted(generate_examples(self._store, self._settings), "examples")

    def _curate(self) -> str:
        data = curate_dataset(self._store, self._settings, name=DATASET)
        self.example = next(members(self._store, data, Split.RECALL))
        splits = ", ".join(f"{split.count:,} {split.split}" for split in data.splits)
        return f"{data.accepted:,} of {data.requested:,} accepted: {splits}"

    def _train(self) -> str:
        trained = train_adapters(self._workspace, self._store, self._settings, watch=self._watch)
        return (
            f"{trained.tuned.steps:,} steps on {trained.base.parameters:,} parameters, loss "
            f"{trained.tuned.train_loss}, control {trained.control.train_loss}"
        )

    def _evaluate(self) -> str:
        self.verdict = evaluate_adapter(self._store, self._settings)
        items = max((one.items for one in self.verdict.comparisons), default=0)
        return f"{len(self.verdict.comparisons)} comparisons on up to {items:,} items"

    def _report(self) -> str:
        self.report = write_report(self._workspace, self._store, self._settings)
        return f"{self.report.stat().st_size:,} bytes"


def _counted(report: Report, made: str) -> str:
    if report.failed:
        raise report.failed[0][1]
    rejected = f", {report.rejected.total():,} rejected" if report.rejected else ""
    return f"{report.accepted:,} {made}{rejected}"
