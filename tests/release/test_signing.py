import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import Unreadable
from lorewright.release import SigningKey, open_envelope, public_key_from_pem, seal

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
PAYLOAD = b'{"_type": "x"}\n'


def test_what_is_sealed_is_opened_and_signed_by_that_key_alone() -> None:
    envelope = open_envelope(seal(PAYLOAD, KEY))

    assert envelope.payload == PAYLOAD
    assert envelope.keyid == KEY.public.keyid
    assert envelope.is_signed_by(KEY.public)
    assert not envelope.is_signed_by(OTHER.public)


def test_the_signature_is_over_the_type_and_the_payload_as_dsse_says() -> None:
    signed = json.loads(seal(b"hello world", KEY))
    kind = "application/vnd.in-toto+json"

    assert signed["payloadType"] == kind
    assert KEY.public.has_signed(
        f"DSSEv1 {len(kind)} {kind} 11 hello world".encode(),
        base64.b64decode(signed["signatures"][0]["sig"]),
    )


def test_sealing_twice_gives_the_same_bytes() -> None:
    assert seal(PAYLOAD, KEY) == seal(PAYLOAD, KEY)


@settings(deadline=None)
@given(st.integers(0, len(seal(PAYLOAD, KEY)) - 1), st.integers(1, 255))
def test_no_byte_of_an_envelope_can_change_unnoticed(place: int, change: int) -> None:
    content = bytearray(seal(PAYLOAD, KEY))
    content[place] ^= change

    try:
        envelope = open_envelope(bytes(content))
    except Unreadable:
        return

    assert envelope.keyid != KEY.public.keyid or not envelope.is_signed_by(KEY.public)


def test_a_public_key_is_read_back() -> None:
    assert public_key_from_pem(KEY.public.as_pem()) == KEY.public


@settings(deadline=None)
@given(st.integers(0, len(KEY.public.as_pem()) - 1), st.integers(1, 255))
def test_no_byte_of_a_key_can_change_unnoticed(place: int, change: int) -> None:
    content = bytearray(KEY.public.as_pem())
    content[place] ^= change

    try:
        assert public_key_from_pem(bytes(content)) != KEY.public
    except Unreadable as error:
        assert error.sentence  # noqa: PT017 - either ending is right


def test_a_private_key_is_read_back() -> None:
    assert SigningKey.from_pem(KEY.as_pem()).public == KEY.public


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\n", KEY.public.as_pem()])
def test_what_is_no_private_key_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="private key"):
        SigningKey.from_pem(content)


def envelope_with(**changes: object) -> bytes:
    return json.dumps({**json.loads(seal(PAYLOAD, KEY)), **changes}, indent=1).encode() + b"\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"payload": 1.5}',
        b'{"payload": "", "payload": ""}',
        b'{"payload": ' + b"9" * 5000 + b"}",
        envelope_with(signatures=[]),
        envelope_with(signatures=["one", "two"]),
        envelope_with(signatures=[{"keyid": 7, "sig": ""}]),
        envelope_with(payload="not base64!"),
        envelope_with(payloadType="text/plain"),
        envelope_with(more="than it should"),
    ],
)
def test_what_is_no_envelope_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="envelope"):
        open_envelope(content)
