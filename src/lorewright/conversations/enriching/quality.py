"""What a conversation is worth: four parts from 0 to 10, their weighted sum, and its tier."""

import math
import statistics
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple, Protocol

from lorewright.conversations.catalogues import Arc, Tier
from lorewright.records import QualityParts, QualityTier

WEIGHTS: dict[str, Decimal] = {
    "turn_count": Decimal("0.30"),
    "length": Decimal("0.25"),
    "structure": Decimal("0.30"),
    "confidence": Decimal("0.15"),
}
"""Of the parts, as `QualityParts` names them."""

TIER_FROM: tuple[tuple[QualityTier, Decimal], ...] = (
    (QualityTier.SEED_DATASET, Decimal("4.5")),
    (QualityTier.PRODUCTION, Decimal("3.5")),
    (QualityTier.EXPERIMENTAL, Decimal("2.5")),
    (QualityTier.REJECTED, Decimal(0)),
)
"""From how many points of the scale from 1 to 5 each tier begins, the best first."""

REVISE_BELOW = Decimal(6)
"""A conversation with a lower score is for somebody to revise."""

OPTIMAL, TOO_LOW, TOO_HIGH = 10.0, 3.0, 4.0
ACCEPTABLE_FROM, ACCEPTABLE_TO = 7.0, 5.0
"""Falling from the edge of the optimal band to the edge of the acceptable one."""

_HUNDREDTH = Decimal("0.01")


class Band(NamedTuple):
    """The optimal values inside the acceptable ones; every end belongs to its band."""

    least: float
    from_: float
    to: float
    most: float

    def score(self, value: float) -> float:
        """10 in the optimal band, 7 falling to 5 in the acceptable one, less outside."""
        if value < self.least:
            return TOO_LOW
        if value > self.most:
            return TOO_HIGH
        if self.from_ <= value <= self.to:
            return OPTIMAL
        edge, end = (self.from_, self.least) if value < self.from_ else (self.to, self.most)
        return ACCEPTABLE_FROM - (ACCEPTABLE_FROM - ACCEPTABLE_TO) * (value - edge) / (end - edge)


class Lengths(NamedTuple):
    """What a tier of arcs asks for."""

    turns: Band
    """Messages; only for a conversation that has no arc."""
    mean: Band
    """Characters of a message on average."""
    least: int
    """Characters of all messages together."""


# Conversations are asked for with answers of 200 to 400 words, which is some 1,400 characters a
# message when both sides are counted: upper ends below that would punish what was ordered.
LENGTHS: dict[Tier, Lengths] = {
    Tier.TEMPLATE: Lengths(Band(6, 8, 16, 20), Band(50, 100, 1400, 2100), 1000),
    Tier.SCENARIO: Lengths(Band(8, 10, 20, 24), Band(80, 150, 1500, 2200), 1500),
    Tier.EDGE_CASE: Lengths(Band(4, 6, 12, 16), Band(60, 120, 1450, 2150), 800),
}


class Spoken(Protocol):
    """A turn as far as its quality is concerned."""

    @property
    def role(self) -> str:
        """`user` or `assistant`."""
        ...

    @property
    def text(self) -> str:
        """What is said."""
        ...


class Quality(NamedTuple):
    """The score of a conversation and what it is made of."""

    parts: QualityParts
    score: Decimal
    """From 0 to 10."""
    tier: QualityTier

    @property
    def grade(self) -> int:
        """The score in whole points from 1 to 5."""
        return int(points_of(self.score).quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def needs_revision(self) -> bool:
        """Whether somebody should revise the conversation."""
        return self.score < REVISE_BELOW


def quality_of(turns: Sequence[Spoken], arc: Arc | None = None) -> Quality:
    """Score a conversation by its form.

    It is counted, not judged: nothing here knows whether the advice is kind or right. The number
    of messages is held against the range of the arc itself, in which one exchange is two
    messages; only without an arc against the table of tiers.
    """
    tier = arc.tier if arc else Tier.TEMPLATE
    lengths = LENGTHS[tier]
    band = band_of(arc) if arc else lengths.turns
    parts = QualityParts(
        turn_count=_part(band.score(len(turns))),
        length=_part(_length(turns, lengths)),
        structure=_part(_structure(turns)),
        confidence=_part(_confidence(turns)),
    )
    total = sum(
        (weight * Decimal(getattr(parts, name)) for name, weight in WEIGHTS.items()), Decimal(0)
    )
    score = total.quantize(_HUNDREDTH)
    return Quality(parts, score, tier_of(score))


def band_of(arc: Arc) -> Band:
    """How many messages an arc wants; one exchange fewer or more is acceptable."""
    fewest, most = 2 * arc.fewest_turns, 2 * arc.most_turns
    return Band(max(fewest - 2, 1), fewest, most, most + 2)


def points_of(score: Decimal) -> Decimal:
    """A score from 0 to 10 on the scale from 1 to 5, on which tiers are set.

    The line through both ends: 0 is 1 point and 10 are 5, so each point of the score is 0.4.
    Tiers then begin at 8.75, 6.25 and 3.75 of 10.
    """
    return 1 + score * Decimal("0.4")


def tier_of(score: Decimal) -> QualityTier:
    """What a conversation of this score from 0 to 10 may be used for."""
    points = points_of(score)
    return next(tier for tier, least in TIER_FROM if points >= least)


def _length(turns: Sequence[Spoken], lengths: Lengths) -> float:
    """By the mean; a conversation that is too short as a whole has no more than the lowest."""
    total = sum(len(turn.text) for turn in turns)
    score = lengths.mean.score(total / len(turns)) if turns else TOO_LOW
    return min(score, TOO_LOW) if total < lengths.least else score


def _structure(turns: Sequence[Spoken]) -> float:
    """10 less what is out of order; an empty turn never comes this far."""
    roles = [turn.role for turn in turns]
    client = roles.count("user")
    repeated = sum(before == here for before, here in pairwise(roles))
    score = 10.0
    score -= 2.0 * (roles[:1] != ["user"])
    score -= 1.5 * repeated
    score -= 0.5 * sum(len(turn.text.strip()) < 10 for turn in turns)
    score -= 1.0 * (abs(len(roles) - 2 * client) > 1)
    return score


def _confidence(turns: Sequence[Spoken]) -> float:
    """7, and more or less by signs that a text was written with care or filled in.

    Counted are how many turns begin differently, how alike they are in length, how many ask
    something, and whether the advisor's last word is more than a phrase.
    """
    if not turns:
        return 7.0
    texts = [turn.text for turn in turns]
    openers = len({text[:50] for text in texts}) / len(texts)
    questions = sum("?" in text for text in texts) / len(texts)
    score = 7.0
    score += 1.5 if openers > 0.9 else -2.0 if openers < 0.6 else 0.0
    score += _evenness([len(text) for text in texts])
    score += 1.0 if 0.2 <= questions <= 0.5 else -0.5 if questions > 0.7 else 0.0
    last = next((turn.text for turn in reversed(turns) if turn.role == "assistant"), "")
    return score + (0.5 if len(last) > 50 else 0.0)


def _evenness(lengths: Sequence[int]) -> float:
    mean = statistics.fmean(lengths)
    variance = statistics.fmean((length - mean) ** 2 for length in lengths)
    variation = math.sqrt(variance) / mean if mean else 0.0
    return 1.0 if variation < 0.5 else -1.0 if variation > 1.5 else 0.0


def _part(score: float) -> Decimal:
    return Decimal(f"{min(max(score, 0.0), 10.0):.2f}")
