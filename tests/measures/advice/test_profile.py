"""The fixed thresholds are read as they were written, and say pass or fail in words."""

import pytest

from lorewright.errors import BadRecord
from lorewright.measures.advice import (
    Advice,
    Measurement,
    Metric,
    hold_against,
    origin_profile,
)

GOOD = (4, 1, 1, 300, 0.8, 1, 1, 0, 3, 1, 2, 2, 1)
PLAIN = (1, 0, 0, 150, 0.2, 0, 0, 3, 0, 0, 0, 1, 0)


def advice(*values: float | None) -> Advice:
    measured = {
        metric: Measurement(value, why_not=None if value is not None else "no")
        for metric, value in zip(Metric, values, strict=True)
    }
    return Advice(measured, None, None)


def test_an_arm_that_meets_all_meets_thirteen_and_beats_the_control_on_all() -> None:
    found = hold_against(origin_profile(), [advice(*GOOD)] * 3, [advice(*PLAIN)] * 3)

    assert (found.met, found.applied, found.beats, found.compared) == (13, 13, 13, 13)
    assert found.passes
    assert found.beats_enough
    assert found.critical_missed == ()
    assert found.sentence == (
        "13 of 13 thresholds are met, 11 are needed, and the control is beaten on 13 of 13"
    )


def test_a_plain_arm_meets_none_and_misses_what_is_critical() -> None:
    found = hold_against(origin_profile(), [advice(*PLAIN)])

    assert (found.met, found.passes, found.beats_enough, found.compared) == (0, False, False, 0)
    assert found.critical_missed == (
        Metric.EMOTION_WORDS,
        Metric.ACKNOWLEDGED_FIRST,
        Metric.SIGNATURE,
    )


def test_the_critical_bound_is_higher_than_the_threshold_for_emotion_words() -> None:
    row = hold_against(origin_profile(), [advice(3.5, *GOOD[1:])]).rows[Metric.EMOTION_WORDS]

    assert (row.is_met, row.is_critical_met) == (True, False)


def test_phrases_are_averaged_as_the_share_of_answers_that_have_one() -> None:
    def with_phrases(count: float) -> Advice:
        return advice(*GOOD[:6], count, *GOOD[7:])

    row = hold_against(origin_profile(), [with_phrases(5), with_phrases(0)]).rows[Metric.SIGNATURE]

    assert (row.mean, row.is_met) == (0.5, False)


def test_a_metric_that_does_not_apply_meets_nothing_and_is_said() -> None:
    found = hold_against(origin_profile(), [advice(*GOOD[:9], None, None, *GOOD[11:])])

    assert (found.met, found.applied, found.passes) == (11, 11, True)
    assert found.rows[Metric.BOTH_AND].is_met is None
    assert found.sentence.endswith("2 of 13 do not apply to these answers")


@pytest.mark.parametrize(
    ("mean", "other", "beats"), [(300, 150, True), (150, 300, False), (260, 390, False)]
)
def test_a_longer_answer_beats_none_within_the_bounds(
    mean: float, other: float, *, beats: bool
) -> None:
    assert origin_profile().thresholds[Metric.LENGTH].beats(mean, other) is beats


def test_fewer_unexplained_terms_are_better() -> None:
    threshold = origin_profile().thresholds[Metric.JARGON]

    assert threshold.beats(0.1, 2)
    assert not threshold.beats(2, 0.1)
    assert (threshold.is_met(0.3), threshold.is_met(0.31)) == (True, False)


def test_an_arm_without_answers_is_refused() -> None:
    with pytest.raises(BadRecord, match="without answers"):
        hold_against(origin_profile(), [])
