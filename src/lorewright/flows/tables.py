"""Chunks and their dimensions as a table for a spreadsheet, and one run against another."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lorewright import analyze
from lorewright.errors import NotFound, UsageError
from lorewright.flows.analyses import STEP, analyses, known
from lorewright.flows.current import current_documents
from lorewright.flows.dimensions import ChunkView, Viewer
from lorewright.flows.naming import parents
from lorewright.flows.teacher_analyses import STEP as TEACHER_STEP
from lorewright.lineage import Ref
from lorewright.records import ChunkAnalysis, ChunkFields, Collection, Document, LanguageModel
from lorewright.settings import Settings
from lorewright.store import (
    Run,
    Store,
    Workspace,
    made_in_run,
    making_of,
    remember_file,
    runs_of,
)

_NAMES = ("chunk", "chunk_handle")
RUN_COLUMNS = ("precision", "accuracy", "cost_usd", "seconds")
"""What is known of an analysis as a whole."""
PRESETS: Mapping[str, tuple[str, ...]] = {
    "quality": (
        *_NAMES, "doc_title", "chunk_type", "precision", "accuracy", "chunk_summary_1s",
        "coverage_tag", "difficulty_level", "review_status",
    ),
    "cost": (
        *_NAMES, "doc_title", "token_count", "overlap_tokens", "label_source_auto_manual_mixed",
        "label_model", "label_timestamp_iso", "cost_usd", "seconds",
    ),
    "content": (
        *_NAMES, "doc_title", "section_heading", "page_start", "page_end", "chunk_type",
        "chunk_summary_1s", "key_terms", "intent", "task_name", "steps_json", "claim", "citations",
        "scenario_type", "prompt_candidate", "target_answer",
    ),
    "risk": (
        *_NAMES, "doc_title", "safety_tags", "pii_flag", "ip_sensitivity", "compliance_flags",
        "novelty_tag", "include_in_training_yn", "data_split_train_dev_test", "review_status",
    ),
}  # fmt: skip
"""Columns for a purpose; `all` is every one."""

TELLS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet calculate a cell; such cells get an apostrophe in front."""


@dataclass
class Table:
    """A table, written."""

    path: Path
    columns: tuple[str, ...]
    rows: int = 0


class Changed(NamedTuple):
    """A dimension of a chunk that two runs see differently."""

    chunk: Ref
    handle: str
    field: str
    before: Any
    after: Any


class Sum(NamedTuple):
    """What a side of a comparison comes to."""

    chunks: int
    precision: Decimal | None
    """The mean; None without chunks."""
    accuracy: Decimal | None
    """The mean of those that have one."""
    cost_usd: Decimal
    quarantined: int
    """Values that do not count, because their words were not found or they break a bound."""
    unanswered: int
    teachers: tuple[str, ...]
    """The language models that were asked."""


@dataclass
class Comparison:
    """An earlier run against what is known today, or against another run."""

    run: Run
    against: Run | None = None
    """None means what is known today."""
    same: int = 0
    """Chunks that both see alike in every dimension."""
    changed: list[Changed] = field(default_factory=list[Changed])
    added: list[Ref] = field(default_factory=list[Ref])
    """Chunks that the earlier run did not know."""
    gone: list[Ref] = field(default_factory=list[Ref])
    sums: tuple[Sum, Sum] | None = None
    """Of the earlier run, and of the other side."""

    @property
    def by_field(self) -> dict[str, int]:
        """How many chunks changed in each dimension, most first."""
        return dict(Counter(one.field for one in self.changed).most_common())


class DescribingRun(NamedTuple):
    """A run that described chunks, and by whom."""

    number: int
    started_at: str
    state: str
    by: str
    """`rules` or `teacher`."""


def columns_of(asked: str) -> tuple[str, ...]:
    """The columns that a preset or a list with commas names.

    Raises:
        UsageError: when there is no such column.
    """
    all_columns = ("chunk", *(one.name for one in analyze.the_dimensions().dimension), *RUN_COLUMNS)
    if asked in PRESETS:
        return PRESETS[asked]
    if asked == "all":
        return all_columns
    names = tuple(name for one in asked.split(",") if (name := one.strip()))
    for name in names:
        if name not in all_columns:
            raise UsageError(
                f"there is no column {name!r}",
                hint=f"presets: {', '.join((*PRESETS, 'all'))}; columns: {', '.join(all_columns)}",
            )
    if not names:
        raise UsageError("no column is named")
    return names


def write_table(
    workspace: Workspace, store: Store, settings: Settings, *, columns: str, out: Path | None = None
) -> Table:
    """Write the chunks of every current document as CSV, row by row.

    Raises:
        NotYet: when a document is not described with today's settings and version.
    """
    names = columns_of(columns)
    preset = columns if columns in {*PRESETS, "all"} else "chosen"
    table = Table(out or workspace.exports / f"chunks-{preset}.csv", names)
    table.path.parent.mkdir(parents=True, exist_ok=True)
    documents = current_documents(store)
    for document in documents:
        for _ in analyses(store, settings, document):
            break  # told before anything is written: every document can be shown
    rests_on = _gathered(store, documents)
    place = workspace.local_path(table.path)
    # Remembered before it is written: what it repeats must be found when a source is erased.
    remember_file(store, place, "export", rests_on)
    digest = hashlib.sha256()
    with table.path.open("wb") as file:
        for row in _rows(store, settings, documents, names):
            line = _line(row)
            file.write(line)
            digest.update(line)
            table.rows += 1
    table.rows -= 1  # the heads of the columns
    remember_file(store, place, "export", rests_on, digest.hexdigest())
    return table


def compare_runs(
    store: Store, settings: Settings, number: int, *, other: int | None = None
) -> Comparison:
    """What is said otherwise than in an earlier run: in the run `other`, or by all known today.

    Raises:
        NotFound: when there was no such run.
    """
    found = Comparison(_run(store, number), None if other is None else _run(store, other))
    before = {one.chunk: one.ref for one in _of_run(store, number)}
    sides = _Adding(store), _Adding(store)
    now = _today(store, settings) if other is None else _last_of_run(store, other)
    for one in now:
        sides[1].add(one)
        old = before.pop(one.chunk, None)
        if old is None:
            found.added.append(one.chunk)
            continue
        earlier = one if old == one.ref else store.get(old, ChunkAnalysis)
        sides[0].add(earlier)
        changes = list(_changes(earlier, one))
        found.changed += changes
        found.same += not changes
    found.gone = sorted(before)
    for ref in found.gone:
        sides[0].add(store.get(before[ref], ChunkAnalysis))
    found.sums = sides[0].sum, sides[1].sum
    return found


def runs(store: Store) -> list[DescribingRun]:
    """Every run that described chunks, the oldest first."""
    found = [
        DescribingRun(*run, by)
        for step, by in ((STEP, "rules"), (TEACHER_STEP, "teacher"))
        for run in runs_of(store, step)
    ]
    return sorted(found)


def cell(value: Any) -> str:
    """A value as a cell: lists with bars, yes and no in words, nothing that calculates."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case list():
            text = " | ".join(cell(one) for one in value)  # pyright: ignore[reportUnknownVariableType]
        case {"step": str() as step, "details": str() as details}:
            text = f"{step} {details}".strip()
        case _:
            text = str(value)
    return f"'{text}" if text.startswith(TELLS_A_FORMULA) else text


def value_of(view: ChunkView, column: str) -> Any:
    """What a chunk has in a column."""
    if column == "chunk" or column in RUN_COLUMNS:
        return getattr(view, column)
    return view.called(column).value


def _rows(
    store: Store, settings: Settings, documents: Sequence[Ref], columns: Sequence[str]
) -> Iterator[Sequence[str]]:
    yield columns
    for document in documents:
        for view in Viewer(store, settings, document).every():
            yield [cell(value_of(view, column)) for column in columns]


def _line(row: Sequence[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(row)
    return buffer.getvalue().encode()


def _gathered(store: Store, documents: list[Ref]) -> Ref:
    """One record that rests on all that the table repeats."""
    collection = Collection(
        member_kind=Document.kind,
        count=len(documents),
        made_from=parents(store, documents),
    )
    store.put(collection)
    return collection.ref


class _Adding:
    """Adds up one side of a comparison."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._precision: list[int] = []
        self._accuracy: list[int] = []
        self._cost = Decimal(0)
        self._quarantined = self._unanswered = 0
        self._teachers: dict[Ref, None] = {}

    def add(self, one: ChunkAnalysis) -> None:
        """Count one analysis in."""
        self._precision.append(one.precision)
        self._accuracy += [] if one.accuracy is None else [one.accuracy]
        made = making_of(self._store, one.ref)
        self._cost += made.cost_usd if made else 0
        self._quarantined += len(one.quarantined)
        self._unanswered += len(one.unanswered)
        if one.teacher is not None:
            self._teachers[one.teacher] = None

    @property
    def sum(self) -> Sum:
        """What has been added."""
        asked = self._store.get_many(self._teachers, LanguageModel)
        return Sum(
            len(self._precision),
            _mean(self._precision),
            _mean(self._accuracy),
            self._cost,
            self._quarantined,
            self._unanswered,
            tuple(f"{one.provider}:{one.name}" for one in asked),
        )


def _mean(values: Sequence[int]) -> Decimal | None:
    return (Decimal(sum(values)) / len(values)).quantize(Decimal("0.01")) if values else None


def _today(store: Store, settings: Settings) -> Iterator[ChunkAnalysis]:
    return (
        one for document in current_documents(store) for one in known(store, settings, document)
    )


def _of_run(store: Store, number: int) -> Iterator[ChunkAnalysis]:
    refs = made_in_run(store, number, kind=ChunkAnalysis.kind)
    return store.get_many(refs, ChunkAnalysis)


def _last_of_run(store: Store, number: int) -> Iterator[ChunkAnalysis]:
    """Each chunk once, as the run left it."""
    last = {one.chunk: one.ref for one in _of_run(store, number)}
    return store.get_many(last.values(), ChunkAnalysis)


def _run(store: Store, number: int) -> Run:
    known_runs = runs(store)
    for run in known_runs:
        if run.number == number:
            return Run(*run[:3])
    there_are = ", ".join(str(run.number) for run in known_runs) or "none yet"
    raise NotFound(f"no run {number} described chunks", hint=f"there are: {there_are}")


def _changes(before: ChunkAnalysis, after: ChunkAnalysis) -> Iterator[Changed]:
    old, new = (one.fields.model_dump(mode="json") for one in (before, after))
    for name in ChunkFields.model_fields:
        if old[name] != new[name]:
            yield Changed(after.chunk, after.fields.chunk_handle, name, old[name], new[name])
