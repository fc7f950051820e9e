"""Chance that comes out the same on every machine, and stays when other things are added."""

import hashlib
from decimal import ROUND_HALF_UP, Decimal


def draw(seed: int, purpose: str, key: str) -> bytes:
    """A lot for `key`: uniform, fixed by the arguments alone, to be sorted by."""
    return hashlib.blake2b(f"{seed}\n{purpose}\n{key}".encode(), digest_size=16).digest()


def share_of(count: int, share: Decimal) -> int:
    """`share` of `count` things, to the nearest whole one, halves up."""
    return int((count * share).quantize(Decimal(1), ROUND_HALF_UP))
