"""Aliases, written files and runs: what changes, and is in nobody's name."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from builders import a_recipe, a_source, keep_document
from lorewright.errors import NotFound
from lorewright.lineage import Ref
from lorewright.store import (
    RunItem,
    Store,
    WrittenFile,
    add_run_item,
    alias,
    begin_run,
    end_run,
    forget_file,
    remember_file,
    set_alias,
    written_files,
)
from lorewright.store.tables import run_items, runs


def two_recipes(store: Store) -> tuple[Ref, Ref]:
    one, two = store.put(a_recipe("one"), a_recipe("two"))
    return one, two


def test_an_alias_means_what_it_was_last_set_to(store: Store) -> None:
    one, two = two_recipes(store)

    assert alias(store, "coach@latest") is None
    set_alias(store, "coach@latest", one)
    set_alias(store, "other@latest", one)
    set_alias(store, "coach@latest", two)

    assert alias(store, "coach@latest") == two
    assert alias(store, "other@latest") == one


def test_an_alias_of_nothing_cannot_be_set(store: Store) -> None:
    with pytest.raises(NotFound):
        set_alias(store, "coach@latest", a_source().ref)


def test_a_file_is_remembered_once_and_can_be_forgotten(store: Store) -> None:
    one, two = two_recipes(store)
    remember_file(store, "exports/b.jsonl", "export", one, "a" * 64)
    remember_file(store, "jobs/a", "job", one)
    remember_file(store, "exports/b.jsonl", "report", two, "b" * 64)

    assert written_files(store) == [
        WrittenFile("exports/b.jsonl", "report", two, "b" * 64),
        WrittenFile("jobs/a", "job", one, None),
    ]
    forget_file(store, "jobs/a")
    forget_file(store, "jobs/never")
    assert [file.path for file in written_files(store)] == ["exports/b.jsonl"]


def test_a_file_that_rests_on_nothing_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        remember_file(store, "exports/b.jsonl", "export", a_source().ref)


def test_a_run_keeps_its_items_in_order(store: Store) -> None:
    run = begin_run(store, "ingest")
    add_run_item(store, run, 0, RunItem("a.md", "made"))
    add_run_item(store, run, 1, RunItem("b.md", "failed", "the file is empty"))
    end_run(store, run, "partial")

    with store.database.read() as db:
        (row,) = db.execute(sa.select(runs))
        items = db.execute(sa.select(run_items).order_by(run_items.c.position)).all()
    assert (row.step, row.state) == ("ingest", "partial")
    assert row.started_at <= row.ended_at
    assert [(item.label, item.outcome, item.detail) for item in items] == [
        ("a.md", "made", ""),
        ("b.md", "failed", "the file is empty"),
    ]


def test_each_run_has_a_number_of_its_own(store: Store) -> None:
    assert begin_run(store, "ingest") < begin_run(store, "ingest")


def test_a_label_may_hold_what_no_database_takes(store: Store) -> None:
    run = begin_run(store, "ingest")
    name = Path(b"caf\xe9 \x00.md".decode(errors="surrogateescape"))

    add_run_item(store, run, 0, RunItem(str(name), "failed", "no \x00 please")).result()

    with store.database.read() as db:
        (item,) = db.execute(sa.select(run_items))
    assert item.label == "caf\\udce9 \\0.md"
    assert item.detail == "no \\0 please"


def test_an_alias_of_a_document_is_found(store: Store) -> None:
    document = keep_document(store)
    set_alias(store, "d", document.ref)

    assert alias(store, "d") == document.ref
