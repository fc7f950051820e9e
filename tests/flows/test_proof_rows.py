"""Rows of the report of a proof, from ratings whose effects are known."""

import itertools

import pytest

from lorewright.evaluate.proof import ProofRules
from lorewright.flows.proof_rows import (
    EVERYTHING,
    agreement_of,
    length_of,
    means_of,
    order_of,
    ranking_of,
    wording_of,
)
from lorewright.statistics import Duel, Rating

TWO = ProofRules(dimensions=("x", "y"), permutations=200)


def rated(value: float, *, rater: str = "ann", dimension: str = "x", scenario: str = "s") -> Rating:
    return Rating(scenario, "", "tuned", rater, dimension, 0, 0, value)


def test_means_are_of_what_the_tests_use() -> None:
    ratings = [rated(4), rated(2, dimension="y"), rated(9, scenario="t"), rated(3, scenario="u")]

    whole, x, y = means_of(ratings, ("base", "tuned"), TWO)

    assert whole.means == (None, 3.0)  # of `s` alone: `t` is off the scale, `u` has no y
    assert x.means == (None, 3.5)
    assert y.means == (None, 2.0)


def test_raters_who_say_the_same_agree_and_one_alone_has_no_agreement() -> None:
    both = [
        rated(value, rater=rater, scenario=str(value), dimension=dimension)
        for value in (1, 2, 5)
        for rater in ("ann", "ben")
        for dimension in TWO.dimensions
    ]

    alike = {(one.about, one.measure): one for one in agreement_of(both, TWO, resamples=20)}
    alone = agreement_of([rated(3), rated(4, scenario="t")], TWO, resamples=20)

    assert len(alike) == 1 + 2 * len(TWO.dimensions)
    assert alike[EVERYTHING, "Krippendorff's alpha, interval"].estimate == pytest.approx(1)
    assert alike["x", "Gwet's AC2, ordinal"].estimate == pytest.approx(1)
    assert {(one.estimate, one.state) for one in alone} == {(None, "too few")}


def test_over_all_dimensions_an_answer_is_one_unit_and_a_part_of_a_sheet_none() -> None:
    rows = [
        rated(at + 1, rater=rater, scenario=str(at), dimension=dimension)
        for at in range(4)
        for rater in ("ann", "ben")
        for dimension in TWO.dimensions
        if (at, rater, dimension) != (3, "ben", "y")
    ]

    whole, *_ = agreement_of(rows, TWO, resamples=20)

    assert whole.units == 3
    assert agreement_of([], TWO) == ()


def test_a_judge_that_takes_the_first_is_told_from_one_that_wavers() -> None:
    rows = order_of({"first": [(1, -1)] * 12, "even": [(1, 0), (0, 1)] * 6, "firm": [(1, 1)] * 9})

    by_judge = {row.judge: row for row in rows}
    assert (by_judge["first"].flips, by_judge["first"].for_first) == (12, 12)
    assert (by_judge["first"].p_value or 1) < 0.001
    assert (by_judge["even"].p_value or 0) > 0.9
    assert by_judge["firm"].flips == 0


def test_three_arms_are_ranked_and_two_are_not() -> None:
    arms = ("tuned", "prompted-base", "base")
    duels = [
        Duel(f"s{at}", left, right, left if at % 4 else right)
        for at in range(40)
        for left, right in itertools.combinations(arms, 2)
    ]

    rows = ranking_of(duels)

    assert tuple(row.arm for row in rows) == arms
    assert (rows[0].wins, rows[0].losses) == (60, 20)
    assert rows[0].low is not None
    assert rows[0].low < (rows[0].strength or 0)
    assert ranking_of([duel for duel in duels if "base" not in duel]) == ()


def test_the_same_words_score_a_hundred() -> None:
    said = ["Open only the newest letter today, please."]

    (row,) = wording_of({"tuned": said}, said)

    assert (row.bleu, row.chrf) == pytest.approx((100, 100))
    assert "version" in row.signature


def test_lengths_on_one_side_are_warned_of() -> None:
    differences = [0.1, 0.4, 0.2, 0.6, 0.3, 0.5]

    even = length_of(differences, [-3.0, 4.0, -2.0, 5.0, 0.0, 1.0])
    longer = length_of(differences, [103.0, 104.0, 98.0, 105.0, 100.0, 101.0])

    assert even is not None
    assert longer is not None
    assert even.warning is None
    assert "100 % of the scenarios" in (longer.warning or "")
    same = length_of([0.1, 0.2, 0.3], [5.0, 5.0, 5.0])
    assert same is not None
    assert same.warning == "No line can be drawn through them: constant"
    assert length_of([], []) is None
