"""Balance: counts by task form, level and split."""

import re

from lorewright.pictures import BalanceCell, balance
from lorewright.records import Level, Split
from pictures.drawings import cells, shapes, words

CELLS = (
    BalanceCell("why_it_is", Level.CHUNK_PURE, Split.TRAIN, 30),
    BalanceCell("why_it_is", Level.CHUNK_ENHANCED, Split.TRAIN, 10),
    BalanceCell("why_it_is", Level.CHUNK_PURE, Split.RECALL, 8),
    BalanceCell("procedure", Level.CHUNK_PURE, Split.TRAIN, 2),
)


def test_the_table_sums_over_levels_and_over_splits() -> None:
    picture = balance(CELLS)

    assert picture.table.columns[1:5] == (
        "chunk pure",
        "chunk enhanced",
        "document integrated",
        "domain expert",
    )
    assert cells(picture)["why it is"] == ("38", "10", "0", "0", "40", "0", "8", "0", "48")


def test_the_most_frequent_form_comes_first_and_is_named() -> None:
    picture = balance(CELLS)

    assert picture.table.rows[0][0] == "why it is"
    assert picture.reading == (
        "50 examples in 2 task forms; the most frequent, why it is, makes up 96 %; "
        "5 of 8 cells by level are empty."
    )


def test_empty_cells_are_dashed_and_carry_a_zero() -> None:
    picture = balance(CELLS)

    assert len(shapes(picture, "empty")) == words(picture).count("0") == 5 + 5


def test_fuller_cells_are_darker() -> None:
    picture = balance(
        BalanceCell(f"form {count}", Level.CHUNK_PURE, Split.TRAIN, count)
        for count in (100, 75, 50, 25, 1)
    )

    steps = [int(step) for step in re.findall(r'class="on-ramp-(\d)"', picture.wide)]
    by_level = steps[:5]
    assert by_level == [4, 3, 2, 1, 0]


def test_a_telephone_shows_one_map_above_the_other() -> None:
    picture = balance(CELLS)

    heights = {
        label.text: float(label.attrib["y"]) for label in shapes(picture, "strong", narrow=True)
    }
    assert heights["By level"] < heights["By split"]
    assert words(picture, narrow=True).count("why it is") == 2
