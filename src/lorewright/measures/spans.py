"""How much of a text the spans that are cited cover."""

from collections.abc import Iterable


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """Characters that stand in at least one of the spans `[start, end)`."""
    total = at = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, at))
        at = max(at, end)
    return total


def span_coverage(length: int, spans: Iterable[tuple[int, int]]) -> float:
    """The union of `spans` as a share of a text of `length` characters, 0 to 1.

    Every character counts, white space and headings too; `curate.coverage` counts only what
    can be asked about. A text without characters is covered.
    """
    if not length:
        return 1.0
    inside = ((max(0, start), min(length, end)) for start, end in spans)
    return covered(inside) / length
