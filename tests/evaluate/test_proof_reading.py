"""What raters said is read whole, and what no test takes is counted."""

import json
from typing import Any

import pytest

from lorewright.errors import BadRecord
from lorewright.evaluate.proof.reading import LeftOut, usable_ratings, usable_votes
from lorewright.evaluate.rating_lines import read_ratings, read_votes
from lorewright.statistics import Vote

FAMILIES = {"s-1": "budget", "s-2": "s-2"}
RATING = {
    "scenario": "s-1", "family": "budget", "arm": "tuned", "dimension": "brand_voice",
    "generation": 0, "turn": 0, "repeat": 0, "value": 4, "reason": "",
}  # fmt: skip
VOTE = {
    "scenario": "s-1", "first": "tuned", "second": "prompted-base", "preferred": "tuned",
    "question": "advice", "repeat": 0, "reason": "",
}  # fmt: skip


def raw(*rows: dict[str, Any]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def ratings(*rows: dict[str, Any]) -> tuple[list[Any], dict[str, int]]:
    left_out = LeftOut()
    lines = read_ratings(raw(*rows))
    found = list(usable_ratings(lines, rater="ann", families=FAMILIES, left_out=left_out))
    return found, {one.reason: one.count for one in left_out.exclusions()}


def votes(*rows: dict[str, Any], is_judge: bool = True) -> tuple[list[Vote], dict[str, int]]:
    left_out = LeftOut()
    found = usable_votes(
        read_votes(raw(*rows)),
        rater="ann",
        is_judge=is_judge,
        scenarios=FAMILIES,
        left_out=left_out,
    )
    return found, {one.reason: one.count for one in left_out.exclusions()}


def test_a_rating_carries_the_family_of_its_scenario_where_it_is_not_alone() -> None:
    found, left_out = ratings(RATING, {**RATING, "scenario": "s-2", "value": 2.5})

    assert [(one.scenario, one.family, one.value) for one in found] == [
        ("s-1", "budget", 4.0),
        ("s-2", "", 2.5),
    ]
    assert left_out == {}


def test_what_no_test_takes_is_counted_by_its_reason() -> None:
    found, left_out = ratings(
        {**RATING, "value": None},
        {**RATING, "repeat": 1},
        {**RATING, "scenario": "s-9"},
        {**RATING, "scenario": "s-8"},
    )

    assert found == []
    assert left_out == {
        "the rater could not tell": 1,
        "a repeat, which tests the rater": 1,
        "of a scenario that the verdict does not rest on": 2,
    }


@pytest.mark.parametrize(
    "bad", [{}, {**RATING, "value": "four"}, {**RATING, "arm": 1}, {**RATING, "turn": "0"}]
)
def test_a_line_that_is_no_rating_is_refused_with_its_number(bad: dict[str, Any]) -> None:
    with pytest.raises(BadRecord, match="line 2 of the ratings"):
        ratings(RATING, bad)


@pytest.mark.parametrize("bad", [{}, {**VOTE, "preferred": "alpha"}, {**VOTE, "first": None}])
def test_a_line_that_is_no_vote_is_refused_with_its_number(bad: dict[str, Any]) -> None:
    with pytest.raises(BadRecord, match="line 1 of the votes"):
        votes(bad)


def swapped(preferred: str, **more: Any) -> dict[str, Any]:
    return {**VOTE, "first": "prompted-base", "second": "tuned", "preferred": preferred, **more}


@pytest.mark.parametrize(
    ("first", "second", "preference"),
    [
        ("tuned", "tuned", 1),
        ("prompted-base", "prompted-base", -1),
        ("tuned", "prompted-base", 0),
        ("tie", "both-bad", 0),
    ],
)
def test_the_orders_of_a_judge_are_one_vote(first: str, second: str, preference: int) -> None:
    rows = {**VOTE, "preferred": first}, swapped(second)

    assert votes(*rows) == ([Vote("s-1", "ann", preference)], {})


def test_one_order_of_a_judge_is_no_vote_and_of_a_person_it_is() -> None:
    assert votes(VOTE) == ([], {"a vote of which one order is missing": 1})
    assert votes(VOTE, is_judge=False) == ([Vote("s-1", "ann", 1)], {})


def test_other_pairs_other_questions_repeats_and_other_scenarios_are_no_votes() -> None:
    found, left_out = votes(
        {**VOTE, "second": "base"},
        {**VOTE, "question": "coach"},
        {**VOTE, "repeat": 1},
        {**VOTE, "scenario": "s-9"},
    )

    assert found == []
    assert sorted(left_out.values()) == [1, 1]
