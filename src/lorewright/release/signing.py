"""Ed25519 keys, and what is signed with them: one envelope as DSSE version 1 defines it.

A key is named by the SHA-256 of its 32 raw public bytes. Files are read strictly: bytes that
this program would not have written are refused, so that no byte can change unnoticed.
"""

import base64
import binascii
import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from lorewright.errors import BadRecord, Unreadable
from lorewright.release.strict_json import read_object

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

PAYLOAD_TYPE = "application/vnd.in-toto+json"
KEY_BYTES = 32
SIGNATURE_BYTES = 64


class PublicKey(NamedTuple):
    """What somebody's signatures are checked with."""

    raw: bytes
    """32 bytes."""

    @property
    def keyid(self) -> str:
        """The name of the key, 64 hexadecimal digits."""
        return hashlib.sha256(self.raw).hexdigest()

    def as_pem(self) -> bytes:
        """The key as a file that other tools read."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def _key(self) -> "Ed25519PublicKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        return Ed25519PublicKey.from_public_bytes(self.raw)


class SigningKey:
    """A private key; it is shown to nobody."""

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key

    @classmethod
    def new(cls) -> "SigningKey":
        """A fresh key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, content: bytes) -> "SigningKey":
        """Read a key back.

        Raises:
            Unreadable: when it is no private Ed25519 key.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(content, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Unreadable("this is no private key without a password") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise Unreadable("this private key is not an Ed25519 key")
        return cls(key)

    def as_pem(self) -> bytes:
        """The key as it is kept: PKCS 8, without a password."""
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public(self) -> PublicKey:
        """What its signatures are checked with."""
        return PublicKey(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`; the same every time."""
        return self._key.sign(message)


class Envelope(NamedTuple):
    """A signed payload as it was read; whether the signature holds is asked of the key."""

    payload: bytes
    keyid: str
    signature: bytes

    def is_signed_by(self, key: PublicKey) -> bool:
        """Whether the signature is that of `key` over the payload and its type."""
        return key.has_signed(_encoded(self.payload), self.signature)


def public_key_from_pem(content: bytes) -> PublicKey:
    """Read a public key file.

    Raises:
        Unreadable: when it is no Ed25519 key, or written in another way than `as_pem` does.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unreadable("this is no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Unreadable("this public key is not an Ed25519 key")
    read = PublicKey(key.public_bytes_raw())
    if read.as_pem() != content:
        raise Unreadable("this public key file holds more than the key")
    return read


def seal(payload: bytes, key: SigningKey) -> bytes:
    """The envelope file: `payload`, its type, and the signature over both."""
    signature = key.sign(_encoded(payload))
    return _written(payload, key.public.keyid, signature)


def open_envelope(content: bytes) -> Envelope:
    """Read an envelope file.

    Raises:
        Unreadable: when it is no envelope with one signature, or not written as `seal` does.
    """
    read = read_object(content, what="the envelope")
    try:
        (signed,) = read["signatures"]
        envelope = Envelope(
            _from_base64(read["payload"]), signed["keyid"], _from_base64(signed["sig"])
        )
        rewritten = _written(*envelope)
    except (KeyError, TypeError, ValueError, BadRecord) as error:
        raise Unreadable("this is no envelope with one signature") from error
    if rewritten != content:
        raise Unreadable("the envelope holds other bytes than a payload and its signature")
    return envelope


def _encoded(payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of the payload and its type."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _written(payload: bytes, keyid: str, signature: bytes) -> bytes:
    if len(keyid) != 2 * KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise BadRecord("a key is named by 64 digits and a signature has 64 bytes")
    told: dict[str, Any] = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode()}],
    }
    return (json.dumps(told, indent=1) + "\n").encode()


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
