"""Agreement: the textbook's numbers, other libraries', and the states of too little."""

import importlib
import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics import (
    Case,
    Distance,
    Nearness,
    Sheet,
    State,
    agreeing_between,
    agreeing_within,
    flips,
    gwet,
    kappa,
    krippendorff,
    repeated,
)
from lorewright.statistics.coincidences import alpha_of, alphas_of_counts

raters: Any = importlib.import_module("statsmodels.stats.inter_rater")
metrics: Any = importlib.import_module("sklearn.metrics")

OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
"""Krippendorff's own example: four observers, twelve units, a point where nothing was said."""

readings = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=4, max_size=40
).filter(lambda rows: len({one for row in rows for one in row}) > 1)


def textbook() -> Sheet:
    rows = [row.split() for row in OBSERVERS]
    return {
        f"unit {unit:02}": {
            f"observer {observer}": float(row[unit])
            for observer, row in enumerate(rows)
            if row[unit] != "."
        }
        for unit in range(12)
    }


@pytest.mark.parametrize(
    ("distance", "alpha"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_krippendorffs_alpha_of_the_textbook(distance: Distance, alpha: float) -> None:
    found = krippendorff(textbook(), distance=distance)

    assert found.estimate == pytest.approx(alpha, abs=5e-4)
    assert (found.n, found.left_out, found.raters) == (11, 1, 4)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= alpha <= found.high


@pytest.mark.parametrize("distance", ["nominal", "ordinal", "interval", "ratio"])
def test_the_alpha_that_is_resampled_is_that_of_evalica(distance: Distance) -> None:
    rated = {unit: ratings for unit, ratings in textbook().items() if len(ratings) > 1}
    values = np.arange(1.0, 6.0)
    counts = np.asarray(
        [[[*unit.values()].count(one) for one in values] for unit in rated.values()]
    )
    observers = [f"observer {one}" for one in range(4)]

    found = alphas_of_counts(counts.astype(float), np.ones((1, 11)), values, distance)

    assert found[0] == pytest.approx(alpha_of(rated, observers, distance), abs=1e-12)


def test_gwets_ac1_of_the_textbook() -> None:
    """irrCAC 1.0 on the same data: AC1 0.77544 with 0.461 to 1."""
    found = gwet(textbook(), weights="identity")

    assert found.estimate == pytest.approx(0.77544, abs=5e-6)
    assert found.low == pytest.approx(0.461, abs=5e-4)
    assert found.high == 1


def test_gwets_coefficient_stays_high_where_nearly_all_ratings_are_the_same() -> None:
    sheet: dict[str, dict[str, float]] = {
        str(unit): {"anna": 5.0, "ben": 5.0} for unit in range(48)
    }
    sheet |= {"48": {"anna": 5.0, "ben": 1.0}, "49": {"anna": 1.0, "ben": 5.0}}

    paradox, robust = krippendorff(sheet, distance="nominal"), gwet(sheet, weights="identity")

    assert paradox.estimate is not None
    assert robust.estimate is not None
    assert paradox.estimate < 0.1
    assert robust.estimate > 0.9


@given(readings, st.sampled_from(["identity", "linear", "quadratic"]))
@settings(max_examples=25)
def test_kappa_agrees_with_statsmodels_and_scikit_learn(
    rows: list[tuple[int, int]], weights: Nearness
) -> None:
    counts = np.zeros((5, 5))
    for one, other in rows:
        counts[one - 1, other - 1] += 1
    wanted = {"identity": None, "linear": "linear", "quadratic": "quadratic"}[weights]
    with np.errstate(all="ignore"):  # it divides by the variance under the null, which may be 0
        known = raters.cohens_kappa(counts, wt=wanted)

    found = kappa(rows, weights=weights, categories=[1, 2, 3, 4, 5])

    if wanted is None:
        learned = metrics.cohen_kappa_score(*zip(*rows, strict=True), labels=[1, 2, 3, 4, 5])
        assert found.estimate == pytest.approx(learned)
    assert found.estimate == pytest.approx(known.kappa)
    if found.high is not None and found.high < 1:
        half = 1.959964 * math.sqrt(max(0.0, known.var_kappa))
        assert found.high - (found.estimate or 0) == pytest.approx(half, rel=1e-4, abs=1e-6)


def test_the_same_reading_again_is_perfect_and_said_in_shares_too() -> None:
    found = repeated([(1, 1), (3, 3), (5, 5), (2, 2)])

    assert (found.estimate, found.same, found.high) == (1, 1, 1)


@given(readings)
@settings(max_examples=20)
def test_agreement_does_not_depend_on_names_or_order(rows: list[tuple[int, int]]) -> None:
    sheet: Sheet = {f"{at:03}": {"a": one, "b": other} for at, (one, other) in enumerate(rows)}
    renamed: Sheet = {
        f"{999 - at:03}": {"y": one, "x": other} for at, (one, other) in enumerate(rows)
    }

    few = partial(krippendorff, resamples=40)
    for one, other in ((few(sheet), few(renamed)), (gwet(sheet), gwet(renamed))):
        assert one.estimate == pytest.approx(other.estimate)
        assert one.low is not None
        assert one.estimate is not None
        assert one.high is not None
        assert one.low - 1e-9 <= one.estimate <= one.high + 1e-9


@pytest.mark.parametrize("measure", [krippendorff, gwet])
def test_one_rater_and_one_value_are_named(measure: Any) -> None:
    alone: Sheet = {str(unit): {"anna": float(unit)} for unit in range(9)}
    same: Sheet = {str(unit): {"anna": 3.0, "ben": 3.0} for unit in range(9)}

    assert (measure(alone).state, measure(alone).left_out) == (State.TOO_FEW, 9)
    assert (measure(same).state, measure(same).estimate) == (State.CONSTANT, None)
    assert measure({}).state is State.TOO_FEW


def test_kappa_of_too_little_is_named() -> None:
    assert kappa([]).state is State.TOO_FEW
    assert kappa([(2, 2), (2, 2)]).state is State.CONSTANT
    assert kappa([(2, 2), (2, 2)]).same == 1


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(BadRecord, match="rating 2 of 2 is nan"):
        krippendorff({"a": {"anna": 1.0, "ben": math.nan}})
    with pytest.raises(BadRecord, match="6 is not on the scale of 1, 2, 3"):
        kappa([(1, 6), (2, 2)], categories=[1, 2, 3])
    with pytest.raises(BadSettings, match="at least one resample"):
        krippendorff({}, resamples=0)


def test_a_judge_that_favours_the_first_place_is_found() -> None:
    """Thirty of a hundred verdicts go to whichever answer was shown first."""
    fair = flips([(1, 1)] * 40 + [(-1, -1)] * 30 + [(1, -1)] * 15 + [(-1, 1)] * 15)
    biased = flips([(1, 1)] * 40 + [(-1, -1)] * 30 + [(1, -1)] * 28 + [(0, 1)] * 2)

    assert (fair.flips, fair.estimate) == (30, 0.3)
    assert fair.p_value == 1
    assert (biased.for_first, biased.for_second) == (28, 2)
    assert biased.p_value is not None
    assert biased.p_value < 0.001
    assert flips([(1, 1)] * 9).p_value is None
    assert flips([]).state is State.TOO_FEW


def test_each_two_votes_on_a_case_are_compared_once() -> None:
    within = agreeing_within([("q1", ["a", "a", "b"]), ("q2", ["a", "a"])])
    between = agreeing_between([Case("q1", ["a"], ["a", "b"]), Case("q2", ["tie"], ["b"])])
    decided = agreeing_between([Case("q1", ["a", "tie"], ["a"])], without=frozenset({"tie"}))

    assert (within.same, within.n, within.clusters) == (2, 4, 2)
    assert (between.same, between.n) == (1, 3)
    assert (decided.same, decided.n, decided.state) == (1, 1, State.TOO_FEW)
    assert agreeing_within([]).estimate is None
