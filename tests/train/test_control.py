"""The permuted control: every answer at a wrong place."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import Refused
from lorewright.records import Turn
from lorewright.train import Line, permuted


def lines_with(answers: list[str]) -> list[Line]:
    return [
        Line(
            name=f"example:{number}",
            turns=(
                Turn(role="user", text=f"Question {number}?"),
                Turn(role="assistant", text=answer),
            ),
        )
        for number, answer in enumerate(answers)
    ]


def answers_of(lines: list[Line]) -> list[str]:
    return [turn.text for line in lines for turn in line.turns if turn.role == "assistant"]


ANSWERS = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=40).filter(
    lambda answers: len(set(answers)) > 1
)


@given(ANSWERS, st.integers(0, 1000))
def test_as_few_questions_as_possible_keep_their_answer(answers: list[str], seed: int) -> None:
    dealt = answers_of(permuted(lines_with(answers), seed=seed))

    most = max(Counter(answers).values())
    kept = sum(own == got for own, got in zip(answers, dealt, strict=True))

    assert kept == max(0, 2 * most - len(answers))


@given(ANSWERS, st.integers(0, 1000))
def test_the_same_answers_are_dealt_to_the_same_questions(answers: list[str], seed: int) -> None:
    lines = lines_with(answers)

    control = permuted(lines, seed=seed)

    assert Counter(answers_of(control)) == Counter(answers)
    assert [line.name for line in control] == [line.name for line in lines]
    assert [line.turns[0] for line in control] == [line.turns[0] for line in lines]


def test_a_seed_decides_the_dealing() -> None:
    lines = lines_with([f"answer {number}" for number in range(30)])

    assert permuted(lines, seed=1) == permuted(lines, seed=1)
    assert permuted(lines, seed=1) != permuted(lines, seed=2)


def test_questions_that_share_an_answer_are_spread_over_others() -> None:
    lines = lines_with([f"answer {number // 3}" for number in range(90)])

    dealt = answers_of(permuted(lines, seed=7))

    together = sum(len(set(dealt[start : start + 3])) == 1 for start in range(0, 90, 3))
    assert together <= 2


def test_every_turn_of_a_conversation_gets_other_words() -> None:
    turns = tuple(
        turn
        for question, answer in ("qa", "rb")
        for turn in (Turn(role="user", text=question), Turn(role="assistant", text=answer))
    )

    (control,) = permuted([Line(name="example:1", turns=turns)], seed=3)

    assert [turn.text for turn in control.turns] == ["q", "b", "r", "a"]


def test_one_answer_alone_cannot_be_dealt_wrongly() -> None:
    with pytest.raises(Refused, match="two different answers"):
        permuted(lines_with(["same", "same"]), seed=1)
