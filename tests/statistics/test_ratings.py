"""The long table: what is averaged in which order, and that nothing is left out in silence."""

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.statistics import Exclusion, Rating, Vote, aggregate, both_orders, preferences


def a_rating(  # one keyword for each column
    value: float = 3.0,
    *,
    scenario: str = "s1",
    family: str = "",
    arm: str = "tuned",
    rater: str = "anna",
    dimension: str = "warmth",
    generation: int = 1,
    turn: int = 1,
) -> Rating:
    return Rating(scenario, family, arm, rater, dimension, generation, turn, value)


def a_table(value: Callable[[], float], scenarios: int = 6, raters: int = 3) -> list[Rating]:
    return [
        a_rating(
            value(), scenario=f"s{scenario}", arm=arm, rater=f"r{rater}", dimension=f"d{dimension}"
        )
        for scenario in range(scenarios)
        for arm in ("base", "tuned")
        for rater in range(raters)
        for dimension in range(2)
    ]


def test_a_scenario_is_one_number_however_often_it_is_rated() -> None:
    draws = random.Random(1)
    pairs = aggregate(a_table(lambda: float(draws.randint(1, 5)), scenarios=6, raters=5))

    assert len(pairs.paired_by_scenario("tuned", "base").differences) == 6


def test_dimensions_are_averaged_before_raters() -> None:
    ratings = [
        a_rating(1, dimension="warmth", rater="anna"),
        a_rating(3, dimension="depth", rater="anna"),
        a_rating(4, dimension="warmth", rater="ben"),
        a_rating(5, dimension="depth", rater="ben"),
    ]

    assert aggregate(ratings).arms["tuned"]["s1"] == (2 + 4.5) / 2


def test_each_turn_counts_once_however_many_raters_and_generations_it_has() -> None:
    ratings = [
        a_rating(5, turn=1, rater="anna"),
        a_rating(1, turn=2, rater="anna"),
        a_rating(2, turn=2, rater="ben"),
        a_rating(4, turn=2, generation=2, rater="anna"),
    ]

    assert aggregate(ratings).arms["tuned"]["s1"] == (5 + (1.5 + 4) / 2) / 2


def test_what_is_no_number_or_off_the_scale_is_left_out_and_counted() -> None:
    ratings = [
        a_rating(4, rater="anna"),
        a_rating(math.nan, rater="ben"),
        a_rating(7, rater="carl"),
        a_rating(0, rater="dora"),
    ]

    found = aggregate(ratings, scale=(1, 5))

    assert found.arms["tuned"]["s1"] == 4
    assert [(one.reason, one.count) for one in found.excluded] == [
        ("the value is no number", 1),
        ("the value lies outside 1 to 5", 2),
    ]
    assert found.excluded[1].first == (
        "scenario s1, arm tuned, turn 1, generation 1, rater carl, warmth"
    )


def test_a_rater_who_left_out_a_dimension_is_left_out_for_that_answer() -> None:
    ratings = [
        a_rating(5, rater="anna", dimension="warmth"),
        a_rating(3, rater="anna", dimension="depth"),
        a_rating(1, rater="ben", dimension="warmth"),
    ]

    found = aggregate(ratings)

    assert found.arms["tuned"]["s1"] == 4
    assert found.excluded == (
        Exclusion(
            "a rater left out a dimension of an answer",
            1,
            "scenario s1, arm tuned, turn 1, generation 1, rater ben",
        ),
    )


def test_only_the_dimensions_asked_for_are_averaged() -> None:
    ratings = [a_rating(5, dimension="warmth"), a_rating(1, dimension="depth")]

    assert aggregate(ratings, dimensions=["depth"]).arms["tuned"]["s1"] == 1


def test_the_same_rating_twice_counts_once_and_a_different_one_is_refused() -> None:
    twice = aggregate([a_rating(3), a_rating(3)])

    assert twice.excluded[0].reason == "the same rating stands there twice"
    with pytest.raises(BadRecord, match="two values, 3 and 4") as caught:
        aggregate([a_rating(3), a_rating(4)])
    assert caught.value.where == (
        "scenario s1, arm tuned, turn 1, generation 1, rater anna, warmth"
    )


def test_scenarios_of_one_arm_only_are_left_out_of_the_pairs_and_counted() -> None:
    ratings = [
        a_rating(4, scenario="both"),
        a_rating(3, scenario="both", arm="base", rater="ben"),
        a_rating(2, scenario="ours"),
        a_rating(2, scenario="theirs", arm="base"),
    ]

    pairs = aggregate(ratings).paired_by_scenario("tuned", "base")

    assert pairs.scenarios == ("both",)
    assert pairs.differences == (1,)
    assert pairs.uneven_raters == 1
    assert [(one.reason, one.count, one.first) for one in pairs.excluded] == [
        ("no usable rating of tuned", 1, "scenario theirs"),
        ("no usable rating of base", 1, "scenario ours"),
    ]


def test_a_missing_arm_and_arms_without_a_common_scenario_are_named() -> None:
    found = aggregate([a_rating(scenario="a"), a_rating(scenario="b", arm="base")])

    with pytest.raises(BadRecord, match="no rating of the arm control can be used"):
        found.paired_by_scenario("tuned", "control")
    with pytest.raises(BadRecord, match="no scenario in common"):
        found.paired_by_scenario("tuned", "base")
    with pytest.raises(BadRecord) as caught:
        aggregate([]).paired_by_scenario("tuned", "base")
    assert caught.value.hint == "there are none at all"


def test_a_scenario_has_one_family_and_without_one_is_its_own() -> None:
    found = aggregate([a_rating(scenario="a", family="debts"), a_rating(scenario="b")])

    assert found.families == {"a": "debts", "b": "b"}
    with pytest.raises(BadRecord, match="belongs to debts and to savings"):
        aggregate([a_rating(family="debts"), a_rating(family="savings", rater="ben")])


@given(st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_the_rows_changes_nothing(draws: random.Random) -> None:
    rows = a_table(lambda: draws.uniform(1, 5))
    shuffled = [*rows]
    draws.shuffle(shuffled)

    one = aggregate(rows).paired_by_scenario("tuned", "base")

    assert aggregate(shuffled).paired_by_scenario("tuned", "base") == one


def test_the_majority_of_the_raters_decides_a_scenario() -> None:
    votes = [
        Vote("a", "anna", 1),
        Vote("a", "ben", 1),
        Vote("a", "carl", -1),
        Vote("b", "anna", 1),
        Vote("b", "ben", -1),
        Vote("c", "anna", -1),
    ]

    found = preferences(votes)

    assert found.by_scenario == {"a": 1, "b": 0, "c": -1}
    assert (found.wins, found.ties, found.losses) == (1, 1, 1)


def test_a_vote_twice_or_of_another_kind_is_refused() -> None:
    with pytest.raises(BadRecord, match="voted twice"):
        preferences([Vote("a", "anna", 1), Vote("a", "anna", 1)])
    with pytest.raises(BadRecord, match="not 2"):
        preferences([Vote("a", "anna", 2)])


def test_a_vote_that_changes_with_the_order_is_a_tie() -> None:
    assert both_orders(1, 1) == 1
    assert both_orders(-1, -1) == -1
    assert both_orders(1, -1) == 0
    assert both_orders(0, 1) == 0
