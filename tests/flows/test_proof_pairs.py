"""Answers and ratings side by side, one scenario at a time."""

import json
from collections.abc import Callable, Iterable

import pytest

from flows.proof_lines import (
    RULES,
    a_scenario,
    answer_lines,
    rating_line,
    rating_lines,
    scenarios,
    stored,
    vote_line,
)
from lorewright.errors import BadRecord
from lorewright.evaluate.answers import AnswerLine, read_answers
from lorewright.evaluate.proof import ProofArm
from lorewright.flows.proof_pairs import Stored, as_line, in_order, side_by_side
from lorewright.pictures import PairShown
from lorewright.statistics import Rating, aggregate

NAMES = ["s1", "s2", "s3"]


def pairs(of: Stored, names: list[str] = NAMES) -> list[PairShown]:
    return list(side_by_side(scenarios(names), of, RULES))


def test_every_scenario_comes_with_the_answers_and_ratings_of_its_arms() -> None:
    first, *_ = pairs(stored(NAMES))

    assert (first.scenario, first.family) == ("s1", "debt")
    assert first.says == ("I have not opened a letter.",)
    assert [(one.arm, one.mean) for one in first.arms] == [("prompted-base", 2.0), ("tuned", 3.0)]
    assert first.arms[1].replies[0].text == "s1 " * 8
    assert first.arms[1].reasons[0].reason == "warm"
    assert first.choices[0].preferred == "tuned"
    assert first.difference == 1.0


def test_a_mean_is_that_of_the_tests() -> None:
    rows = [("brand_voice", "ann", 4.0), ("reframing", "ann", 1.0), ("brand_voice", "ben", 5.0)]
    lines = {
        who: [
            rating_line("s1", dimension, value) for dimension, other, value in rows if other == who
        ]
        for who in ("ann", "ben")
    }
    expected = aggregate(
        [Rating("s1", "", "tuned", who, dimension, 0, 0, value) for dimension, who, value in rows],
        dimensions=RULES.dimensions,
    ).arms["tuned"]["s1"]

    (pair,) = pairs(Stored([], [*lines.items()]), ["s1"])

    assert pair.arms[0].mean == expected == 2.5
    assert dict(pair.arms[0].dimensions) == {"brand_voice": 4.5, "reframing": 1.0}


def test_a_scenario_that_nobody_answered_is_there_and_says_so() -> None:
    found = pairs(Stored([(ProofArm.TUNED, answer_lines(["s2"]))]))

    assert [one.scenario for one in found] == NAMES
    assert [len(one.arms[0].replies) for one in found] == [0, 1, 0]


def test_lines_about_no_scenario_of_the_evaluation_are_shown_as_that() -> None:
    found = pairs(Stored([(ProofArm.TUNED, answer_lines(["s0", "s2", "s9"]))]))

    assert [one.scenario for one in found] == ["s0", "s1", "s2", "s3", "s9"]
    assert found[0].situation == found[-1].situation == "no scenario of this evaluation"


def test_what_failed_is_kept_with_its_reason() -> None:
    line = AnswerLine("s1", 0, 0, None, 0, "failed", "cut at the limit")

    (pair,) = pairs(Stored([(ProofArm.TUNED, [line])]), ["s1"])

    assert pair.arms[0].replies[0].text is None
    assert pair.arms[0].replies[0].failure == "cut at the limit"


def test_a_second_reading_is_no_second_rating_and_no_second_vote() -> None:
    again = rating_line("s1", "reframing", 1, repeat=1)
    of = Stored(
        [],
        [("ann", [*rating_lines(["s1"], {"tuned": 4.0}), again])],
        [("ann", [vote_line("s1", "tuned"), vote_line("s1", "tie", repeat=1)])],
    )

    (pair,) = pairs(of, ["s1"])

    assert pair.arms[0].mean == 4.0
    assert [one.preferred for one in pair.choices] == ["tuned"]


def test_values_outside_the_scale_and_missing_ones_make_no_mean() -> None:
    lines = [rating_line("s1", "brand_voice", 9), rating_line("s1", "reframing", None)]

    (pair,) = pairs(Stored([], [("ann", lines)]), ["s1"])

    assert pair.difference is None
    assert all(one.mean is None for one in pair.arms)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (lambda: read_answers(b"no json\n"), "line 1 of the answers is no answer"),
        (lambda: read_answers(b'{"turn": 1}\n'), "scenario, Field required"),
        (lambda: answer_lines(["s2", "s1"]), "line 2: s1 stands behind s2"),
    ],
)
def test_lines_that_are_none_or_out_of_order_are_refused(
    lines: Callable[[], Iterable[AnswerLine]], sentence: str
) -> None:
    with pytest.raises(BadRecord, match=sentence) as caught:
        pairs(Stored([(ProofArm.TUNED, lines())]))
    assert caught.value.where == "answers of tuned"


def test_a_line_of_the_file_holds_the_whole_scenario() -> None:
    first, *_ = pairs(stored(NAMES))

    told = json.loads(as_line(first))

    assert told["scenario"] == "s1"
    assert told["difference"] == 1.0
    assert told["answers"]["tuned"]["replies"][0]["text"] == "s1 " * 8
    assert told["answers"]["tuned"]["reasons"][0]["why"] == "warm"
    assert told["preferences"][0]["preferred"] == "tuned"


def test_several_turns_stay_in_their_order() -> None:
    lines = [AnswerLine("s1", at, 0, str(at), 1, "end") for at in (1, 2)]
    asked = {"s1": a_scenario("s1", says=("one", "two"))}

    (pair,) = side_by_side(asked, Stored([("tuned", lines)]), RULES)

    assert [one.text for one in pair.arms[0].replies] == ["1", "2"]


def test_arms_stand_in_the_order_of_a_proof_and_others_behind() -> None:
    assert in_order({"tuned", "zeta"}, ["base"]) == ("base", "tuned", "zeta")
