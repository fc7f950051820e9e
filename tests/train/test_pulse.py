"""Stalled is said by a clock that nobody sets."""

from hypothesis import given
from hypothesis import strategies as st

from lorewright.train.pulse import age_s, is_stalled, step_seconds

SECONDS = st.floats(0, 1e6)


def test_three_steps_of_silence_are_a_stall_but_not_before_some_seconds() -> None:
    assert not is_stalled(31.0, 20.0)
    assert is_stalled(61.0, 20.0)
    assert not is_stalled(29.0, 0.1)
    assert is_stalled(31.0, 0.1)
    assert is_stalled(2.0, 0.1, at_least_s=1.0)


def test_without_a_pace_nothing_is_stalled() -> None:
    assert not is_stalled(1e6, None)
    assert not is_stalled(None, 1.0)
    assert step_seconds([]) is None
    assert step_seconds([5.0]) is None


def test_the_pace_is_the_median_so_that_one_long_step_does_not_count() -> None:
    assert step_seconds([0.0, 1.0, 2.0, 60.0, 61.0, 62.0]) == 1.0


@given(last=SECONDS, now=SECONDS)
def test_no_age_is_negative_and_a_machine_started_again_has_none(last: float, now: float) -> None:
    age = age_s(last, now)

    assert (age is None) == (now < last)
    assert age is None or age >= 0


@given(st.lists(SECONDS, min_size=2))
def test_no_pace_is_negative_whatever_the_ticks(ticks: list[float]) -> None:
    assert (step_seconds(ticks) or 0.0) >= 0
