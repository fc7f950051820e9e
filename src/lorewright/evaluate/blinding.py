"""What a rater is shown under which name and in which order: sealed by a secret.

Orders and code names are drawn by HMAC-SHA256 (RFC 2104). Whoever has the secret can say at any
time which arm a code stood for; nobody else can, however many sheets they compare.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from string import ascii_uppercase

SECRET_BYTES = 32
CODE_CHARACTERS = 12
"""48 bits of a digest: among a million codes two are alike with a chance of one in 500."""
MOST_ARMS = len(ascii_uppercase)


class Blind:
    """The lots of one rater in one evaluation; the same secret draws the same ones.

    Args:
        secret: kept where the answers are, and never shown.
        session: the evaluation.
        rater: the name of who rates.
    """

    def __init__(self, secret: bytes, session: str, rater: str) -> None:
        self._secret = secret
        self._whose = (session, rater)

    def code(self, *about: str) -> str:
        """A name for something that tells nothing about it."""
        return self._lot(*about).hex()[:CODE_CHARACTERS]

    def order(self, names: Iterable[str], *about: str) -> list[str]:
        """The names in an order by lot, whatever order they come in."""
        return sorted(names, key=lambda name: (self._lot(*about, name), name))

    def letters(self, arms: Iterable[str], *about: str) -> dict[str, str]:
        """A letter for each arm; another one for the same arm elsewhere."""
        return dict(zip(ascii_uppercase, self.order(arms, "letters", *about), strict=False))

    def chosen(self, names: Sequence[str], share: Decimal, *about: str) -> list[str]:
        """A share of the names by lot, rounded up, in an order by lot."""
        return self.order(names, *about)[: math.ceil(share * len(names))]

    def _lot(self, *about: str) -> bytes:
        said = json.dumps([*self._whose, *about]).encode()
        return hmac.new(self._secret, said, hashlib.sha256).digest()
