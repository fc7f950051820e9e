"""What raters said is kept line by line, and becomes the rows that tests take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.evaluate.rating_lines import (
    BOTH_BAD,
    PREFERENCE,
    TIE,
    RatingLine,
    VoteLine,
    read_ratings,
    read_votes,
    votes_of_person,
    write_lines,
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
RATINGS = st.builds(
    RatingLine,
    WORDS, WORDS, WORDS, WORDS, st.integers(0, 3), st.integers(0, 9), st.integers(0, 1),
    st.none() | st.floats(1, 5), WORDS,
)  # fmt: skip


def a_vote(preferred: str, *, repeat: int = 0, scenario: str = "s") -> VoteLine:
    return VoteLine(scenario, "base", "tuned", preferred, PREFERENCE, repeat, "")


@given(st.lists(RATINGS))
def test_ratings_come_back_whatever_their_order(lines: list[RatingLine]) -> None:
    assert sorted(map(repr, read_ratings(write_lines(lines)))) == sorted(map(repr, lines))
    assert write_lines(lines) == write_lines(reversed(lines))
    told = [line.scenario for line in read_ratings(write_lines(lines))]
    assert told == sorted(told)


def test_votes_come_back() -> None:
    votes = [a_vote("tuned"), a_vote(TIE, repeat=1), a_vote(BOTH_BAD, scenario="t")]

    assert set(read_votes(write_lines(votes))) == set(votes)


@pytest.mark.parametrize("line", [b"{", b"3", b"{}"])
def test_a_line_that_is_none_is_named(line: bytes) -> None:
    with pytest.raises(BadRecord, match="line 1"):
        list(read_ratings(line))
    with pytest.raises(BadRecord, match="line 1"):
        list(read_votes(line))


def test_a_vote_for_somebody_who_took_no_part_is_none() -> None:
    with pytest.raises(BadRecord, match="no vote"):
        list(read_votes(write_lines([a_vote("reference")])))


def test_a_person_votes_once_for_each_scenario() -> None:
    lines = [
        a_vote("tuned"),
        a_vote("base", repeat=1),
        a_vote(BOTH_BAD, scenario="t"),
        a_vote("base", scenario="u"),
        VoteLine("v", "base", "reference", "base", PREFERENCE, 0, ""),
        a_vote("tuned", scenario="w")._replace(question="coach"),
    ]

    votes = list(votes_of_person("Ada", lines, "tuned", "base"))

    assert [(one.scenario, one.preference) for one in votes] == [("s", 1), ("t", 0), ("u", -1)]
