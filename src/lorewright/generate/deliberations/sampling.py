"""A fifth of a set goes to people before the set may be called production."""

import hashlib
import math
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Literal

from lorewright.lineage import Ref

HUMAN_SHARE = Decimal("0.20")
SetTier = Literal["production", "experimental", "review_needed"]


def human_sample(names: Iterable[Ref], *, seed: int) -> tuple[Ref, ...]:
    """The fifth that people look at, at least one; the same for the same set and seed."""
    every = sorted(set(names))
    count = math.ceil(HUMAN_SHARE * len(every))
    drawn = sorted(every, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
    return tuple(drawn[:count])


def tier_of_set(
    sample: Collection[Ref], *, accepted: Collection[Ref], rejected: Collection[Ref]
) -> SetTier:
    """What a set may be called: production once people have accepted all of its sample.

    Args:
        sample: what they are to look at.
        accepted: what they have accepted.
        rejected: what they have turned down; one of them is enough to need a review of the set.
    """
    if any(one in rejected for one in sample):
        return "review_needed"
    return "production" if sample and all(one in accepted for one in sample) else "experimental"
