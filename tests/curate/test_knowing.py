"""An own answer is graded by the words that it shares with the answer of the example."""

import asyncio
import random
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books import HANDBOOK
from builders import a_recipe
from curate.builders import a_document, an_example
from lorewright.curate.knowing import PURPOSE, RIGHT_FROM, ask_base, share_found
from lorewright.records import Known, Turn
from pairs import pairs_of
from scripted import MODEL, ScriptedAsker


class Asked(NamedTuple):
    """A question and its answer, as an example has them."""

    question: str
    reference: str


PUMP = Asked(
    "How often must the oil of the north pump be changed?",
    "It is changed every 250 hours, or twice a year when the pump stands still, by Ferris.",
)
SEAL = Asked(
    "Why does the seal of a pump wear out?",
    "Sand that comes with the water grinds the rubber, and dry starts burn its edge.",
)
GERMAN = Asked(
    "Warum verschleißt die Dichtung?",
    "Sand im Wasser schleift den Gummi ab, und Trockenläufe verbrennen seine Kante.",
)
CHINESE = Asked("油多久换一次", "每二百五十小时换一次。")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (PUMP, "Every 250 hours. If it stands still, let Ferris do it twice a year."),
        (SEAL, "Usually because sand in the water grinds the rubber down; dry starts add to it."),
        (GERMAN, "Weil Sand im Wasser den Gummi schleift, und durch Trockenläufe."),
        (CHINESE, "每二百五十小时一次。"),
    ],
)  # fmt: skip
def test_an_answer_that_says_the_same_in_its_own_way_is_right(asked: Asked, answer: str) -> None:
    assert found(asked, answer) >= RIGHT_FROM


def test_no_answer_to_another_question_of_the_handbook_is_right() -> None:
    examples = pairs_of(HANDBOOK)
    chance = random.Random(20261129)

    pairs = [
        (one, other)
        for one in chance.sample(examples, 60)
        for other in chance.sample(examples, 100)
        if other.answer != one.answer
    ]
    right = [
        (one.question, other.answer)
        for one, other in pairs
        if share_found(other.answer, question=one.question, reference=one.answer) >= RIGHT_FROM
    ]

    assert len(pairs) > 5_000
    assert right == []


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (PUMP, "I am not sure; please see the manual of your pump."),
        (PUMP, "How often must the oil of the north pump be changed? Often enough!"),
        (PUMP, "It is changed every 900 hours, or once a year when the pump stands still."),
        (SEAL, "Mostly age: after ten years the material grows brittle and cracks."),
        (GERMAN, "Sie wird mit den Jahren spröde."),
        (CHINESE, "我不知道。"),
        (SEAL, ""),
    ],
)
def test_an_answer_that_says_something_else_is_not(asked: Asked, answer: str) -> None:
    assert found(asked, answer) < RIGHT_FROM


def test_the_right_words_round_a_wrong_number_are_not_right() -> None:
    reference = "The tank holds 40 litres of clean water and stands behind the old mill."
    answer = reference.replace("40", "60")

    assert share_found(answer, question="What is behind it?", reference=reference) == 0


def test_an_answer_that_only_has_words_of_the_question_can_still_be_given() -> None:
    asked = Asked("Is the valve open or shut?", "The valve is open.")

    assert found(asked, "Open: the valve is open.") == 1
    assert found(asked, "Nobody can tell.") == 0


def test_what_comes_late_in_a_long_answer_is_not_read() -> None:
    said_at_length = "There is a lot to be said of pumps in general. " * 10

    assert found(PUMP, f"{PUMP.reference} {said_at_length}") == 1
    assert found(PUMP, f"{said_at_length} {PUMP.reference}") < RIGHT_FROM


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(texts, texts, st.text(st.characters(exclude_categories=["Cs"]), max_size=15))
def test_whoever_says_more_has_not_said_less_and_the_whole_reference_is_enough(
    question: str, reference: str, answer: str
) -> None:
    asked = Asked(question, f"word {reference}")

    assert 0 <= found(asked, answer) <= found(asked, f"{answer}\n\n{asked.reference}") == 1


def found(asked: Asked, answer: str) -> Decimal:
    return share_found(answer, question=asked.question, reference=asked.reference)


def test_the_question_is_asked_alone_and_each_time_is_a_draw_of_its_own() -> None:
    document = a_document(PUMP.reference)
    example = an_example(*PUMP, document)
    asker = ScriptedAsker([PUMP.reference, "No idea.", PUMP.reference])

    knowledge = asyncio.run(
        ask_base(example, asker=asker, recipe=a_recipe("known").ref, draws=3, draw=1)
    )

    assert [[one.text for one in request.messages] for request, _ in asker.asked] == [
        [PUMP.question]
    ] * 3
    assert [purpose for _, purpose in asker.asked] == [
        (PURPOSE, (document.ref,), number) for number in (3, 4, 5)
    ]
    assert all(request.shape is None for request, _ in asker.asked)
    assert [one.is_right for one in knowledge.answers] == [True, False, True]
    assert knowledge.known is Known.PARTLY
    assert {example.ref, MODEL.ref} < set(knowledge.made_from)


def test_a_conversation_is_asked_for_its_last_answer_after_all_that_was_said_before() -> None:
    turns = (
        Turn(role="system", text="You know pumps."),
        Turn(role="user", text=SEAL.question),
        Turn(role="assistant", text=SEAL.reference),
        Turn(role="user", text=PUMP.question),
        Turn(role="assistant", text=PUMP.reference),
    )
    example = an_example(*PUMP).model_copy(update={"turns": turns})
    asker = ScriptedAsker([SEAL.reference])

    knowledge = asyncio.run(ask_base(example, asker=asker, recipe=a_recipe("known").ref, draws=1))

    ((request, _),) = asker.asked
    assert [(one.role, one.text) for one in request.messages] == [
        (turn.role, turn.text) for turn in turns[:-1]
    ]
    assert knowledge.known is Known.UNKNOWN
