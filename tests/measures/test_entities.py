"""Names are found by how they are written, and a few of them must not fill a set."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.measures import entities_in, entity_balance


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pumps need oil. Valves need none.", []),
        ("The Bank of England raised its rate.", ["Bank of England"]),
        ("Ask Florence Nightingale about it.", ["Ask Florence Nightingale"]),
        ("as Florence Nightingale's notes say", ["Florence Nightingale"]),
        ("He met Barnum and the Bank of the West.", ["Barnum", "Bank of the West"]),
        ("I say that I and A agree with Ada.", ["Ada"]),
        ("Open the valve, says Brown; Brown knows.", ["Brown"]),
        ("in Zürich and Österreich, then Paris", ["Zürich", "Österreich", "Paris"]),
        ("", []),
    ],
)
def test_the_capitalised_phrases_of_a_text_are_its_entities(text: str, found: list[str]) -> None:
    assert entities_in(text) == found


@given(st.text())
def test_every_entity_stands_in_the_text(text: str) -> None:
    assert all(entity in text for entity in entities_in(text))


def test_an_answer_counts_once_for_each_entity_however_often_it_names_it() -> None:
    answers = ["so says Brown, and Brown again", "it is Brown who says BROWN", "nobody says it"]

    found = entity_balance(answers)

    assert found.entities == {"Brown": 2}
    assert (found.answers, found.largest_share) == (3, 2 / 3)
    assert found.over == {"Brown": 2}


def test_terms_count_however_they_are_written() -> None:
    found = entity_balance(
        ["check the Inlet Valve", "an inlet-valve leaks", "valves"], terms=["inlet valve"]
    )

    assert found.entities == {"Inlet Valve": 2}


def test_a_single_answer_is_never_over_its_share() -> None:
    answers = ["as Ada knows", *(["the oil is fine"] * 9)]

    assert entity_balance(answers).over == {}
    assert entity_balance([*answers, "as Ada says"], most_share=Decimal("0.05")).over == {"Ada": 2}


def test_no_answers_have_no_entities() -> None:
    assert entity_balance([]).largest_share == 0
