"""How much of a set asks again what another one asks."""

from collections.abc import Sequence
from decimal import Decimal

from lorewright.similarity import near_duplicates, shingles


def near_duplicate_share(texts: Sequence[str], *, threshold: Decimal) -> float | None:
    """The share of texts that nearly repeat an earlier one, 0 to 1; None without any text.

    Two texts are nearly the same when the Jaccard similarity of their word bigrams reaches
    `threshold` (Broder, *On the resemblance and containment of documents*, 1997). Every text
    is counted once, however many others it repeats.
    """
    if not texts:
        return None
    twins = near_duplicates(
        len(texts), lambda index: shingles(texts[index]), threshold=float(threshold)
    )
    return sum(1 for _ in twins) / len(texts)
