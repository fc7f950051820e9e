"""Project Gutenberg's wrapping: where a book begins and ends in its file, and what the file says.

Its markers are the same in many thousands of books, so that the words of the book can be told
from the licence round it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lorewright.ingest.declared import language_code

HEADER = "Project Gutenberg header"
LICENCE = "Project Gutenberg licence"
TITLE_PAGE = "Title page"
"""Headings of ours over the parts that are not the book; `prose.is_apparatus` knows them."""
LICENCE_NAME = "Project Gutenberg License"
PAGE_MARK = re.compile(r"\s*\[(?:Pg|Page|p\.) ?\d{1,5}\]\s*\Z", re.IGNORECASE)
"""How transcribers mark, on a line of its own, where a printed page begins."""


class Part(NamedTuple):
    """A stretch of a file: a heading of ours, or the book itself."""

    heading: str
    """Empty for the book."""
    start: int
    end: int


class Imprint(NamedTuple):
    """What Project Gutenberg's header says about the book."""

    title: str | None = None
    author: str | None = None
    language: str | None = None
    licence: str | None = None


def parts(text: str) -> Iterator[Part]:
    """Tile `text` with the header, the book and the licence, as often as they follow.

    A text without the markers is all book.
    """
    marks = list(_MARK.finditer(text))
    at, heading = 0, HEADER if marks and marks[0]["start"] else ""
    for mark in marks:
        cut = mark.end() if mark["start"] else mark.start()
        if cut > at:
            yield Part(heading, at, cut)
        at, heading = cut, "" if mark["start"] else LICENCE
    if at < len(text):
        yield Part(heading, at, len(text))


def imprint_of(header: str) -> Imprint:
    """Read the lines `Title:`, `Author:` and `Language:` of a header."""
    found = {mark[1].lower(): mark[2] for mark in _FIELD.finditer(header)}
    return Imprint(
        title=_on_one_line(found.get("title")),
        author=_on_one_line(found.get("author")),
        language=language_code(found.get("language")),
        licence=LICENCE_NAME if _TERMS.search(header) else None,
    )


def is_credit(words: str) -> bool:
    """Whether a paragraph names those who typed the book."""
    return bool(_CREDIT.match(words))


def _on_one_line(words: str | None) -> str | None:
    """A title with its subtitle; None for nothing."""
    lines = [line.strip() for line in (words or "").split("\n") if line.strip()]
    if not lines:
        return None
    whole = lines[0]
    for line in lines[1:]:
        if whole[-1].isalnum():
            whole += ", " if line.startswith("or,") else ": " if line[0].isupper() else " "
        whole += line if whole[-1] == " " else f" {line}"
    return " ".join(whole.split())


_MARK = re.compile(
    r"(?P<start>^\*\*\* ?START OF (?:THIS|THE) PROJECT GUTENBERG[^*]*\*\*\*[^\n]*"
    r"|^\*END\*THE SMALL PRINT![^\n]*)"
    r"|(?P<end>^(?:End of (?:the |this )?Project Gutenberg[^\n]*\s+)?"
    r"\*\*\* ?END OF (?:THIS|THE) PROJECT GUTENBERG)",
    re.MULTILINE | re.IGNORECASE,
)
_FIELD = re.compile(r"^(Title|Author|Language):[ \t]*(\S[^\n]*(?:\n[ \t]+\S[^\n]*)*)", re.MULTILINE)
_TERMS = re.compile(r"terms\s+of\s+the\s+Project\s+Gutenberg(?:-tm|™)?\s+License", re.IGNORECASE)
_CREDIT = re.compile(
    r"\W*(?:produced|prepared|transcribed|scanned|e-?text|this e-?text|this file was)\b"
    r".{0,40}\b(?:by|prepared|produced|from)\b",
    re.IGNORECASE,
)
