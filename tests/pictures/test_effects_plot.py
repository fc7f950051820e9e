"""The forest plot of a proof: intervals, a zero line, and where margins lie."""

from dataclasses import replace

import pytest

from lorewright.pictures import Effect, effects_plot
from pictures.drawings import cells, number, shapes, words
from pictures.proofs import some_effects

ONE = some_effects()[0]


def zero_of(*effects: Effect) -> float:
    (zero,) = shapes(effects_plot(effects), "zero")
    return number(zero, "x1")


def test_the_margin_lies_as_far_from_zero_as_it_asks_for() -> None:
    picture = effects_plot((replace(ONE, mean=0.4, low=0.2, high=0.6, margin=0.4),))

    (margin,) = shapes(picture, "margin")
    (mark,) = shapes(picture, "mark")
    assert number(margin, "x1") == pytest.approx(number(mark, "cx"), abs=0.2)
    assert number(margin, "x1") > zero_of(replace(ONE, mean=0.4, low=0.2, high=0.6, margin=0.4))


def test_an_arm_without_a_margin_has_no_stroke_for_it() -> None:
    assert not shapes(effects_plot((replace(ONE, margin=None),)), "margin")


@pytest.mark.parametrize(("mean", "is_right"), [(0.5, True), (-0.5, False)])
def test_what_is_ahead_lies_right_of_zero(mean: float, *, is_right: bool) -> None:
    row = replace(ONE, mean=mean, low=mean - 0.1, high=mean + 0.1)

    interval = shapes(effects_plot((row,)), "interval")[0]

    assert (number(interval, "x1") > zero_of(row)) is is_right


def test_the_reading_sorts_the_intervals_and_counts_those_without_one() -> None:
    effects = (
        replace(ONE, name="one"),
        replace(ONE, name="two", low=-0.1),
        replace(ONE, name="three", mean=-1, low=-2, high=-0.1),
        replace(ONE, name="four", low=None, high=None),
    )

    assert effects_plot(effects).reading == (
        "3 intervals. 1 lies right of zero, so the tuned adapter is ahead: one. 1 lies across "
        "zero, so no difference is shown: two. 1 lies left of zero, so the tuned adapter is "
        "behind: three. 1 comparison could not be tested."
    )


@pytest.mark.parametrize(("mean", "side"), [(0.5, "ahead"), (-0.5, "behind")])
def test_an_interval_that_does_not_hold_for_all_dimensions_claims_nothing(
    mean: float, side: str
) -> None:
    row = replace(ONE, name="reframing", mean=mean, low=mean - 0.1, high=mean + 0.1)

    held = effects_plot((row,)).reading
    alone = effects_plot((replace(row, adjusted=0.26, holds=False),)).reading

    assert f"the tuned adapter is {side}: reframing" in held
    assert "shows no difference once all dimensions are counted: reframing" in alone
    assert side not in alone


def test_dimensions_show_the_p_value_that_holds_for_all_of_them() -> None:
    picture = effects_plot(some_effects())

    assert "+0.61 [+0.41, +0.81], p = 0.0800" in words(picture)
    assert cells(picture)["emotional recognition"][5:7] == ("0.0100", "0.0800")


def test_a_comparison_without_an_interval_says_so() -> None:
    picture = effects_plot((replace(ONE, low=None, high=None, p_value=None),))

    assert "+0.42, not tested" in words(picture)
    assert cells(picture)["tuned \N{MINUS SIGN} the prompted base"][4:6] == ("\N{EN DASH}",) * 2
