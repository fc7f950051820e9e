"""How wide words will be, as well as that can be known without the font."""

import unicodedata
from itertools import accumulate

_WIDTHS = {
    0.24: "ijl'|",
    0.30: " !,./:;I[]\\ft",
    0.36: '()-`{}r"*^',
    0.53: "ckvxyszJ",
    0.59: "abdeghnopqu0123456789#$?_L+<=>~",
    0.68: "ABEFKPSTVXYZ&",
    0.77: "CDGHNOQRUw",
    0.90: "mM%W@",
}
_OF_LETTER = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_OTHER = 0.6
"""Em of a letter that the table does not know."""
_WIDEST = 1.1
"""How much wider than the table the widest of the usual fonts is (measured: DejaVu Sans)."""
BOLD = 14.6
"""The size whose usual widths are those of bold letters of 13 pixels."""


def width_of(words: str, *, size: float = 13) -> float:
    """The width of `words` in a sans-serif font of `size` pixels, within about a tenth."""
    return size * sum(_em(letter) for letter in words)


def room_for(words: str, *, size: float = 13) -> float:
    """The room that `words` need even in the widest of the usual fonts."""
    return _WIDEST * width_of(words, size=size)


def shorten(words: str, room: float, *, size: float = 13) -> str:
    """`words`, or as many of their letters as surely fit into `room` pixels, and an ellipsis."""
    words = " ".join(words.split())
    if room_for(words, size=size) <= room:
        return words
    room = room / _WIDEST - size * _OTHER
    reached = accumulate(size * _em(letter) for letter in words)
    return words[: sum(end <= room for end in reached)].rstrip() + "…"


def wrap(words: str, room: float, *, lines: int, size: float = 13) -> list[str]:
    """`words` in at most `lines` lines of `room` pixels; the last one is shortened to fit."""
    wrapped: list[str] = []
    rest = words.split()
    while rest and len(wrapped) < lines - 1:
        taken = 1
        while taken < len(rest) and room_for(" ".join(rest[: taken + 1]), size=size) <= room:
            taken += 1
        wrapped.append(shorten(" ".join(rest[:taken]), room, size=size))
        rest = rest[taken:]
    return [*wrapped, shorten(" ".join(rest), room, size=size)] if rest else wrapped


def _em(letter: str) -> float:
    if letter in _OF_LETTER:
        return _OF_LETTER[letter]
    if unicodedata.category(letter) in {"Mn", "Cf"}:
        return 0.0
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else _OTHER
