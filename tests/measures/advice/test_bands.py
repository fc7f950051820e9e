"""An answer is held against what is usual for the advisor, and against nothing else."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.measures.advice import (
    METRICS,
    Aim,
    Band,
    Metric,
    Setting,
    Target,
    calibrate,
    lexicon,
    measure_advice,
    score_advice,
)
from lorewright.records import Split

numbers = st.floats(-1e6, 1e6)


def target(answer: str, setting: Setting = Setting(), split: Split = Split.TRAIN) -> Target:  # noqa: B008
    return Target(answer, setting, split)


def words(count: int) -> str:
    return " ".join(["word"] * count) + "."


def test_a_score_falls_evenly_outside_of_the_band() -> None:
    band = Band(low=200, high=400, mean=290, answers=50)

    scores = [band.score(value) for value in (0, 100, 150, 200, 300, 400, 450, 600, 900)]

    assert scores == [0, 0.5, 0.75, 1, 1, 1, 0.75, 0, 0]


def test_where_all_are_alike_the_score_falls_over_their_own_size() -> None:
    assert [Band(4, 4, 4, 9).score(value) for value in (4, 3, 5, 8)] == [1, 0.75, 0.75, 0]
    assert [Band(0, 0, 0, 9).score(value) for value in (0, 0.5, 1)] == [1, 0.5, 0]


def test_less_than_the_advisor_is_no_fault_for_jargon() -> None:
    band = Band(2, 4, 3, 30, Aim.AT_MOST)

    assert [band.score(value) for value in (0, 2, 4, 5, 6)] == [1, 1, 1, 0.5, 0]


def test_a_no_scores_the_share_of_the_advisors_own_noes() -> None:
    band = Band(0, 1, 0.75, 40, Aim.RATE)

    assert (band.score(1), band.score(0)) == (1, 0.25)


@given(numbers, numbers, numbers, st.sampled_from(Aim), st.floats(0, 1))
def test_scores_lie_between_0_and_1(
    one: float, other: float, value: float, aim: Aim, mean: float
) -> None:
    band = Band(min(one, other), max(one, other), mean, 10, aim)

    assert 0 <= band.score(value) <= 1
    assert aim is Aim.RATE or band.score(band.low) == band.score(band.high) == 1


@given(st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_the_band_of_lengths_holds_its_own_middle(counts: list[int]) -> None:
    found = calibrate([target(words(count)) for count in counts], known=lexicon())

    band = found.bands[Metric.LENGTH]
    assert band.low <= statistics.median(counts) <= band.high
    assert band.answers == found.answers == len(counts)
    assert band.mean == pytest.approx(statistics.fmean(counts))


def test_percentiles_lie_between_their_neighbours() -> None:
    band = calibrate([target(words(count)) for count in range(1, 12)], known=lexicon()).bands[
        Metric.LENGTH
    ]

    assert (band.low, band.high, band.is_thin) == (2, 10, True)


def test_the_index_is_the_mean_of_what_applies() -> None:
    asked = Setting("How much of my salary do I save?")
    known = lexicon()
    found = calibrate(
        [target("I hear how worried you are. Save 10% this month.", asked)] * 3, known=known
    )

    scored = score_advice(
        measure_advice("I hear how worried you are. Save 10% this month.", asked, known=known),
        found,
    )

    assert set(scored.why_not) == {Metric.SIGNATURE, Metric.BOTH_AND, Metric.PERSPECTIVE}
    assert (scored.index.value, scored.index.applied, scored.index.of) == (1, 10, 13)


def test_what_applies_to_no_target_is_not_scored() -> None:
    known = lexicon()
    found = calibrate([target("Hello there.")], known=known)
    measured = measure_advice("They both matter.", Setting(is_conflict=True), known=known)

    scored = score_advice(measured, found)

    assert "none of the advisor's own answers" in scored.why_not[Metric.BOTH_AND]
    assert Metric.BOTH_AND not in scored.scores


@pytest.mark.parametrize("split", [split for split in Split if split is not Split.TRAIN])
def test_what_is_held_out_calibrates_nothing(split: Split) -> None:
    with pytest.raises(BadRecord, match=f"answer 2 .* {split.value}"):
        calibrate([target("One."), target("Two.", split=split)], known=lexicon())


def test_without_answers_there_is_no_band() -> None:
    with pytest.raises(BadRecord, match="no answer"):
        calibrate([], known=lexicon())


def test_every_metric_has_a_title_a_unit_and_an_aim() -> None:
    assert list(METRICS) == list(Metric)
    assert len({about.title for about in METRICS.values()}) == len(METRICS) == 13
