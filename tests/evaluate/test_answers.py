"""Answers are kept line by line, and come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.evaluate.answers import AnswerLine, read_answers, write_answers

WORDS = st.text(st.characters(exclude_categories=["Cs"]))


def an_answer(scenario: str, turn: int, generation: int, text: str | None) -> AnswerLine:
    failure = "it failed" if text is None else None
    return AnswerLine(scenario, turn, generation, text, 3, "end", failure)


ANSWERS = st.builds(an_answer, WORDS, st.integers(0, 9), st.integers(0, 3), st.none() | WORDS)


@given(st.lists(ANSWERS, unique_by=lambda one: one[:3]))
def test_what_is_written_is_read_in_order(answers: list[AnswerLine]) -> None:
    read = list(read_answers(write_answers(answers)))

    assert read == sorted(answers, key=lambda one: one[:3])


def test_the_order_of_answers_makes_no_other_bytes() -> None:
    answers = [AnswerLine("s", turn, 0, "Yes.\u2028No.", 3, "end", None) for turn in range(3)]

    assert write_answers(answers) == write_answers(reversed(answers))


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"scenario": "s"}',
        b'{"scenario":"s","turn":0,"generation":0,"text":null,"tokens":0,"stop":"","failure":null}',
        b'{"scenario":"s","turn":0,"generation":0,"text":"a","tokens":0,"stop":"","failure":"b"}',
    ],
)
def test_a_line_that_is_no_answer_is_named(line: bytes) -> None:
    good = write_answers([AnswerLine("s", 0, 0, "Yes.", 1, "end", None)])

    with pytest.raises(BadRecord, match="line 2 of the answers"):
        list(read_answers(good + line))
