"""A quote is found as it stands, by its words, or approximately; else it is not found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.records import Match
from lorewright.similarity import locate

TEXT = "Check the oil of every pump  once a\nweek. A pump that runs dry is damaged within minutes."


def test_words_that_stand_there_are_found_where_they_stand() -> None:
    found = locate("A pump that runs dry", TEXT)

    assert found is not None
    assert found.match is Match.EXACT
    assert TEXT[found.start : found.end] == "A pump that runs dry"


@pytest.mark.parametrize(
    "quote",
    ["every pump once a week", "EVERY PUMP once — a week!", '"every pump" once a week'],
)
def test_case_punctuation_and_white_space_may_differ(quote: str) -> None:
    found = locate(quote, TEXT)

    assert found is not None
    assert found.match is Match.NORMALISED
    assert TEXT[found.start : found.end] == "every pump  once a\nweek"


def test_a_slip_of_the_pen_is_found_approximately_and_widened_to_whole_words() -> None:
    found = locate("a pump that runs dry is damaged withn minute", TEXT)

    assert found is not None
    assert found.match is Match.FUZZY
    assert TEXT[found.start : found.end] == "A pump that runs dry is damaged within minutes"


@pytest.mark.parametrize(
    "quote", ["", "  ", "...", "a valve", "oil", "pump dry", "the pump sings in the morning light"]
)
def test_words_that_do_not_stand_there_are_not_found(quote: str) -> None:
    assert locate(quote, TEXT, end=TEXT.index("oil")) is None


def test_only_the_stretch_asked_for_is_searched() -> None:
    assert locate("pump", TEXT, start=TEXT.index("week")) == (
        TEXT.index("pump that"),
        TEXT.index("pump that") + 4,
        Match.EXACT,
    )


@given(st.text(min_size=1), st.text(), st.text())
def test_whatever_is_put_into_a_text_is_found_in_it(quote: str, before: str, after: str) -> None:
    found = locate(quote, before + quote + after)

    assert (found is None) == (not quote.strip())


@given(st.text(), st.text())
def test_what_is_found_lies_in_the_text(quote: str, text: str) -> None:
    found = locate(quote, text)

    assert found is None or 0 <= found.start < found.end <= len(text)
