"""Numbers as people read them."""

NONE = "\N{EN DASH}"
"""Stands in a table where there is no number."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 section`, `1,204 sections`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def share(part: float, whole: float) -> str:
    """`part` of `whole` in per cent; what is neither nothing nor all never reads as such."""
    if not whole:
        return NONE
    percent = 100 * part / whole
    if 0 < percent < 0.5:
        return "< 1 %"
    if 99.5 <= percent < 100:
        return "> 99 %"
    return f"{percent:.0f} %"


def plain(key: str) -> str:
    """A key such as `near_duplicate` as words."""
    return key.replace("_", " ").replace("-", " ").strip()
