"""Sheets as files: written for one rater, read back by anybody who has the workspace."""

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evaluate.rated_arms import ARMS, lines_of
from flows.answered_workspace import answered_workspace, keep_answers
from flows.said_of import said_of
from flows.small_workspace import Small
from lorewright.errors import NotYet, Refused, Unreadable, UsageError
from lorewright.evaluate.dimensions import profile
from lorewright.evaluate.proof import Evidence, ProofRules, prove
from lorewright.flows.answered import newest_field
from lorewright.flows.blinding import FILE
from lorewright.flows.rated import how_of, ratings_of
from lorewright.flows.rating_sheets import Imported, SheetForm, Written, read_sheet, write_sheet
from lorewright.records import Ratings, Source
from lorewright.store import erase

Cells = dict[str, str]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Small]:
    with answered_workspace(tmp_path, scenarios=8) as made:
        yield made


def written(
    here: Small, path: Path, *, rater: str = "Ada", dimensions: str = "criteria"
) -> Written:
    field = newest_field(here.store, None)
    return write_sheet(
        here.workspace, here.store, here.settings, field,
        rater=rater, path=path, dimensions=dimensions,
    )  # fmt: skip


def read(here: Small, path: Path, *, rater: str | None = None) -> Imported:
    field = newest_field(here.store, None)
    return read_sheet(here.workspace, here.store, field, path, rater=rater)


def cells_of(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def fill(
    path: Path, change: Callable[[Cells], Cells], *, delimiter: str = ",", **more: Any
) -> None:
    """Save a sheet as a spreadsheet would, with every row changed."""
    rows = [change(cells) for cells in cells_of(path)]
    encoding = more.get("encoding", "utf-8-sig")
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.DictWriter(handle, [*rows[0]], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def by_voice(cells: Cells) -> Cells:
    """Whoever sounds warm is good."""
    value = "5" if cells["answer"].startswith("Warmly") else "3"
    client = cells["client_says"].rstrip(".").rpartition(" ")[2]
    is_meant = f"for s-{int(client):03} " in cells["answer"]
    keys = [key for key in cells if key in {*profile("criteria").keys, *profile("advisor").keys}]
    best = cells["letter"] if value == "5" and is_meant else ""
    return {**cells, **dict.fromkeys(keys, value), "preference": best}


def test_a_sheet_comes_back_as_ratings_of_a_person(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    made = written(here, sheet)
    fill(sheet, by_voice)

    found = read(here, sheet)

    assert found.is_new
    assert not found.reading.troubles
    assert found.reading.distracted == 0
    ratings = found.ratings
    assert (ratings.rater, ratings.by, ratings.origin) == ("Ada", "person", "measured")
    assert how_of(here.store, ratings) == ("sheet", "criteria")
    said = said_of(here, ratings)
    assert {(row.arm, row.value) for row in said.ratings} == {
        ("tuned", 5.0), ("prompted-base", 3.0), ("neutral-control", 3.0),
    }  # fmt: skip
    assert [one.preference for one in said.votes] == [1] * 8
    assert made.rows == 8 * 3 + 1 * 3 + 2 * 2  # once, a tenth again, and attention
    assert ratings in ratings_of(here.store, newest_field(here.store, None).asked.ref)


def test_a_sheet_holds_no_arm_and_not_the_secret(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    made = written(here, sheet)

    text = sheet.read_text(encoding="utf-8-sig") + made.guide.read_text(encoding="utf-8")

    secret = (here.workspace.folder / FILE).read_text().strip()
    for name in (*ARMS, secret):
        assert name not in text


def test_the_same_sheet_twice_is_found_to_be_the_same(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    written(here, sheet)
    fill(sheet, by_voice)
    first = read(here, sheet)

    again = read(here, sheet)

    assert not again.is_new
    assert again.ratings.ref == first.ratings.ref
    assert len(list(here.store.names(Ratings.kind))) == 1


def test_of_two_sheets_of_one_rater_the_last_one_counts(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    written(here, sheet)
    fill(sheet, by_voice)
    read(here, sheet)
    fill(sheet, lambda cells: {**cells, "voice": "1"})
    last = read(here, sheet)

    found = ratings_of(here.store, newest_field(here.store, None).asked.ref)

    assert [one.ref for one in found] == [last.ratings.ref]


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16")])
def test_a_sheet_may_be_saved_in_other_ways(
    here: Small, tmp_path: Path, delimiter: str, encoding: str
) -> None:
    sheet = tmp_path / "ada.csv"
    written(here, sheet)
    fill(sheet, by_voice, delimiter=delimiter, encoding=encoding)

    assert not read(here, sheet).reading.troubles


def test_a_cell_that_begins_like_a_formula_comes_back_as_it_was(tmp_path: Path) -> None:
    with answered_workspace(tmp_path, scenarios=2, arms=("prompted-base",)) as here:
        field = newest_field(here.store, None)
        evil = [
            line._replace(text=f"=HYPERLINK({line.scenario})")
            for line in lines_of("tuned", field.scenarios)
        ]
        keep_answers(here.store, field.asked, "tuned", evil)
        sheet = tmp_path / "ada.csv"
        written(here, sheet)
        text = sheet.read_text(encoding="utf-8-sig")

        fill(sheet, by_voice)

        assert "'=HYPERLINK" in text
        assert ",=HYPERLINK" not in text
        assert not read(here, sheet).reading.troubles


def test_a_sheet_that_is_marked_synthetic_is_so_for_good_and_proves_nothing_to_a_release(
    here: Small, tmp_path: Path
) -> None:
    sheet = tmp_path / "ada.csv"
    written(here, sheet, dimensions="advisor")
    fill(sheet, lambda cells: {**by_voice(cells), "synthetic": "yes"})

    ratings = read(here, sheet).ratings

    assert ratings.origin == "synthetic"
    rows = said_of(here, ratings).ratings
    names = tuple(sorted({row.scenario for row in rows}))
    assert prove(Evidence(names, rows, origin=ratings.origin), ProofRules()).origin == "synthetic"


def test_a_rater_whose_name_is_gone_has_to_be_named(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    written(here, sheet)
    fill(sheet, lambda cells: {**by_voice(cells), "rater": ""})

    with pytest.raises(Unreadable, match="does not say who"):
        read(here, sheet)
    found = read(here, sheet, rater="Ada")
    assert (found.ratings.rater, found.reading.troubles) == ("Ada", [])


def test_a_sheet_of_somebody_else_is_refused(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    written(here, sheet)
    fill(sheet, by_voice)

    with pytest.raises(UsageError, match="that of 'Ada', not of 'Ben'"):
        read(here, sheet, rater="Ben")


def test_a_name_that_was_changed_in_every_row_finds_no_row(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    made = written(here, sheet)
    fill(sheet, lambda cells: {**by_voice(cells), "rater": "Ben"})

    reading = read(here, sheet).reading

    assert reading.failed["an unknown code"] == made.rows
    assert (reading.accepted, len(reading.troubles)) == (0, made.rows)


def test_a_sheet_about_other_answers_is_refused(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    written(here, sheet)
    fill(sheet, by_voice)
    field = newest_field(here.store, None)
    anew = [line._replace(tokens=10) for line in lines_of("tuned", field.scenarios)]
    keep_answers(here.store, field.asked, "tuned", anew)

    with pytest.raises(UsageError, match="this sheet is about"):
        read(here, sheet)


def test_what_is_no_sheet_is_refused(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "other.csv"
    sheet.write_text("name,verdict\nx,accept\n")
    with pytest.raises(Unreadable, match="this is not a rating sheet"):
        read(here, sheet)
    written(here, tmp_path / "ada.csv")
    header = (tmp_path / "ada.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    sheet.write_text(f"{header}\n")
    with pytest.raises(NotYet, match="no rows"):
        read(here, sheet)


def test_a_sheet_is_not_written_over_somebodys_work(here: Small, tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    written(here, sheet)

    with pytest.raises(Refused, match="a rater's work"):
        written(here, sheet)


def test_erasing_a_source_destroys_the_sheets_that_repeat_it(here: Small, tmp_path: Path) -> None:
    sheet = here.workspace.folder / "ada.csv"
    written(here, sheet)
    source = next(
        name for name in here.store.names(Source.kind) if here.store.get(name, Source).licence
    )

    erase(here.store, source, here.workspace.folder, why="asked to")

    assert not sheet.exists()


def test_a_sheet_is_read_as_it_was_written_whatever_the_settings_say_now(
    here: Small, tmp_path: Path
) -> None:
    sheet = tmp_path / "ada.csv"
    field = newest_field(here.store, None)
    judges = here.settings.evaluation.judges.model_copy(
        update={"repeats": Decimal("0.5"), "attention": 0}
    )
    evaluation = here.settings.evaluation.model_copy(update={"judges": judges})
    settings = here.settings.model_copy(update={"evaluation": evaluation})
    made = write_sheet(
        here.workspace, here.store, settings, field,
        rater="Ada", path=sheet, dimensions="criteria",
    )  # fmt: skip
    fill(sheet, by_voice)

    reading = read(here, sheet).reading

    assert made.rows == 8 * 3 + 4 * 3
    assert (reading.accepted, reading.failed) == (made.rows + 8 + 4, {})


@pytest.mark.parametrize(
    "form",
    [
        SheetForm("0" * 16, "advisor", Decimal("0.1"), 2),
        SheetForm("a" * 16, "criteria", Decimal(0), 0),
        SheetForm("a" * 16, "criteria", Decimal("0.25"), 10),
    ],
)
def test_the_form_of_a_sheet_stands_in_a_cell(form: SheetForm) -> None:
    assert SheetForm.of(str(form)) == form


@pytest.mark.parametrize("cell", ["", "x", f"{'0' * 16}-voices-0.1-2", f"{'0' * 16}-advisor-9-2"])
def test_another_cell_is_no_form(cell: str) -> None:
    assert SheetForm.of(cell) is None
