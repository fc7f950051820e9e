"""Answers are kept line by line and read back as they were."""

import pytest

from lorewright.errors import BadRecord
from lorewright.evaluate.answers import AnswerLine, read_answers, write_answers

LINES = [
    AnswerLine("s-2", 0, 0, "Größe\u2028zählt.\n", 4, "end"),
    AnswerLine("s-1", 1, 0, None, 0, "failed", "no room"),
    AnswerLine("s-1", 0, 1, "", 1, "end"),
]


def test_they_are_sorted_and_come_back_as_they_were() -> None:
    assert list(read_answers(write_answers(LINES))) == sorted(LINES, key=lambda line: line[:3])


def test_the_order_they_came_in_changes_no_byte() -> None:
    assert write_answers(LINES) == write_answers(reversed(LINES))


@pytest.mark.parametrize("bad", [b"{}", b"[1]", b"null", b"{", b"\xff", b'{"scenario": 1}'])
def test_a_line_that_is_no_answer_is_named(bad: bytes) -> None:
    with pytest.raises(BadRecord, match="line 4 of the answers"):
        list(read_answers(write_answers(LINES) + bad))
