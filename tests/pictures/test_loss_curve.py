"""Loss curves: what is drawn, smoothed and said."""

import math
import re
from itertools import pairwise

import pytest

from lorewright.pictures import LossPoint, LossSeries, loss_curve
from pictures.drawings import cells, number, shapes, words
from pictures.invented import some_losses


def a_series(*losses: float, held_out: tuple[LossPoint, ...] = ()) -> LossSeries:
    points = tuple(LossPoint(step, loss) for step, loss in enumerate(losses, start=1))
    return LossSeries("tuned", points, held_out)


def heights_of(curve: str) -> list[float]:
    return [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", curve)]


def test_both_adapters_have_dots_a_line_and_marks() -> None:
    picture = loss_curve(some_losses())

    for role in ("tuned", "control"):
        assert len(shapes(picture, f"dots {role}")) == 1
        assert len(shapes(picture, f"curve {role}")) == 2, "one in the legend, one in the plot"
        assert len(shapes(picture, f"mark {role}")) == 1 + 8


def test_the_two_differ_in_shape_and_not_by_colour_alone() -> None:
    picture = loss_curve(some_losses())

    assert {shape.tag for shape in shapes(picture, "mark tuned")} == {"circle"}
    assert {shape.tag for shape in shapes(picture, "mark control")} == {"polygon"}


def test_a_smaller_loss_lies_lower() -> None:
    held_out = (LossPoint(0, 5.0), LossPoint(10, 2.0))

    picture = loss_curve([a_series(5, 4, 3, held_out=held_out)])

    _, first, last = shapes(picture, "mark tuned")
    assert number(last, "cy") > number(first, "cy")
    assert number(last, "cx") > number(first, "cx")


def test_the_line_follows_the_trend_through_noise() -> None:
    losses = [5 - 0.01 * step + (0.5 if step % 2 else -0.5) for step in range(300)]

    picture = loss_curve([a_series(*losses)])

    curve = shapes(picture, "curve tuned", tag="path")[0].attrib["d"]
    heights = heights_of(curve)
    jumps = [abs(after - before) for before, after in pairwise(heights)]
    assert max(jumps) < 0.1 * (max(heights) - min(heights))
    assert heights[-20] > heights[20]


def test_the_reading_names_first_last_and_lowest_held_out_loss() -> None:
    held_out = (LossPoint(0, 5.0), LossPoint(50, 2.0), LossPoint(100, 2.25))

    assert loss_curve([a_series(4, 3, held_out=held_out)]).reading == (
        "Held-out loss of the tuned adapter: 5.00 at step 0, 2.25 at step 100 (lowest 2.00 at 50)."
    )
    assert (
        "2.00 at step 50 (its lowest)" in loss_curve([a_series(4, held_out=held_out[:2])]).reading
    )


def test_without_a_held_out_set_the_training_is_read() -> None:
    assert loss_curve([a_series(4.0, 3.0)]).reading == (
        "Training loss of the tuned adapter went from 4.00 to 3.00; nothing was held out."
    )
    assert loss_curve([a_series()]).reading == "No loss of the tuned adapter was recorded."


def test_held_out_losses_alone_are_drawn_as_marks() -> None:
    picture = loss_curve([a_series(held_out=(LossPoint(0, 5.0), LossPoint(10, 2.0)))])

    assert len(shapes(picture, "mark tuned")) == 1 + 2
    assert not shapes(picture, "curve tuned", tag="path")


def test_losses_that_are_no_numbers_are_counted_and_not_drawn() -> None:
    picture = loss_curve([a_series(4.0, math.nan, 3.0, math.inf)])

    assert "2 losses were not finite numbers and are not drawn." in picture.reading
    assert "nan" not in picture.wide
    assert "inf" not in picture.wide


def test_a_long_training_is_drawn_with_a_limited_number_of_dots() -> None:
    picture = loss_curve([a_series(*(3 + 1 / step for step in range(1, 5001)))])

    assert len(shapes(picture, "dots")[0]) <= 600


def test_the_table_follows_the_held_out_steps() -> None:
    picture = loss_curve(some_losses())

    assert [row[0] for row in picture.table.rows] == [str(step) for step in range(0, 351, 50)]
    assert picture.table.columns[1:3] == ("tuned, training (moving mean)", "tuned, held out")


def test_a_long_table_is_thinned_and_keeps_its_end() -> None:
    picture = loss_curve([a_series(*(5 - 0.001 * step for step in range(1000)))])

    assert len(picture.table.rows) <= 17
    assert list(cells(picture))[-1] == "1,000"


def test_a_single_step_can_be_drawn() -> None:
    assert "steps" in words(loss_curve([a_series(2.0)]))


@pytest.mark.parametrize("constant", [0.0, 3.5])
def test_a_loss_that_never_changes_can_be_drawn(constant: float) -> None:
    assert len(shapes(loss_curve([a_series(*[constant] * 5)]), "curve tuned")) == 2
