"""The page of an experiment and its curve, from numbers that are made up."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.pictures import (
    CurvePoint,
    ExperimentPage,
    PageCell,
    learning_curve,
    render_experiment,
)
from lorewright.pictures.experiment_page import SHADES, loss_map

POINTS = (
    CurvePoint("B1", 50, 2.5, 2.2, 2.8),
    CurvePoint("B2", 150, 2.1, 2.0, 2.2),
    CurvePoint("B3", 150, 2.3),
)


def a_cell(name: str, loss: float | None, **varied: str) -> PageCell:
    return PageCell(name, varied, "trained", loss, ("x",))


def a_page(*cells: PageCell) -> ExperimentPage:
    return ExperimentPage(
        name="B",
        title="How many <examples>",
        hypothesis="More is better.",
        claim="It is said.",
        dataset="plant",
        per="token",
        verdict="B1 is best.",
        sums="2 requested.",
        columns=("cell", "x"),
        cells=cells,
        notes=("a note",),
        curve=learning_curve(POINTS),
    )


def test_the_page_escapes_words_and_shows_what_failed() -> None:
    failed = replace(a_cell("B2", None, examples="150"), state="failed", reason="too <few>")
    page = render_experiment(a_page(a_cell("B1", 2.5, examples="50"), failed))

    assert "How many &lt;examples&gt;" in page
    assert "B2 failed:</strong> too &lt;few&gt;" in page
    assert "Said elsewhere, and not measured here" in page
    assert "<script" not in page


def test_two_things_that_vary_are_a_map_of_both() -> None:
    cells = [
        a_cell(f"{base}{size}", loss, base=base, size=size)
        for base, size, loss in (("a", "1", 1.0), ("a", "2", 2.0), ("b", "2", 3.0))
    ]
    found = loss_map(cells)

    assert (found.across, found.columns) == ("size", ("1", "2"))
    assert [label for label, _ in found.rows] == ["base a", "base b"]
    assert found.rows[1][1][0] is None
    assert [square.shade for _, row in found.rows for square in row if square] == [0, 2, 4]


@given(st.lists(st.none() | st.floats(0.1, 9), min_size=1, max_size=8))
def test_the_more_it_loses_the_stronger_its_colour(losses: list[float | None]) -> None:
    cells = [a_cell(str(place), loss, rank=str(place)) for place, loss in enumerate(losses)]
    (row,) = loss_map(cells).rows
    squares = [square for square in row[1] if square]

    assert len(squares) == len(losses)
    told = sorted((one.cell.loss, one.shade) for one in squares if one.cell.loss is not None)
    shades = [shade for _, shade in told]
    assert shades == sorted(shade or 0 for shade in shades)
    assert all(shade is not None and 0 <= shade < SHADES for shade in shades)


def test_a_single_cell_is_a_map_of_one() -> None:
    found = loss_map([a_cell("A1", 2.0)])

    assert found.rows[0][1][0] is not None
    assert render_experiment(replace(a_page(a_cell("A1", 2.0)), curve=None, claim=None))


def test_the_curve_goes_through_the_means_and_every_training_is_a_mark() -> None:
    picture = learning_curve(POINTS)
    drawn = ET.fromstring(str(picture.wide))

    circles = [one for one in drawn.iter("circle") if one.get("class") == "mark tuned"]
    assert len(circles) == len(POINTS)
    assert len([one for one in drawn.iter("path") if one.get("class") == "curve tuned"]) == 1
    assert picture.reading == (
        "From 50 to 150 examples the held-out loss fell: 2.500 to 2.200 nats per token."
    )
    assert picture.table.rows[2][3] == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((), "No training has a held-out loss yet."),
        (POINTS[:1], "With 50 examples 2.500 nats per token."),
        ((POINTS[0], CurvePoint("B9", 900, 2.9)), "did not fall"),
    ],
)
def test_what_the_curve_says(points: tuple[CurvePoint, ...], words: str) -> None:
    assert words in learning_curve(points).reading
