"""Equal content is equal bytes, and what has no canonical form is refused."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.lineage import canonical_bytes, fingerprint

LARGEST = 2**53 - 1

plain_text = st.text(st.characters(codec="utf-8"))
keys = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | plain_text,
    lambda parts: st.lists(parts) | st.dictionaries(keys, parts),
)


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(values)
def test_the_bytes_can_be_read_back(value: Any) -> None:
    assert json.loads(canonical_bytes(value)) == value


@given(st.dictionaries(keys, st.integers(0, 9), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    turned_round = dict(reversed(value.items()))

    assert canonical_bytes(turned_round) == canonical_bytes(value)


def test_a_tuple_is_written_as_a_list() -> None:
    assert canonical_bytes((1, (2,))) == canonical_bytes([1, [2]]) == b"[1,[2]]"


def test_every_control_character_is_escaped_as_the_standard_says() -> None:
    assert (
        canonical_bytes('\x00\b\t\n\f\r\x1f"\\\x7f/')
        == b'"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\\x7f/"'
    )


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        pytest.param(1.5, "fraction", id="a fraction"),
        pytest.param(2.0, "fraction", id="a whole float"),
        pytest.param(float("nan"), "nan", id="not a number"),
        pytest.param(float("inf"), "inf", id="infinity"),
        pytest.param(LARGEST + 1, "2\\^53", id="too large"),
        pytest.param(-LARGEST - 1, "2\\^53", id="too small"),
        pytest.param("\ud800", "half a character", id="a lone surrogate"),
        pytest.param({"\ud800": 1}, "half a character", id="a lone surrogate in a key"),
        pytest.param({"\U0001f600": 1}, "U\\+FFFF", id="a key whose order is not the same"),
        pytest.param({1: 2}, "not text", id="a key that is a number"),
        pytest.param(b"bytes", "bytes cannot", id="bytes"),
        pytest.param({1, 2}, "set cannot", id="a set"),
    ],
)
@pytest.mark.parametrize("where", ["alone", "in a list", "in an object"])
def test_what_has_no_canonical_form_is_refused(value: Any, complaint: str, where: str) -> None:
    inside = {"alone": value, "in a list": [0, value], "in an object": {"a": {"b": value}}}

    with pytest.raises(BadRecord, match=complaint):
        canonical_bytes(inside[where])


def test_the_largest_integers_are_kept() -> None:
    assert canonical_bytes([LARGEST, -LARGEST]) == b"[9007199254740991,-9007199254740991]"


def test_a_bottomless_value_is_refused_in_words() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(BadRecord, match="too deeply"):
        canonical_bytes(value)


def test_a_fingerprint_is_the_sha_256_of_the_bytes() -> None:
    assert fingerprint(b"abc") == hashlib.sha256(b"abc").hexdigest()
