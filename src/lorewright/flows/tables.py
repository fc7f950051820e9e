"""Chunks and their dimensions as a table for a spreadsheet, and one run against another."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lorewright import analyze
from lorewright.errors import NotFound, UsageError
from lorewright.flows.analyses import STEP, analyses
from lorewright.flows.current import current_documents
from lorewright.flows.dimensions import ChunkView, Viewer
from lorewright.flows.naming import parents
from lorewright.lineage import Ref
from lorewright.records import ChunkAnalysis, ChunkFields, Collection, Document
from lorewright.settings import Settings
from lorewright.store import Run, Store, Workspace, made_in_run, remember_file, runs_of

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


@dataclass
class Comparison:
    """An earlier run against today's analyses."""

    run: Run
    same: int = 0
    """Chunks that both see alike in every dimension."""
    changed: list[Changed] = field(default_factory=list[Changed])
    added: list[Ref] = field(default_factory=list[Ref])
    """Chunks that the earlier run did not know."""
    gone: list[Ref] = field(default_factory=list[Ref])

    @property
    def by_field(self) -> dict[str, int]:
        """How many chunks changed in each dimension, most first."""
        return dict(Counter(one.field for one in self.changed).most_common())


def columns_of(asked: str) -> tuple[str, ...]:
    """The columns that a preset or a list with commas names.

    Raises:
        UsageError: when there is no such column.
    """
    known = ("chunk", *(one.name for one in analyze.the_dimensions().dimension), *RUN_COLUMNS)
    if asked in PRESETS:
        return PRESETS[asked]
    if asked == "all":
        return known
    names = tuple(name for one in asked.split(",") if (name := one.strip()))
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no column {name!r}",
                hint=f"presets: {', '.join((*PRESETS, 'all'))}; columns: {', '.join(known)}",
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


def compare_runs(store: Store, settings: Settings, number: int) -> Comparison:
    """What today's analyses say otherwise than those of an earlier run.

    Raises:
        NotFound: when there was no such run.
    """
    found = Comparison(_run(store, number))
    refs = made_in_run(store, number, kind=ChunkAnalysis.kind)
    before = {one.chunk: one.ref for one in store.get_many(refs, ChunkAnalysis)}
    for document in current_documents(store):
        for now in analyses(store, settings, document):
            old = before.pop(now.chunk, None)
            if old is None:
                found.added.append(now.chunk)
            elif old == now.ref:
                found.same += 1
            else:
                changes = list(_changes(store.get(old, ChunkAnalysis), now))
                found.changed += changes
                found.same += not changes
    found.gone = sorted(before)
    return found


def runs(store: Store) -> list[Run]:
    """Every run that described chunks, the oldest first."""
    return runs_of(store, STEP)


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


def _run(store: Store, number: int) -> Run:
    for run in runs(store):
        if run.number == number:
            return run
    known = ", ".join(str(run.number) for run in runs(store)) or "none yet"
    raise NotFound(f"no run {number} described chunks", hint=f"there are: {known}")


def _changes(before: ChunkAnalysis, after: ChunkAnalysis) -> Iterator[Changed]:
    old, new = (one.fields.model_dump(mode="json") for one in (before, after))
    for name in ChunkFields.model_fields:
        if old[name] != new[name]:
            yield Changed(after.chunk, after.fields.chunk_handle, name, old[name], new[name])
