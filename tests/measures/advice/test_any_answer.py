"""Whatever an answer is, it is measured, and soon."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.measures.advice import (
    METRICS,
    Metric,
    Setting,
    lexicon,
    measure_advice,
)

CORPUS = Path(
    os.environ.get("LOREWRIGHT_CORPUS", Path(__file__).parents[3].parent / "shared" / "corpus")
)
EQ12 = CORPUS / "eq12" / "EQ-12-conversations-demo.json"
PIECES = st.sampled_from([
    "I feel", "worried", "both", "and", "?", "!", ".", "\n", "\\n", '"', "'", "\u2019", "1.", "-",
    "$5", "10%", "six", "months", "you", "should", "open", "your", "wife", "wants", "(", ")", "RSU",
    "which means", "\u00e9", "\u4f60", "\U0001f600", "\ud800", "\x00", "in", "...", ",",
])  # fmt: skip
ANSWERS = st.one_of(st.text(), st.lists(PIECES, max_size=60).map(" ".join))


@settings(max_examples=50)
@given(ANSWERS, ANSWERS)
def test_any_text_has_all_metrics_within_their_range(answer: str, prompt: str) -> None:
    measured = measure_advice(answer, Setting(prompt, is_conflict=True), known=lexicon())

    assert list(measured.values) == list(METRICS)
    for metric, one in measured.values.items():
        assert (one.value is None) == bool(one.why_not)
        assert one.value is None or one.value >= 0
        if metric is Metric.EMPATHY_FIRST:
            assert (one.value or 0) <= 1
    assert measured.value(Metric.ACKNOWLEDGED_FIRST) in {0, 1}
    assert (measured.value(Metric.VALIDATION) or 0) <= 3
    assert (measured.value(Metric.QUESTIONS) or 0) <= answer.count("?") + answer.count("\uff1f") + (
        sum(not letter.isascii() for letter in answer) * 3
    )


@settings(max_examples=50)
@given(ANSWERS)
def test_case_and_escaped_ends_of_lines_change_nothing(answer: str) -> None:
    plain = answer.replace("\n", " ").replace("\\", " ")
    lines = f"{plain}\n\nAnd so it is."

    escaped = measure_advice(lines.replace("\n", "\\n"), known=lexicon())

    assert escaped == measure_advice(lines, known=lexicon())


@pytest.mark.parametrize(
    "piece",
    [
        ".", "?", "'a ", "1", "1,", "1 to ", "(", "equity (", "\u201c", "\n", "- \n", "$", "both ",
        "I ", "a", "\u4f60", "your wife ... ", "you need to ", "!?", '"?', "one ", "e.g. ", "**",
    ],
)  # fmt: skip
def test_much_of_anything_is_measured_in_one_pass(piece: str) -> None:
    small, large = (piece * (size // len(piece)) for size in (1_000, 60_000))

    measured = measure_advice(large, Setting("my mortgage and my wife"), known=lexicon())

    ratio = len(large) / len(small)
    few = measure_advice(small, Setting("my mortgage and my wife"), known=lexicon())
    # As much of everything for as much text, give or take what is at the two ends.
    for metric in (Metric.LENGTH, Metric.NUMBERS):
        assert (measured.value(metric) or 0) <= ((few.value(metric) or 0) + 2) * ratio


def test_a_megabyte_of_advice_counts_what_its_parts_count() -> None:
    part = "I hear you (really). Your wife wants 5% in six months; open the $9 account, she feels. "
    setting = Setting("my wife and the mortgage")

    large = measure_advice(part * (1_000_000 // len(part)), setting, known=lexicon())

    small = measure_advice(part, setting, known=lexicon())
    for metric in (Metric.LENGTH, Metric.NUMBERS, Metric.PERSPECTIVE, Metric.STEPS):
        assert large.value(metric) == (small.value(metric) or 0) * (1_000_000 // len(part))


@pytest.mark.parametrize("answer", [None, 3, b"bytes", ["a"]])
def test_what_is_no_text_is_refused(answer: object) -> None:
    with pytest.raises(BadRecord, match="where a text is meant"):
        measure_advice(answer, known=lexicon())  # pyright: ignore[reportArgumentType] - on purpose


@pytest.mark.corpus
@pytest.mark.skipif(not EQ12.is_file(), reason="the conversations are not here")
def test_the_answers_of_a_real_advisor_have_what_they_are_known_for() -> None:
    conversations = json.loads(EQ12.read_text(encoding="utf-8"))["conversations"]
    answers = [
        (pair["target_response"], Setting(pair["current_user_input"]))
        for one in conversations
        for pair in one["training_pairs"]
        if pair["target_response"]
    ]

    measured = [measure_advice(*answer, known=lexicon()) for answer in answers]

    means = {metric: mean([one.value(metric) for one in measured]) for metric in Metric}
    print({metric.value: round(value, 2) for metric, value in means.items()})  # noqa: T201
    assert all(one.value(Metric.LENGTH) for one in measured)
    assert all(
        (one.value(Metric.QUESTIONS) or 0) <= text.count("?")
        for one, (text, _) in zip(measured, answers, strict=True)
    )
    assert all(len(one.ungrounded or ()) <= (one.value(Metric.NUMBERS) or 0) for one in measured)


def mean(values: list[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0
