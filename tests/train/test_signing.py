"""Signed messages: what is accepted, and what of the rest is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.train.executors.signing import (
    WINDOW_S,
    BadSignature,
    FromTheFuture,
    TooOld,
    check,
    sign,
)

NOW = 1_800_000_000
SECRET = "known to both"


@given(body=st.binary(max_size=200), secret=st.text(min_size=1), age=st.integers(-300, 300))
def test_what_was_signed_now_is_accepted(body: bytes, secret: str, age: int) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    header = sign(secret, NOW - age, body)

    check(secret, header, body, now=NOW)

    assert header.startswith(f"t={NOW - age},v1=")


@given(body=st.binary(max_size=50), place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_one_bit_of_the_body_or_the_header_makes_it_another(
    body: bytes, place: int, bit: int
) -> None:
    header = sign(SECRET, NOW, body)
    changed = bytearray(body + b"x")
    changed[place % len(changed)] ^= 1 << bit
    torn = bytearray(header.encode())
    torn[place % len(torn)] ^= 1 << bit

    with pytest.raises(BadSignature):
        check(SECRET, header, bytes(changed), now=NOW)
    with pytest.raises(BadSignature):
        check(SECRET, torn.decode("latin-1"), body, now=NOW)


def test_another_secret_is_another_signature() -> None:
    header = sign(SECRET, NOW, b"{}")

    with pytest.raises(BadSignature, match="not that of this message"):
        check("another", header, b"{}", now=NOW)


def test_the_signature_is_the_published_one() -> None:
    # printf '1800000000.{}' | openssl dgst -sha256 -hmac 'known to both'
    expected = "91846163948bd3344bba0f9295c40958e07d89a0f3f4b5070b4249f61d3404dc"

    assert sign(SECRET, NOW, b"{}") == f"t=1800000000,v1={expected}"


def test_an_old_message_cannot_be_sent_again() -> None:
    header = sign(SECRET, NOW, b"{}")
    check(SECRET, header, b"{}", now=NOW + WINDOW_S)

    with pytest.raises(TooOld, match="signed 301 s ago"):
        check(SECRET, header, b"{}", now=NOW + WINDOW_S + 1)
    with pytest.raises(BadSignature):
        check(SECRET, header.replace(f"t={NOW}", f"t={NOW + 1}"), b"{}", now=NOW + WINDOW_S + 1)


def test_a_clock_ahead_is_told() -> None:
    with pytest.raises(FromTheFuture, match="301 s ahead"):
        check(SECRET, sign(SECRET, NOW + 301, b"{}"), b"{}", now=NOW)


@pytest.mark.parametrize("header", [None, "", "v1=ab", "t=1,v1=zz", "t=-1,v1=" + "0" * 64])
def test_a_header_of_another_form_is_no_signature(header: str | None) -> None:
    with pytest.raises(BadSignature, match="no signature that can be read"):
        check(SECRET, header, b"", now=NOW)


def test_without_a_secret_nothing_is_accepted() -> None:
    with pytest.raises(BadSignature):
        check("", sign("", NOW, b""), b"", now=NOW)
