"""The words of a text as they are compared: no case, no punctuation, no white space."""

import hashlib
import re
import sys
import unicodedata
from functools import cache
from itertools import groupby

_ASCII_FOLD = {point: chr(point).lower() if chr(point).isalnum() else " " for point in range(128)}
_TYPESET = re.compile("[\u2010-\u2027]")
"""Dashes, quotation marks and dots as printers set them: in most books all that is not ASCII."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""Soft hyphens, joiners and other marks without width that stand inside words."""
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han: scripts that put no space between words."""


def words(text: str) -> list[str]:
    """The words of `text`, case-folded, in order.

    A word is a run of letters, digits and the marks upon them, after Unicode's NFKC folding.
    Where a script puts no space between words each character counts as one, since otherwise
    a whole sentence would be a single word.
    """
    if not text.isascii():
        text = _TYPESET.sub(" ", text)
    if text.isascii():  # several times faster, and says the same
        return text.translate(_ASCII_FOLD).split()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _unicode_word().findall(_INVISIBLE.sub("", folded))


def normalised(text: str) -> str:
    """The words of `text` with one space between them.

    A text without any word, such as a formula of signs alone, keeps its signs.
    """
    return " ".join(words(text) or text.split())


def exact_digest(text: str) -> bytes:
    """Sixteen bytes that two texts share when they have the same words (BLAKE2b)."""
    folded = normalised(text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(folded, digest_size=16).digest()


@cache
def _unicode_word() -> re.Pattern[str]:
    marks = _combining_marks()
    letter = rf"[^\W_{_UNSPACED}]"
    return re.compile(rf"[{_UNSPACED}][{marks}]*|{letter}(?:{letter}|[{marks}])*")


def _combining_marks() -> str:
    """Every mark that Python's own word class leaves out, as ranges for a character class."""
    points = (
        point
        for point in range(0x300, min(sys.maxunicode, 0x1F000))
        if unicodedata.category(chr(point)) in {"Mn", "Mc"}
    )
    runs = groupby(enumerate(points), key=lambda pair: pair[1] - pair[0])
    ranges = ([point for _, point in run] for _, run in runs)
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in ranges)
