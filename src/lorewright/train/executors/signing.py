"""Signatures of webhooks: HMAC-SHA256 over the moment and the body.

The header reads `t=SECONDS,v1=HEX`. The moment is part of what is signed, so an old message
that somebody kept cannot be sent again as a new one.
"""

import hashlib
import hmac
import re

from lorewright.errors import Refused

HEADER = "X-Webhook-Signature"
WINDOW_S = 300
"""How far the clocks of the two sides may be apart, with the way of the message."""
_FORM = re.compile(r"t=(?P<time>[0-9]{1,12}),v1=(?P<hex>[0-9a-f]{64})")


class BadSignature(Refused):
    """A message was not signed with the secret that both sides share, or was altered."""


class TooOld(Refused):
    """A message was signed so long ago that it may be somebody's copy."""


class FromTheFuture(Refused):
    """A message was signed at a moment that has not come yet."""


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The header for `body`.

    Args:
        secret: known to both sides, and never sent.
        timestamp: now, in seconds since 1970, UTC.
        body: the bytes that are sent.
    """
    return f"t={timestamp},v1={_digest(secret, timestamp, body)}"


def check(
    secret: str, header: str | None, body: bytes, *, now: float, window_s: int = WINDOW_S
) -> None:
    """Accept `body` only with a header that whoever knows the secret has just made.

    Args:
        secret: known to both sides.
        header: as it came; None when there was none.
        body: the bytes as they came, before anything reads them.
        now: in seconds since 1970, UTC.
        window_s: how far the moment of the signature may be from now.

    Raises:
        BadSignature: when the header is missing, malformed, or of another body or secret.
        TooOld: when it was right, but too long ago.
        FromTheFuture: when its moment lies ahead.
    """
    found = _FORM.fullmatch(header or "")
    if not secret or found is None:
        raise BadSignature(
            "the message carries no signature that can be read",
            where=HEADER,
            hint="sign it as t=SECONDS,v1=HEX with the shared secret",
        )
    timestamp = int(found["time"])
    # The signature first: what a stranger writes about time is of no interest.
    if not hmac.compare_digest(_digest(secret, timestamp, body), found["hex"]):
        raise BadSignature(
            "the signature is not that of this message",
            where=HEADER,
            hint="do both sides have the same secret, and is the body sent as it was signed?",
        )
    if timestamp < now - window_s:
        raise TooOld(
            f"the message was signed {now - timestamp:.0f} s ago, and {window_s} s are allowed",
            where=HEADER,
            hint="sign it when it is sent, and compare the clocks of the two machines",
        )
    if timestamp > now + window_s:
        raise FromTheFuture(
            f"the message was signed {timestamp - now:.0f} s ahead of the clock here",
            where=HEADER,
            hint="compare the clocks of the two machines",
        )


def _digest(secret: str, timestamp: int, body: bytes) -> str:
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()
