"""How hard the chunks of a document are: counted, never asked."""

import re
from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from lorewright.analyze.context.layout import Layout
from lorewright.analyze.passage import Passage
from lorewright.records import (
    Band,
    ChunkAnalysis,
    Complexity,
    DifficultyLevel,
    LevelCount,
)

LONG_WORD = 7
"""Letters of a long word, as the LIX counts them."""
BANDS = ((30, "very easy"), (40, "easy"), (50, "middling"), (60, "hard"), (None, "very hard"))
"""The LIX below which a chunk is of each band."""
_WORD = re.compile(r"[^\W\d_]+")


def complexity_of(layout: Layout, analyses: Iterable[ChunkAnalysis]) -> Complexity:
    """The readability and the difficulty of the chunks of a document.

    Args:
        layout: the document and its sequential chunks.
        analyses: of chunks of any type; those of other chunks do not count.
    """
    measured = [lix(Passage(layout.document, one)) for one in layout.chunks]
    known = [value for value in measured if value is not None]
    levels = _levels(layout, analyses)
    names = Counter(_band(value) for value in known)
    return Complexity(
        readability=tuple(Band(name=name, chunks=names[name]) for _, name in BANDS),
        median=_tenths(median(known)) if known else None,
        unmeasured=len(measured) - len(known),
        difficulty=tuple(LevelCount(level=one, chunks=levels[one]) for one in DifficultyLevel),
        unknown_difficulty=len(layout.chunks) - levels.total(),
    )


def lix(passage: Passage) -> float | None:
    """The LIX of a passage: words per sentence, and per cent of long words, added up."""
    sentences = passage.sentences
    words = [found[0] for one in sentences for found in _WORD.finditer(one.text)]
    if not words:
        return None
    long = sum(len(word) >= LONG_WORD for word in words)
    return len(words) / len(sentences) + 100 * long / len(words)


def _levels(layout: Layout, analyses: Iterable[ChunkAnalysis]) -> Counter[DifficultyLevel]:
    own = {one.ref for one in layout.chunks}
    by_chunk = {one.chunk: one.fields.difficulty_level for one in analyses if one.chunk in own}
    return Counter(level for level in by_chunk.values() if level is not None)


def _band(value: float) -> str:
    return next(name for below, name in BANDS if below is None or value < below)


def _tenths(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP)
