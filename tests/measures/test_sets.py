"""What is measured of sets of texts agrees with counting by hand."""

from collections import Counter
from decimal import Decimal
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.measures import (
    Lengths,
    covered,
    distinct,
    lengths,
    mixture,
    near_duplicate_share,
    span_coverage,
)

texts = st.lists(st.text("ab c", max_size=12), max_size=6)
spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda two: tuple(sorted(two)))
)


def test_lengths_are_counted_in_words_and_an_empty_set_has_none() -> None:
    found = lengths(["one", "one two three", "one, two; three four", ""])

    assert found == Lengths(texts=4, least=0, median=2.0, mean=2.0, most=4)
    assert lengths(["a b", "a", "a b c"]).median == 2
    assert lengths([]) == Lengths()


@given(texts, st.integers(1, 3))
def test_distinct_is_the_share_of_runs_that_differ(found: list[str], size: int) -> None:
    runs = [
        tuple(words[at : at + size])
        for words in (text.split() for text in found)
        for at in range(len(words) - size + 1)
    ]

    assert distinct(found, size) == (len(set(runs)) / len(runs) if runs else None)


def test_no_run_crosses_from_one_text_into_the_next() -> None:
    assert distinct(["oil the", "pump now"], 2) == 1.0
    assert distinct(["oil", "pump"], 2) is None


def test_a_question_that_is_asked_again_is_counted_once() -> None:
    asked = "How often is the oil of a pump checked by the crew?"
    other = "What does the inlet valve of the boiler need before winter?"

    assert near_duplicate_share([asked, other, asked, asked], threshold=Decimal("0.8")) == 0.5
    assert near_duplicate_share([asked, other], threshold=Decimal("0.8")) == 0
    assert near_duplicate_share([], threshold=Decimal("0.8")) is None


@given(st.lists(st.sampled_from("abcd"), min_size=1))
def test_entropy_is_shannons_and_evenness_lies_between_none_and_all(kinds: list[str]) -> None:
    found = mixture(kinds, wanted=["a", "z"])
    shares = [count / len(kinds) for count in Counter(kinds).values()]

    assert found.entropy_bits == pytest.approx(-sum(share * log2(share) for share in shares))
    assert (found.evenness is None) == (len(shares) < 2)
    assert found.evenness is None or 0 < found.evenness <= 1
    assert sum(found.counts.values()) == len(kinds)
    assert "z" in found.missing
    assert ("a" in found.missing) == ("a" not in kinds)


def test_an_even_mixture_of_all_that_was_wanted_is_whole() -> None:
    found = mixture(["define", "apply", "apply", "define"], wanted=["apply", "define"])

    assert found.counts == {"apply": 2, "define": 2}
    assert (found.evenness, found.coverage, found.missing) == (1.0, 1.0, ())
    assert mixture([], wanted=["apply"]).coverage == 0
    assert mixture([]).coverage == 1


@given(spans)
def test_covered_is_the_size_of_the_union(found: list[tuple[int, int]]) -> None:
    union = {at for start, end in found for at in range(start, end)}

    assert covered(found) == len(union)


@given(st.integers(1, 50), spans)
def test_only_what_lies_in_the_text_counts(length: int, found: list[tuple[int, int]]) -> None:
    union = {at for start, end in found for at in range(start, end) if at < length}

    assert span_coverage(length, found) == len(union) / length


def test_an_empty_text_leaves_nothing_uncovered() -> None:
    assert span_coverage(0, []) == 1
