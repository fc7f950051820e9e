"""The whole story once: from the sample handbook to a verdict and its report."""

import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import NamedTuple, TypeVar

from lorewright.flows.analyses import describe_documents
from lorewright.flows.datasets import curate_dataset
from lorewright.flows.documents import analyze_documents, generate_examples, ingest_files
from lorewright.flows.proof import evaluate_adapter
from lorewright.flows.reporting import write_report
from lorewright.flows.training import Trained, train_adapters
from lorewright.flows.training_preparing import Watch
from lorewright.jobs import Report
from lorewright.lineage import Ref
from lorewright.records import Dataset, Split, Verdict
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, members

SAMPLE = "handbook.md"
DATASET = "handbook"

T = TypeVar("T")


class Chapter(NamedTuple):
    """One verb of the story, done."""

    verb: str
    sentence: str
    took_s: float


class Ending(NamedTuple):
    """What the story leaves to look at."""

    verdict: Verdict
    report: Path
    example: Ref
    """One that is worth tracing."""


class Teller:
    """Does one verb after the other and says what each came to.

    Args:
        on_chapter: is told of each.
    """

    def __init__(self, on_chapter: Callable[[Chapter], None]) -> None:
        self._on_chapter = on_chapter

    def chapter(self, verb: str, work: Callable[[], T], words: Callable[[T], str]) -> T:
        """Do a verb."""
        started = time.monotonic()
        made = work()
        self._on_chapter(Chapter(verb, words(made), time.monotonic() - started))
        return made


def read_sample(teller: Teller, store: Store, settings: Settings) -> None:
    """Bring in the sample handbook, cut it into chunks and describe them."""
    with resources.as_file(resources.files("lorewright.samples") / SAMPLE) as sample:
        teller.chapter("ingest", lambda: ingest_files([sample], store=store), _documents)
    teller.chapter("analyze", lambda: _analyzed(store, settings), _chunks)


def tell_story(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    *,
    on_chapter: Callable[[Chapter], None],
    watch: Watch = lambda _role, _event: None,
) -> Ending:
    """Run every verb on the sample, in order; what was done before is not done again."""
    teller = Teller(on_chapter)
    chapter = teller.chapter
    read_sample(teller, store, settings)
    chapter("generate", lambda: generate_examples(store, settings), _examples)
    data = chapter("curate", lambda: curate_dataset(store, settings, name=DATASET), _splits)
    chapter("train", lambda: train_adapters(workspace, store, settings, watch=watch), _losses)
    verdict = chapter("evaluate", lambda: evaluate_adapter(store, settings), _items)
    report = chapter("report", lambda: write_report(workspace, store, settings), _size)
    return Ending(verdict, report, next(members(store, data, Split.TRAIN)))


def _analyzed(store: Store, settings: Settings) -> Report:
    report = analyze_documents(store, settings)
    described = describe_documents(store, settings)
    if described.failed:
        raise described.failed[0][1]
    return report


def _documents(report: Report) -> str:
    if report.failed:
        raise report.failed[0][1]
    return "the sample handbook is one document"


def _chunks(report: Report) -> str:
    return f"{report.accepted:,} chunks"


def _examples(report: Report) -> str:
    return f"{report.accepted:,} examples, {report.rejected.total():,} rejected with a reason"


def _splits(data: Dataset) -> str:
    splits = ", ".join(f"{split.count:,} {split.split}" for split in data.splits)
    return f"{data.accepted:,} of {data.requested:,} accepted: {splits}"


def _losses(trained: Trained) -> str:
    return (
        f"{trained.tuned.steps:,} steps on {trained.base.parameters:,} parameters, loss "
        f"{trained.tuned.train_loss}, control {trained.control.train_loss}"
    )


def _items(verdict: Verdict) -> str:
    items = {one.split: one.items for one in verdict.comparisons}
    return ", ".join(f"{count:,} {split} questions" for split, count in items.items())


def _size(report: Path) -> str:
    return f"{report.stat().st_size:,} bytes"
