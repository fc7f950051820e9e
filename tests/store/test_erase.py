"""After `erase` the words of a source are in no byte of the workspace, and nothing else is lost."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.event import listen

from builders import (
    WORDS,
    a_base,
    a_call,
    a_chunk,
    a_language_model,
    a_recipe,
    a_rejection,
    a_verdict,
    an_adapter,
    an_example,
    keep_document,
)
from lorewright.errors import Erased, StorageError
from lorewright.lineage import Ref
from lorewright.records import Dataset, Document, Example, Source, Split, StoredFile, Verb
from lorewright.settings import Settings
from lorewright.store import (
    Ledger,
    Making,
    RunItem,
    Store,
    Workspace,
    add_run_item,
    alias,
    begin_run,
    decide,
    end_run,
    erase,
    every_call,
    freeze,
    licence_of,
    members,
    memo_key,
    plan_erasure,
    remember_file,
    seconds,
    set_alias,
    totals,
    verify,
    withdrawal,
    words_of,
    written_files,
)
from lorewright.store import erase as erase_function
from lorewright.store.tables import metadata, run_items

PLANTED = "quërxolotl"
PLANTED_WORDS = (
    f"# The {PLANTED}\n\nEvery {PLANTED} sleeps all day. Nobody has woken a {PLANTED}.\n"
)
FORMS = {
    PLANTED.encode(),
    PLANTED.encode("utf-16-le"),
    PLANTED.encode("utf-16-be"),
    PLANTED.encode("latin-1"),
    json.dumps(PLANTED).strip('"').encode(),
}


@dataclass(frozen=True, slots=True)
class Story:
    """A source with all that rests on it, beside another one."""

    source: Ref
    doomed: set[Ref]
    adapter: Ref
    dataset: Dataset
    other: Example
    outside: Path


def tell(store: Store, workspace: Workspace) -> Story:
    """Plant the words in every place that a source's words can reach."""
    document = keep_document(store, PLANTED_WORDS, file_name=f"{PLANTED}.md")
    (source,) = document.made_from
    other_document = keep_document(store, WORDS)
    other = an_example(other_document)
    chunk = a_chunk(document, heading=f"The {PLANTED}")
    recipe = a_recipe("generate")
    example = an_example(document, 0, 20, question=f"What is a {PLANTED}?")
    rejection = a_rejection(document, question=f"A {PLANTED}?").model_copy(
        update={"detail": f"too little about the {PLANTED}", "outcome": "failed"}
    )
    store.put(chunk, recipe, other, a_language_model())
    _ask(store, document, other_document)
    key = memo_key("generate", code="1", inputs=[document.ref], recipe=recipe.ref)
    store.submit([example, rejection], memo=key, making=Making("generate", seconds(1))).result()
    run = begin_run(store, "generate")
    add_run_item(store, run, 0, RunItem(f"{PLANTED}.md", "made", memo=key))
    add_run_item(store, run, 1, RunItem(f"{PLANTED}.md", "failed", f"no {PLANTED} here"))
    end_run(store, run, "partial")
    dataset = freeze(
        store,
        "coach",
        ((Split.TRAIN, name) for name in sorted([example.ref, other.ref])),
        made_from=(document.ref, recipe.ref),
    )
    vocabulary = store.put_blob(f'["{PLANTED}"]'.encode())
    base = a_base(dataset.ref).model_copy(
        update={"files": (StoredFile(path="tokenizer.json", blob=vocabulary),)}
    )
    for content in (b"low rank", b"history", b"scores"):
        store.put_blob(content)
    adapter = an_adapter(dataset.ref, base.ref)
    store.put(dataset, base, adapter, a_verdict(adapter.ref, dataset.ref))
    set_alias(store, "document@latest", document.ref)
    set_alias(store, "adapter@latest", adapter.ref)
    store.put_blob(f"never cited: {PLANTED}".encode())
    doomed = {source, document.ref, chunk.ref, example.ref, rejection.ref, base.ref}
    outside = _write_files(store, workspace, dataset.ref, base.ref, other=other.ref)
    return Story(source, doomed, adapter.ref, dataset, other, outside)


def _ask(store: Store, document: Document, other: Document) -> None:
    """A reply that repeats the words, an error that does, and a reply about something else."""
    ledger = Ledger(store)
    ledger.admit([document.ref, other.ref, a_language_model().ref])
    ledger.keep(a_call(document, key=b"1" * 32, text=f"A {PLANTED}."))
    failed = replace(
        a_call(document, key=b"2" * 32), state="failed", text=None, raw=PLANTED.encode("utf-16-le"),
        error=f"the server says: what is a {PLANTED}?",
    )  # fmt: skip
    ledger.keep(failed)
    ledger.keep(a_call(other, key=b"3" * 32)).result()


def _write_files(
    store: Store, workspace: Workspace, dataset: Ref, base: Ref, *, other: Ref
) -> Path:
    outside = workspace.folder.parent / "elsewhere.jsonl"
    for path in (workspace.exports / "coach.jsonl", workspace.reports / "coach.html", outside):
        path.parent.mkdir(exist_ok=True)
        path.write_text(PLANTED_WORDS, encoding="utf-8")
        remember_file(store, workspace.local_path(path), "export", dataset)
    harmless = workspace.exports / "other.jsonl"
    harmless.write_text(WORDS, encoding="utf-8")
    remember_file(store, workspace.local_path(harmless), "export", other)
    job = workspace.jobs / "abc" / "checkpoints"
    job.mkdir(parents=True)
    (job / "train.jsonl").write_text(json.dumps(PLANTED_WORDS), encoding="utf-8")
    remember_file(store, workspace.local_path(workspace.jobs / "abc"), "job", base)
    return outside


def files_with_the_words(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    named = [path for path in folder.rglob("*") if PLANTED in path.name]
    return named + [path for path in files if any(form in path.read_bytes() for form in FORMS)]


def rows_with_the_words(store: Store) -> list[str]:
    forms = [PLANTED, *(form.hex() for form in FORMS), json.dumps(PLANTED).strip('"')]
    with store.database.read() as db:
        rows = [
            f"{name}: {row}"
            for name in metadata.tables
            for row in db.execute(sa.text(f"SELECT CAST({name} AS text) FROM {name}")).scalars()
        ]
    assert rows
    return [row for row in rows if any(form in row for form in forms)]


def the_words_are_gone(workspace: Workspace, settings: Settings) -> None:
    if settings.database is None:
        assert files_with_the_words(workspace.folder) == []
    with workspace.open(settings) as store:
        assert files_with_the_words(workspace.folder) == []
        if settings.database is not None:
            assert rows_with_the_words(store) == []


def test_the_words_are_in_no_byte_of_the_workspace(
    workspace: Workspace, settings: Settings
) -> None:
    with workspace.open(settings, alone=True) as store:
        story = tell(store, workspace)
        assert files_with_the_words(workspace.folder)

        erase(store, story.source, workspace.folder, why="asked to")

        assert files_with_the_words(workspace.folder) == []
    the_words_are_gone(workspace, settings)


def test_the_search_finds_the_words_before(workspace: Workspace, settings: Settings) -> None:
    with workspace.open(settings) as store:
        tell(store, workspace)
        places = files_with_the_words(workspace.folder)
        if settings.database is not None:
            tables = {row.partition(":")[0] for row in rows_with_the_words(store)}
            assert tables == {"calls", "records", "run_items"}
        else:
            assert workspace.folder / "lorewright.db-wal" in places
    assert {"coach.jsonl", "coach.html", "train.jsonl"} <= {path.name for path in places}


def test_tombstones_stay_and_verify_is_green(store: Store, workspace: Workspace) -> None:
    story = tell(store, workspace)

    done = erase(store, story.source, workspace.folder, why="asked to")

    assert set(done.erased) == story.doomed
    assert done.must_retrain == [story.adapter]
    assert done.out_of_reach == [str(story.outside.resolve())]
    assert set(done.files) == {"exports/coach.jsonl", "reports/coach.html", "jobs/abc"}
    assert done.blobs == 3
    found = verify(store, workspace.folder)
    assert found.problems == []
    assert {told.split(" on ")[0] for told in found.erased} == story.doomed
    for ref in story.doomed:
        with pytest.raises(Erased, match=r"was erased on \d{4}-\d\d-\d\d: asked to"):
            store.get_any(ref)
    assert store.parents(story.source) == []
    assert store.children([story.source]) != []


def test_what_does_not_rest_on_it_stays_whole(store: Store, workspace: Workspace) -> None:
    story = tell(store, workspace)
    before = store.counts()

    erase(store, story.source, workspace.folder, why="asked to")

    assert store.get(story.other.ref, Example) == story.other
    assert store.document(story.other.evidence[0].document).words == WORDS
    assert store.get(story.dataset.ref, Dataset) == story.dataset
    assert story.other.ref in list(members(store, story.dataset, Split.TRAIN))
    assert list(store.get_many(members(store, story.dataset, Split.TRAIN), Example)) == [
        story.other
    ]
    assert alias(store, "document@latest") is None
    assert alias(store, "adapter@latest") == story.adapter
    after = store.counts()
    assert {kind: before[kind] - after.get(kind, 0) for kind in before} == {
        "adapter": 0, "base_model": 1, "chunk": 1, "dataset": 0, "document": 1, "example": 1,
        "language_model": 0, "recipe": 0, "rejection": 1, "source": 1, "verdict": 0,
    }  # fmt: skip


def test_a_plan_changes_nothing(store: Store, workspace: Workspace) -> None:
    story = tell(store, workspace)

    plan = plan_erasure(store, story.source, workspace.folder)

    assert set(plan.erased) == story.doomed
    assert plan.must_retrain == [story.adapter]
    assert verify(store, workspace.folder).erased == []
    assert files_with_the_words(workspace.folder)


def test_what_was_erased_cannot_be_put_again(store: Store, workspace: Workspace) -> None:
    document = keep_document(store, PLANTED_WORDS)
    example = an_example(document, 0, 20)
    recipe = a_recipe()
    store.put(example, recipe)
    key = memo_key("generate", code="1", inputs=[document.ref], recipe=recipe.ref)
    store.submit([example], memo=key).result()
    erase(store, document.made_from[0], workspace.folder, why="asked to")

    for attempt in (example, document, a_chunk(document), an_example(document, 0, 9)):
        with pytest.raises(Erased, match="was erased"):
            store.put(attempt)
    with pytest.raises(Erased, match="was erased"):
        store.memo(key)
    with pytest.raises(Erased, match="was erased"):
        keep_document(store, PLANTED_WORDS)
    with pytest.raises(Erased):
        store.document(document.ref)
    assert verify(store, workspace.folder).is_intact


def test_calls_lose_what_they_repeat_and_keep_their_numbers(
    store: Store, workspace: Workspace
) -> None:
    story = tell(store, workspace)
    before = totals(store)

    erase(store, story.source, workspace.folder, why="asked to")

    first, second, other = every_call(store)
    assert all(one.erased_at and one.error is None for one in (first, second))
    assert other.erased_at is None
    assert [words_of(store, one.number) for one in (first, second)] == [(None, None)] * 2
    assert words_of(store, other.number).text == "Once a week."
    assert totals(store) == before
    assert Ledger(store).find([b"1" * 32, b"3" * 32]).keys() == {b"3" * 32}
    with pytest.raises(Erased):
        Ledger(store).admit([story.source])


def test_the_notes_of_other_runs_stay(store: Store, workspace: Workspace) -> None:
    kept, doomed = keep_document(store), keep_document(store, PLANTED_WORDS)
    recipe = a_recipe()
    store.put(recipe)
    run = begin_run(store, "analyze")
    for position, document in enumerate([kept, doomed]):
        key = memo_key("analyze", code="1", inputs=[document.ref], recipe=recipe.ref)
        store.submit([a_chunk(document)], memo=key).result()
        add_run_item(store, run, position, RunItem(document.ref.short, "made", memo=key)).result()

    erase(store, doomed.made_from[0], workspace.folder, why="asked to")

    with store.database.read() as db:
        labels = list(db.scalars(sa.select(run_items.c.label).order_by(run_items.c.position)))
    assert labels == [kept.ref.short, "(erased)"]


def test_bytes_that_another_source_shares_stay(store: Store, workspace: Workspace) -> None:
    one = keep_document(store, WORDS, file_name="one.md")
    two = keep_document(store, WORDS, file_name="two.md")

    done = erase(store, one.made_from[0], workspace.folder, why="asked to")

    assert done.blobs == 0
    assert store.document(two.ref).words == WORDS
    assert verify(store, workspace.folder).is_intact


def test_decisions_about_what_was_erased_stay(store: Store, workspace: Workspace) -> None:
    (source,) = keep_document(store).made_from
    kept = store.get(source, Source)
    decide(store, source, Verb.LICENCE, why="they wrote", by="Ada", value="MIT")
    withdrawn = decide(store, source, Verb.WITHDRAW, why="contract ended", by="Ada")

    erase(store, source, workspace.folder, why="asked to")

    assert withdrawal(store, source) == withdrawn
    assert licence_of(store, kept) == "MIT"
    assert verify(store, workspace.folder).is_intact


def test_erasing_twice_is_erasing_once(store: Store, workspace: Workspace) -> None:
    story = tell(store, workspace)
    erase(store, story.source, workspace.folder, why="asked to")

    again = erase(store, story.source, workspace.folder, why="asked again")

    assert set(again.erased) == story.doomed
    assert again.files == []
    assert again.out_of_reach == [str(story.outside.resolve())]
    assert again.must_retrain == [story.adapter]
    found = verify(store, workspace.folder)
    assert found.is_intact
    assert all(told.endswith("asked to") for told in found.erased)


class CutOffError(Exception):
    """Stands for a process that dies."""


def cut_off_after(function: Callable[..., object], *, at_call: int) -> Callable[..., object]:
    """`function`, dying right after its call number `at_call`."""
    calls: list[None] = []

    def dying(*args: object, **kwargs: object) -> object:
        result = function(*args, **kwargs)
        calls.append(None)
        if len(calls) == at_call:
            raise CutOffError
        return result

    return dying


@pytest.mark.parametrize(
    ("owner", "name", "at_call"),
    [
        ("erase", "plan_erasure", 1),
        ("erase", "_bury", 1),
        ("erase", "_destroy", 1),
        ("erase", "_destroy", 2),
        ("erase", "forget_file", 1),
        ("blobs", "delete", 1),
        ("blobs", "delete", 2),
        ("erase", "_sweep_blobs", 1),
        ("database", "compact", 1),
    ],
)
def test_an_erasure_that_was_cut_off_is_completed_by_running_it_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, owner: str, name: str, at_call: int
) -> None:
    with workspace.open(Settings()) as store:
        story = tell(store, workspace)
        holders: dict[str, object] = {
            "erase": sys.modules[erase_function.__module__],
            "blobs": store.blobs,
            "database": store.database,
        }
        holder = holders[owner]
        with monkeypatch.context() as patch:
            patch.setattr(holder, name, cut_off_after(getattr(holder, name), at_call=at_call))
            with pytest.raises(CutOffError):
                erase(store, story.source, workspace.folder, why="asked to")

    with workspace.open(Settings()) as store:
        again = erase(store, story.source, workspace.folder, why="asked to")
        assert set(again.erased) == story.doomed
        assert again.must_retrain == [story.adapter]
        assert again.out_of_reach == [str(story.outside.resolve())]
        assert [file.path for file in written_files(store)] == [
            str(story.outside.resolve()),
            "exports/other.jsonl",
        ]
        assert verify(store, workspace.folder).is_intact
    the_words_are_gone(workspace, Settings())


def test_a_file_that_cannot_be_deleted_is_told(
    sqlite_store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tell(sqlite_store, workspace)

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path), missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(StorageError, match="Permission denied") as caught:
            erase(sqlite_store, story.source, workspace.folder, why="asked to")
    assert "it continues" in (caught.value.hint or "")

    erase(sqlite_store, story.source, workspace.folder, why="asked to")
    assert files_with_the_words(workspace.folder) == []


def test_what_a_killed_process_left_is_erased_too(
    sqlite_store: Store, workspace: Workspace
) -> None:
    """A blob is announced before it is written, so that no bytes lie there unknown."""
    source = keep_document(sqlite_store, PLANTED_WORDS).made_from[0]
    announced = sqlite_store.put_blob(f"{PLANTED} of a source that was never kept".encode())
    place = workspace.folder / "blobs" / "sha256" / announced.sha256[:2] / announced.sha256[2:]
    place.rename(place.with_name(f"{place.name}#1"))

    erase(sqlite_store, source, workspace.folder, why="asked to")

    assert files_with_the_words(workspace.folder) == []


def test_a_blob_is_announced_before_it_is_written(
    sqlite_store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_store.blobs, "put", cut_off_after(sqlite_store.blobs.put, at_call=1))
        with pytest.raises(CutOffError):
            sqlite_store.put_blob(PLANTED.encode())
    source = keep_document(sqlite_store).made_from[0]

    erase(sqlite_store, source, workspace.folder, why="asked to")

    assert files_with_the_words(workspace.folder) == []


def test_a_log_that_cannot_be_emptied_is_told(sqlite_store: Store) -> None:
    """While somebody reads, SQLite keeps the old words in its log; that must not pass as done."""

    def do_not_wait(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute("PRAGMA busy_timeout=1")

    engine = sqlite_store.database._writing  # pyright: ignore[reportPrivateUsage]
    listen(engine, "checkout", do_not_wait)
    keep_document(sqlite_store, PLANTED_WORDS)

    with sqlite_store.database.read() as db:
        db.execute(sa.select(run_items)).all()
        keep_document(sqlite_store)
        with pytest.raises(StorageError, match="while another process reads"):
            sqlite_store.database.compact()

    sqlite_store.database.compact()
