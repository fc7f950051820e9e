"""How near training comes to what is held out."""

import pytest

from lorewright.measures import Held, hold_out_reach

OIL = "Check the oil of every pump once a week, and write down the hour."
OILS = "Check the oil of each pump once every week and write the hour down."
GRIEF = "When somebody dies, money questions can wait until the kettle has boiled twice."


def held(name: str, *parts: str) -> Held:
    return Held(name, parts)


def test_the_farthest_is_what_training_says_least_about() -> None:
    found = hold_out_reach([held("new", GRIEF), held("old", OILS)], [held("t1", OIL)])

    assert found is not None
    assert (found.farthest.held_out, found.nearest.held_out) == ("new", "old")
    assert found.nearest.trained == "t1"
    assert found.farthest.cosine < 0.2
    assert found.nearest.cosine > 0.5
    assert found.mean == pytest.approx((found.farthest.cosine + found.nearest.cosine) / 2)


def test_the_same_words_have_a_cosine_of_one() -> None:
    found = hold_out_reach([held("a", OIL)], [held("t", GRIEF), held("u", OIL)])

    assert found is not None
    assert found.neighbours[0].trained == "u"
    assert found.neighbours[0].cosine == pytest.approx(1)


def test_of_several_parts_the_most_alike_counts() -> None:
    found = hold_out_reach([held("a", GRIEF, OIL)], [held("t", OIL)])

    assert found is not None
    assert len(found.neighbours) == 1
    assert found.neighbours[0].cosine == pytest.approx(1)


def test_without_training_everything_is_far_and_without_held_out_there_is_nothing() -> None:
    alone = hold_out_reach([held("a", OIL)], [])

    assert alone is not None
    assert alone.farthest == ("a", "", 0.0)
    assert hold_out_reach([], [held("t", OIL)]) is None


def test_more_training_never_moves_it_away() -> None:
    few = hold_out_reach([held("a", OILS)], [held("t", GRIEF)])
    more = hold_out_reach([held("a", OILS)], [held("t", GRIEF), held("u", OIL)])

    assert few is not None
    assert more is not None
    assert more.mean > few.mean
