"""Tokens chosen by their characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadMask
from lorewright.templates import (
    Rendered,
    Span,
    check_begin_token,
    check_trained_text,
    token_labels,
)


def a_rendering(text: str, *spans: tuple[int, int]) -> Rendered:
    return Rendered(text, (), tuple(Span(*span) for span in spans), "</s>")


def test_tokens_inside_a_span_carry_loss() -> None:
    offsets = [(0, 3), (3, 5), (5, 9), (9, 10)]

    assert token_labels(offsets, [(3, 9)]) == [False, True, True, False]


def test_two_spans_are_told_apart() -> None:
    offsets = [(0, 2), (2, 4), (4, 6), (6, 8)]

    assert token_labels(offsets, [(2, 4), (6, 8)]) == [False, True, False, True]


def test_a_token_without_characters_carries_no_loss() -> None:
    assert token_labels([(0, 0), (0, 2), (2, 2), (2, 4)], [(0, 4)]) == [False, True, False, True]


def test_tokens_that_share_one_character_all_carry_loss() -> None:
    assert token_labels([(0, 1), (0, 1), (0, 1), (1, 2)], [(0, 1)]) == [True, True, True, False]


@pytest.mark.parametrize("token", [(2, 4), (8, 10), (2, 10)])
def test_a_token_that_straddles_a_border_is_refused(token: tuple[int, int]) -> None:
    with pytest.raises(BadMask, match="straddles"):
        token_labels([token], [(3, 9)])


def test_overlapping_spans_are_refused() -> None:
    with pytest.raises(BadMask, match="overlap"):
        token_labels([(0, 1)], [(0, 4), (3, 6)])


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=30),
    st.lists(st.booleans(), min_size=30, max_size=30),
)
def test_labels_give_back_the_spans_they_came_from(lengths: list[int], wanted: list[bool]) -> None:
    offsets: list[tuple[int, int]] = []
    for length in lengths:
        start = offsets[-1][1] if offsets else 0
        offsets.append((start, start + length))
    spans = [offset for offset, is_wanted in zip(offsets, wanted, strict=False) if is_wanted]

    assert token_labels(offsets, spans) == wanted[: len(offsets)]


def test_two_begin_tokens_are_refused() -> None:
    with pytest.raises(BadMask, match="two begin tokens"):
        check_begin_token([1, 1, 5], begin_id=1)


@pytest.mark.parametrize("ids", [[1, 5, 1, 1], [5, 6], [1], []])
def test_one_begin_token_or_none_passes(ids: list[int]) -> None:
    check_begin_token(ids, begin_id=1)
    check_begin_token([7, 7], begin_id=None)


def test_tokens_that_read_as_the_answer_pass() -> None:
    check_trained_text(a_rendering("ask: yes</s>", (4, 12)), ["yes</s>"])
    check_trained_text(a_rendering("ask ﬁne</s>", (4, 11)), ["fine</s>"])


@pytest.mark.parametrize("decoded", [["ye</s>"], ["yes"], ["<unk></s>"], ["y es</s>"]])
def test_tokens_that_read_otherwise_are_refused(decoded: list[str]) -> None:
    with pytest.raises(BadMask, match="but the answer is"):
        check_trained_text(a_rendering("ask: yes</s>", (4, 12)), decoded)


def test_a_turn_that_lost_its_tokens_is_refused() -> None:
    with pytest.raises(BadMask, match="form 1 runs"):
        check_trained_text(a_rendering("ask a</s>ask b</s>", (4, 9), (13, 18)), ["a</s>"])
