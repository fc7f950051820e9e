"""How far a text goes before its words repeat themselves."""

from collections.abc import Iterable, Sequence

from lorewright.similarity import words

THRESHOLD = 0.72


def mtld(texts: Iterable[str], *, threshold: float = THRESHOLD) -> float | None:
    """MTLD: the mean number of words until the share of different ones falls below `threshold`.

    After McCarthy and Jarvis, *MTLD, vocd-D, and HD-D* (Behavior Research Methods 42, 2010):
    the rest at the end counts as the part of a stretch that it is, and the mean of reading
    forwards and backwards is taken. The texts are read as one, in their order.

    Returns:
        None without words, or when no word occurs twice: such a text has no end.
    """
    found = [word for text in texts for word in words(text)]
    lengths = [_mean_stretch(one, threshold) for one in (found, found[::-1])]
    known = [length for length in lengths if length is not None]
    return sum(known) / len(known) if known else None


def _mean_stretch(found: Sequence[str], threshold: float) -> float | None:
    stretches = 0.0
    seen: set[str] = set()
    length = 0
    for word in found:
        length += 1
        seen.add(word)
        if len(seen) / length < threshold:
            stretches += 1
            length = 0
            seen.clear()
    if length:
        stretches += (1 - len(seen) / length) / (1 - threshold)
    return len(found) / stretches if stretches else None
