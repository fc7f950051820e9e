"""What feelings come to: their valence, and how those of the client move from start to end."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from lorewright.conversations.catalogues import Arc, Feeling
from lorewright.conversations.enriching.reading import Valence
from lorewright.records import Emotion, EnrichedTurn

POSITIVE = frozenset(
    {
        "hope",
        "relief",
        "excitement",
        "joy",
        "confidence",
        "gratitude",
        "pride",
        "determination",
        "calm",
        "optimism",
    }
)
NEGATIVE = frozenset(
    {
        "shame",
        "fear",
        "anxiety",
        "guilt",
        "anger",
        "frustration",
        "overwhelm",
        "sadness",
        "embarrassment",
        "worry",
        "stress",
    }
)
_WORD = re.compile(r"[^\W_]+")
_HUNDREDTH = Decimal("0.01")


@lru_cache(maxsize=4096)
def valence_of(emotion: str) -> Valence:
    """Whether a feeling is good or bad to have; `mixed` for all that neither list names.

    A name of several words, such as `tentative_hope`, is what one of its words is; when one is
    good and one is bad, it is mixed.
    """
    words = {word.lower() for word in _WORD.findall(emotion)}
    is_good, is_bad = not words.isdisjoint(POSITIVE), not words.isdisjoint(NEGATIVE)
    if is_good == is_bad:
        return "mixed"
    return "positive" if is_good else "negative"


class Progression(NamedTuple):
    """How the client's feelings moved, as the turns themselves say."""

    start: Emotion
    middle: Emotion | None
    """Of the turn in the middle; None for a client who speaks fewer than three times."""
    end: Emotion
    names_the_end: bool | None
    """Whether the last feeling is the one that the arc leads to; None without an arc."""
    ends_in_range: bool | None
    """Whether it is as strong as the arc wants it; None without an arc."""

    @property
    def change(self) -> Decimal:
        """How much stronger the last feeling is than the first; they may be different ones."""
        return self.end.intensity - self.start.intensity

    @property
    def arrives(self) -> bool | None:
        """Whether the arc was gone to its end; None without an arc."""
        return self.names_the_end and self.ends_in_range


def progression_of(turns: Sequence[EnrichedTurn], arc: Arc | None = None) -> Progression | None:
    """The way of the client's feelings through `turns`; None when they are not told."""
    felt = [one.emotion for one in turns if one.role == "user" and one.emotion is not None]
    if not felt:
        return None
    end = felt[-1]
    return Progression(
        start=felt[0],
        middle=felt[len(felt) // 2] if len(felt) > 2 else None,
        end=end,
        names_the_end=None if arc is None else _name(end.primary) == _name(arc.end.emotion),
        ends_in_range=None if arc is None else arc.end.least <= end.intensity <= arc.end.most,
    )


def target_of(arc: Arc) -> str:
    """Where an arc leads from and to, with the middle of each range: `fear(0.82) -> ...`."""
    return f"{_middle_of(arc.start)} -> {_middle_of(arc.end)}"


def way_of(felt: Sequence[Emotion]) -> str | None:
    """The same from what was felt, for a conversation without an arc."""
    if not felt:
        return None
    first, last = felt[0], felt[-1]
    return f"{first.primary}({first.intensity}) -> {last.primary}({last.intensity})"


def _middle_of(feeling: Feeling) -> str:
    middle = ((feeling.least + feeling.most) / 2).quantize(_HUNDREDTH).normalize()
    return f"{feeling.emotion}({middle:f})"


def _name(emotion: str) -> str:
    return " ".join(_WORD.findall(emotion.lower()))
