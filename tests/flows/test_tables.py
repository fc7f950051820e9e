"""Chunks as a spreadsheet, and one run against another."""

import csv
from pathlib import Path

import pytest

from flows.small_workspace import TEXT, Small, small
from lorewright.errors import NotFound, NotYet, UsageError
from lorewright.flows.analyses import STEP, analyses
from lorewright.flows.current import plan_of
from lorewright.flows.tables import (
    PRESETS,
    cell,
    columns_of,
    compare_runs,
    runs,
    write_table,
)
from lorewright.jobs import Piece, Prepared, run
from lorewright.records import CoverageTag
from lorewright.store import erase, verify


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("columns", [*PRESETS, "all"])
def test_every_preset_writes_a_row_per_chunk(columns: str, here: Small) -> None:
    table = write_table(here.workspace, here.store, here.settings, columns=columns)
    found = rows(table.path)

    assert table.rows == len(found) == here.store.counts()["chunk"]
    assert tuple(found[0]) == table.columns == columns_of(columns)


def test_chosen_columns_keep_their_order(here: Small, tmp_path: Path) -> None:
    out = tmp_path / "mine.csv"
    write_table(here.workspace, here.store, here.settings, columns="claim, chunk_type", out=out)

    assert list(rows(out)[0]) == ["claim", "chunk_type"]


def test_what_a_spreadsheet_would_calculate_is_kept_from_it(here: Small) -> None:
    table = write_table(here.workspace, here.store, here.settings, columns="section_heading")

    headings = {row["section_heading"] for row in rows(table.path)}
    assert "'=Formulas+ in headings" in headings
    assert not [one for one in headings if one.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        ([], ""),
        (["a", "b"], "a | b"),
        ([{"step": "Close it", "details": "at once"}], "Close it at once"),
        (7, "7"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@me", "'@me"),
        ("\tx", "'\tx"),
    ],
)
def test_cells_are_plain(value: object, text: str) -> None:
    assert cell(value) == text


def test_a_column_that_there_is_not_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no column 'beauty'") as caught:
        columns_of("claim,beauty")
    assert "chunk_handle" in str(caught.value.hint)
    with pytest.raises(UsageError, match="no column is named"):
        columns_of(" , ")


def test_a_table_needs_the_description_first(tmp_path: Path) -> None:
    with small(tmp_path) as here, pytest.raises(NotYet):
        write_table(here.workspace, here.store, here.settings, columns="all")


def test_a_table_is_checked_by_verify_and_destroyed_by_erase(here: Small) -> None:
    table = write_table(here.workspace, here.store, here.settings, columns="content")
    assert verify(here.store, here.workspace.folder).checked["files"] == 1
    table.path.write_text("changed", encoding="utf-8")
    assert verify(here.store, here.workspace.folder).problems

    erase(here.store, here.store.parents(here.document)[0], here.workspace.folder, why="a test")

    assert not table.path.exists()


def test_a_run_against_itself_is_the_same(here: Small) -> None:
    found = compare_runs(here.store, here.settings, runs(here.store)[0].number)

    assert found.same == here.store.counts()["chunk"]
    assert not found.changed
    assert not found.added
    assert not found.gone


def test_a_rule_that_says_something_else_is_shown_field_by_field(here: Small) -> None:
    now = list(analyses(here.store, here.settings, here.document))
    said = now[0].fields.model_copy(update={"coverage_tag": CoverageTag.EDGE})
    before = [now[0].model_copy(update={"fields": said}), *now[1:]]
    older = plan_of(STEP)._replace(code="older rules", recipe=now[0].made_from[-1])
    work = Piece("the document", lambda: Prepared((here.document,), lambda: before))
    run([work], step=older, store=here.store)

    found = compare_runs(here.store, here.settings, runs(here.store)[-1].number)

    assert found.by_field == {"coverage_tag": 1}
    assert [(one.chunk, one.before, one.after) for one in found.changed] == [
        (now[0].chunk, "edge", "core")
    ]
    assert found.same == len(now) - 1


def test_a_run_that_there_was_not_names_those_there_were(here: Small) -> None:
    with pytest.raises(NotFound, match="no run 99") as caught:
        compare_runs(here.store, here.settings, 99)

    assert caught.value.hint == f"there are: {runs(here.store)[0].number}"


def test_chunks_of_another_cut_are_new_and_gone(tmp_path: Path) -> None:
    with small(tmp_path, text=TEXT * 3) as here:
        here.analyze()
        chunks = here.settings.chunks.model_copy(update={"sequential_characters": 300})
        here.settings = here.settings.model_copy(update={"chunks": chunks})
        here.analyze()

        found = compare_runs(here.store, here.settings, runs(here.store)[0].number)

    assert found.added
    assert found.gone
    assert not found.same
