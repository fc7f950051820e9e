"""The forest plot: intervals against the zero line."""

from dataclasses import replace

import pytest

from lorewright.pictures import PairedRow, forest_plot
from lorewright.records import Split
from pictures.drawings import cells, number, shapes, words
from pictures.invented import some_pairs

ROW = PairedRow(Split.RECALL, "base", 60, 0.5, 0.25, 0.75, 0.0001, 1.2, 54)


def zero_of(rows: tuple[PairedRow, ...]) -> float:
    (zero,) = shapes(forest_plot(rows), "zero")
    return number(zero, "x1")


def test_the_mark_lies_in_the_middle_of_its_interval() -> None:
    picture = forest_plot((ROW,))

    interval = shapes(picture, "interval base")[0]
    (mark,) = shapes(picture, "mark base")
    middle = (number(interval, "x1") + number(interval, "x2")) / 2
    assert number(mark, "cx") == pytest.approx(middle, abs=0.2)


def test_what_is_ahead_lies_right_of_zero_and_what_is_behind_left() -> None:
    behind = replace(ROW, mean=-0.5, low=-0.75, high=-0.25)

    for row, is_right in ((ROW, True), (behind, False)):
        interval = shapes(forest_plot((row,)), "interval base")[0]
        assert (number(interval, "x1") > zero_of((row,))) is is_right


def test_the_reading_sorts_the_intervals_by_where_they_lie() -> None:
    behind = replace(ROW, split=Split.TRANSFER, mean=-0.5, low=-0.75, high=-0.25)

    assert forest_plot((*some_pairs(), behind)).reading == (
        "5 intervals. 3 lie right of zero, so the tuned adapter is ahead: recall against base, "
        "recall against control, transfer against base. 1 lies across zero, so no difference is "
        "shown: transfer against control. 1 lies left of zero, so the tuned adapter is behind: "
        "transfer against base."
    )


def test_rivals_differ_in_the_shape_of_their_mark() -> None:
    picture = forest_plot(some_pairs())

    assert {mark.tag for mark in shapes(picture, "mark base")} == {"circle"}
    assert {mark.tag for mark in shapes(picture, "mark control")} == {"polygon"}


def test_numbers_stand_beside_each_row_and_in_the_table() -> None:
    picture = forest_plot((ROW,))

    assert "+0.50 [+0.25, +0.75], p < 0.001" in words(picture)
    assert "+0.50 [+0.25, +0.75], p < 0.001" in words(picture, narrow=True)
    assert cells(picture)["Recall: tuned \N{MINUS SIGN} base"] == (
        "60",
        "54 of 60",
        "+0.50",
        "+0.25 to +0.75",
        "< 0.001",
        "+1.20",
    )


def test_where_items_ahead_were_not_counted_the_table_says_nothing_of_them() -> None:
    picture = forest_plot((replace(ROW, items_ahead=None, p_value=0.04),))

    row = cells(picture)["Recall: tuned \N{MINUS SIGN} base"]
    assert row[1] == "\N{EN DASH}"
    assert row[4] == "0.0400"


def test_differences_that_are_all_zero_can_be_drawn() -> None:
    row = replace(ROW, mean=0.0, low=0.0, high=0.0, p_value=1.0, effect_size=0.0)

    assert "across zero" in forest_plot((row,)).reading
