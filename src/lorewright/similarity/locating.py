"""Where the words that somebody quotes stand in a text."""

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

from lorewright.errors import MissingExtra
from lorewright.records import Match

LEAST_LIKENESS = 90.0
"""From 0 to 100: how like its quote a passage must be to count as what was meant."""
LEAST_FUZZY_WORDS = 4
"""Fewer words are alike too easily; they must stand there as they are."""
_WORD = re.compile(r"\w+")


class Located(NamedTuple):
    """A stretch of a text, `[start, end)`, and how the quote was found in it."""

    start: int
    end: int
    match: Match


def locate(quote: str, text: str, start: int = 0, end: int | None = None) -> Located | None:
    """Find `quote` in `text[start:end]`: as it stands, else by its words, else approximately.

    A normalised match has the same words in the same order, whatever stands between them and
    however they are written. A fuzzy one is at least 90 % like the quote (indel similarity of
    the best aligned stretch) and is widened to whole words. Only the first place is given.

    Args:
        quote: the words; space around them does not count.
        text: where they should stand.
        start: first character that is searched.
        end: one past the last; None means to the end.

    Raises:
        MissingExtra: when only an approximate match is left and RapidFuzz is not installed.
    """
    wanted, stop = quote.strip(), len(text) if end is None else end
    if not wanted:
        return None
    at = text.find(wanted, start, stop)
    if at >= 0:
        return Located(at, at + len(wanted), Match.EXACT)
    asked = [_folded(found[0]) for found in _WORD.finditer(wanted)]
    if not asked:
        return None
    return _by_words(asked, text, start, stop) or _alike(wanted, len(asked), text, start, stop)


def _by_words(asked: list[str], text: str, start: int, end: int) -> Located | None:
    places = list(_WORD.finditer(text, start, end))
    joined, starts = " ", list[int]()
    parts = list[str]()
    at = 1
    for place in places:
        word = _folded(place[0])
        starts.append(at)
        parts.append(word)
        at += len(word) + 1
    joined += " ".join(parts) + " "
    found = joined.find(f" {' '.join(asked)} ")
    if found < 0:
        return None
    first = bisect_right(starts, found + 1) - 1
    last = first + len(asked) - 1
    return Located(places[first].start(), places[last].end(), Match.NORMALISED)


def _alike(wanted: str, count: int, text: str, start: int, end: int) -> Located | None:
    if count < LEAST_FUZZY_WORDS or end - start < len(wanted):
        return None
    try:
        from rapidfuzz import fuzz
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "finding words that are quoted inexactly needs RapidFuzz",
            hint='pip install "lorewright[teachers]"',
        ) from error
    stretch = text[start:end]
    lower = stretch.lower()
    if len(lower) == len(stretch):  # a few letters grow, and places would shift
        wanted, stretch = wanted.lower(), lower
    found = fuzz.partial_ratio_alignment(wanted, stretch, score_cutoff=LEAST_LIKENESS)
    if found is None:
        return None
    first, last = _whole_words(text, start + found.dest_start, start + found.dest_end)
    return Located(first, last, Match.FUZZY) if first < last else None


def _whole_words(text: str, first: int, last: int) -> tuple[int, int]:
    """The stretch without white space at its ends, and with the rest of words that it cuts."""
    while 0 < first < len(text) and text[first - 1].isalnum() and text[first].isalnum():
        first -= 1
    while 0 < last < len(text) and text[last - 1].isalnum() and text[last].isalnum():
        last += 1
    inside = text[first:last]
    return last - len(inside.lstrip()), first + len(inside.rstrip())


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
