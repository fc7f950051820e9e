"""The lines of a PDF page as PDFium sees them: their words, their place and their type."""

import re
from collections.abc import Iterator
from ctypes import c_double, c_int, c_ushort, create_string_buffer
from math import hypot
from typing import Any, NamedTuple

SOFT_BREAK = "\N{SOFT HYPHEN}"
"""Stands at the end of a line whose last word was broken by a hyphen."""


class Line(NamedTuple):
    """One line of type; places are in points from the lower left corner of the page."""

    words: str
    left: float
    right: float
    baseline: float
    size: float
    """Of the type, in points, rounded to halves."""
    is_bold: bool


class PageLines(NamedTuple):
    """What stands on one page."""

    number: int
    height: float
    lines: list[Line]
    pictures: int
    """Pictures that it shows; looked for only where it has hardly a word."""


def page_lines(pdfium: Any, document: Any, index: int) -> PageLines:
    """The lines of the page at `index` of a `document` that `pdfium` has open.

    They come in the order in which the file sets them. A page that PDFium cannot load has no lines.
    """
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return PageLines(index + 1, 0.0, [], 0)
    try:
        text_page = pdfium.FPDFText_LoadPage(page)
        lines: list[Line] = []
        if text_page:
            try:
                lines = list(_lines(pdfium, text_page))
            finally:
                pdfium.FPDFText_ClosePage(text_page)
        is_bare = sum(len(line.words) for line in lines) < _BARE
        pictures = _pictures_on(pdfium, page) if is_bare else 0
        height = float(pdfium.FPDF_GetPageHeightF(page))
    finally:
        pdfium.FPDF_ClosePage(page)
    return PageLines(index + 1, height, lines, pictures)


def _lines(pdfium: Any, text_page: Any) -> Iterator[Line]:
    words = _text_of(pdfium, text_page)
    measured = _Measured(pdfium, text_page, len(words))
    at = 0
    for found in _LINE_END.finditer(words):
        is_broken = found[0] in _BROKEN
        piece = words[at : found.start()]
        if shown := " ".join(_NO_TEXT.sub("", piece).split()):
            first = at + len(piece) - len(piece.lstrip())
            last = at + len(piece.rstrip()) - 1
            yield measured.line(shown + SOFT_BREAK * is_broken, first, last)
        at = found.end()


def _text_of(pdfium: Any, text_page: Any) -> str:
    """All text of a page; a position in it is a position in PDFium's own text."""
    count = max(0, pdfium.FPDFText_CountChars(text_page))
    units = (c_ushort * (count * 2 + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, units)
    raw = bytes(units)[: max(0, written - 1) * 2]
    return raw.decode("utf-16-le", errors="replace")


class _Measured:
    """Asks PDFium about single characters: few of a line, since each question costs."""

    def __init__(self, pdfium: Any, text_page: Any, length: int) -> None:
        self._pdfium = pdfium
        self._page = text_page
        self._is_plain = pdfium.FPDFText_CountChars(text_page) == length
        self._x, self._y, self._right = c_double(), c_double(), c_double()
        self._other = c_double()
        self._matrix = pdfium.FS_MATRIX()
        self._font = create_string_buffer(128)
        self._flags = c_int()

    def line(self, words: str, first: int, last: int) -> Line:
        """The line between two places of the page's text, both of visible characters."""
        at, end = self._index(first), self._index(last)
        middle = self._index((first + last) // 2)
        pdfium, page, other = self._pdfium, self._page, self._other
        pdfium.FPDFText_GetCharOrigin(page, at, self._x, self._y)
        pdfium.FPDFText_GetCharBox(page, end, other, self._right, other, other)
        pdfium.FPDFText_GetCharOrigin(page, middle, other, self._y)
        return Line(
            words,
            self._x.value,
            max(self._x.value, self._right.value),
            self._y.value,
            self._size(middle),
            self._is_bold(middle),
        )

    def _index(self, place: int) -> int:
        """PDFium counts characters that are not in its text too, such as hidden ones."""
        if self._is_plain:
            return place
        return max(0, self._pdfium.FPDFText_GetCharIndexFromTextIndex(self._page, place))

    def _size(self, at: int) -> float:
        size = float(self._pdfium.FPDFText_GetFontSize(self._page, at))
        if self._pdfium.FPDFText_GetMatrix(self._page, at, self._matrix):
            size *= hypot(self._matrix.c, self._matrix.d) or 1.0
        return round(abs(size) * 2) / 2

    def _is_bold(self, at: int) -> bool:
        found = self._pdfium.FPDFText_GetFontInfo(
            self._page, at, self._font, len(self._font), self._flags
        )
        return bool(found) and bool(_BOLD.search(self._font.value))


def _pictures_on(pdfium: Any, page: Any) -> int:
    count = min(1_000, max(0, pdfium.FPDFPage_CountObjects(page)))
    kinds = (pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, n)) for n in range(count))
    return sum(kind in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM} for kind in kinds)


_BROKEN = {"\ufffe", "\x02"}
"""What PDFium writes for a hyphen at the end of a line, and the end of the line with it."""
_LINE_END = re.compile(r"\r\n|[\r\n\ufffe\x02]|\Z")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\ufeff\ufffe\uffff\ud800-\udfff]")
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_BARE = 100
"""A page with fewer letters may be a scan with a stamp on it."""
