"""Reading PDF: words, headings and pages, without what only repeats round the text."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lorewright.errors import Unreadable
from lorewright.ingest import gutenberg
from lorewright.ingest.declared import iso_date, sensible_author, sensible_title, title_from
from lorewright.ingest.extra import library
from lorewright.ingest.markdown import first_heading
from lorewright.ingest.pdf_furniture import without_furniture
from lorewright.ingest.pdf_headings import Bookmark, with_headings
from lorewright.ingest.pdf_layout import BlockForm, PageBlock, Typography, blocks_of
from lorewright.ingest.pdf_lines import Line, PageLines, page_lines
from lorewright.ingest.pdf_text import written
from lorewright.ingest.reading import Reading

MOST_PAGES = 20_000
"""A file with more pages is refused: no book has them, and a broken file may claim anything."""


class PdfReader:
    """A PDF as canonical Markdown, with the range of every page.

    Lines are joined to paragraphs, also over the end of a page. What is set larger than the
    text, or in bold on a line of its own, or named by a bookmark, is a heading. Running heads,
    running feet and page numbers are left out.
    """

    name: str = "pdf"
    version: str = "1"
    suffixes: tuple[str, ...] = (".pdf",)
    media_type: str = "application/pdf"

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read all pages; raise `Unreadable` for one that is locked, broken or only pictures."""
        document = _opened(raw, file_name)
        try:
            return self._reading(document, file_name)
        finally:
            document.close()

    def _reading(self, document: Any, file_name: str) -> Reading:
        pages = _pages_of(document, file_name)
        _refuse_pictures(pages, file_name)
        facts = _facts(document)
        type_ = Typography.of(page.lines for page in pages)
        kept = list(without_furniture(pages, body_size=type_.size))
        numbered = ((page.number, lines) for page, lines in zip(pages, kept, strict=True))
        blocks = with_headings(blocks_of(numbered, type_), type_, _bookmarks(document))
        imprint = _imprint(kept)
        if imprint != gutenberg.Imprint():
            blocks = list(_with_gutenberg(blocks, imprint.title or "Text", type_))
        text, ranges = written(blocks, page_count=len(pages))
        if not text:
            raise _without_words(file_name)
        return Reading(
            text=text,
            media_type=self.media_type,
            reader=f"{self.name} {self.version}",
            title=imprint.title
            or sensible_title(facts.get("Title"), file_name)
            or first_heading(text)
            or title_from(file_name),
            author=imprint.author or sensible_author(facts.get("Author")),
            date=_date(facts.get("CreationDate")),
            language=imprint.language,
            licence=imprint.licence,
            pages=ranges,
        )


def _opened(raw: bytes, file_name: str) -> Any:
    pypdfium2 = library("pypdfium2", file_name=file_name)
    pdfium = pypdfium2.raw
    try:
        return pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        code: int = error.err_code
        if code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
            raise Unreadable(
                "the PDF is encrypted, and reading it needs a password",
                where=file_name,
                hint=f"save a copy without it, for example: qpdf --decrypt --password=PASSWORD "
                f"{file_name!r} open.pdf",
            ) from error
        raise Unreadable(
            "the PDF is damaged: no PDF reader would find its pages",
            where=file_name,
            hint="get the file again, or open it in a viewer and print it to a new PDF",
        ) from error


def _pages_of(document: Any, file_name: str) -> list[PageLines]:
    count = len(document)
    if not 0 < count <= MOST_PAGES:
        raise Unreadable(
            f"the PDF says that it has {count:,} pages; between one and {MOST_PAGES:,} are read",
            where=file_name,
            hint="split it, for example: qpdf --split-pages=1000 in.pdf part.pdf",
        )
    pdfium = library("pypdfium2", file_name=file_name).raw
    return [_composed(page_lines(pdfium, document.raw, index)) for index in range(count)]


def _composed(page: PageLines) -> PageLines:
    """The page with its letters in composed form (NFC)."""
    if all(line.words.isascii() for line in page.lines):
        return page
    lines = [
        line._replace(words=unicodedata.normalize("NFC", line.words.translate(_LIGATURES)))
        for line in page.lines
    ]
    return page._replace(lines=lines)


def _refuse_pictures(pages: list[PageLines], file_name: str) -> None:
    """Raise `Unreadable` for a scan: pages of pictures, with hardly a word."""
    letters = [sum(len(line.words) for line in page.lines) for page in pages]
    bare = sum(page.pictures > 0 for page in pages)
    if bare * 10 >= len(pages) * 9 and sum(letters) < 60 * len(pages):
        raise Unreadable(
            f"the PDF holds pictures of pages and no text: {bare:,} of {len(pages):,} pages are "
            "scans",
            where=file_name,
            hint="recognise the text first: ocrmypdf in.pdf out.pdf",
        )
    if not any(letters):
        raise _without_words(file_name)


def _without_words(file_name: str) -> Unreadable:
    return Unreadable(
        "the PDF holds no words",
        where=file_name,
        hint="if a viewer shows some, recognise them first: ocrmypdf --force-ocr in.pdf out.pdf",
    )


def _bookmarks(document: Any) -> list[Bookmark]:
    found: list[Bookmark] = []
    outline: Iterator[Any] = document.get_toc(max_depth=8)
    for entry in islice(outline, _MOST_BOOKMARKS):
        place = entry.get_dest()
        index: int | None = place.get_index() if place else None
        if index is not None:
            found.append(Bookmark(entry.get_title(), entry.level, index + 1))
    return found


def _facts(document: Any) -> dict[str, str]:
    facts: dict[str, str] = document.get_metadata_dict(skip_empty=True)
    cleaned = {key: " ".join(_UNSHOWN.sub("", words).split()) for key, words in facts.items()}
    return {key: unicodedata.normalize("NFC", words) for key, words in cleaned.items()}


def _date(words: str | None) -> str | None:
    """A date such as `D:20200102093000+01'00'`."""
    found = _DATE.match(words or "")
    return iso_date("-".join(part for part in found.groups() if part)) if found else None


def _imprint(pages: list[list[Line]]) -> gutenberg.Imprint:
    """What Project Gutenberg's header says, which stands on the first pages."""
    words = "\n".join(line.words for lines in pages[:3] for line in lines)
    parts = list(gutenberg.parts(words))
    if parts and parts[0].heading == gutenberg.HEADER:
        return gutenberg.imprint_of(words[: parts[0].end])
    return gutenberg.Imprint()


def _with_gutenberg(blocks: list[PageBlock], title: str, type_: Typography) -> Iterator[PageBlock]:
    """`blocks` with headings over Project Gutenberg's header, title page, book and licence."""
    count = len(blocks)
    opened = 1 + _first_mark(blocks, gutenberg.HEADER, 0, default=-1)
    closed = _first_mark(blocks, gutenberg.LICENCE, opened, default=count)
    if opened:
        yield _heading(gutenberg.HEADER, blocks[0])
        yield from map(_as_prose, blocks[:opened])
    yield from _with_title_page(blocks[opened:closed], title, type_)
    if closed < count:
        yield _heading(gutenberg.LICENCE, blocks[closed])
        yield from map(_as_prose, blocks[closed:])


def _first_mark(blocks: list[PageBlock], heading: str, start: int, *, default: int) -> int:
    """The first block from `start` with the line that ends the header, or opens the licence."""
    found = (n for n in range(start, len(blocks)) if _has_mark(blocks[n], heading))
    return next(found, default)


def _has_mark(block: PageBlock, heading: str) -> bool:
    return any(part.heading == heading for part in gutenberg.parts(_raw(block)))


def _with_title_page(book: list[PageBlock], title: str, type_: Typography) -> Iterator[PageBlock]:
    """A heading over all before the first long paragraph and its heading; `title` below it."""
    first = next((n for n, block in enumerate(book) if _is_long_prose(block, type_)), 0)
    if first and book[first - 1].form is BlockForm.HEADING:
        first -= 1
    if first:
        yield _heading(gutenberg.TITLE_PAGE, book[0])
        yield from map(_as_prose, book[:first])
        if book[first].level != 1:
            yield _heading(title, book[first])
    yield from book[first:]


def _is_long_prose(block: PageBlock, type_: Typography) -> bool:
    words = block.words
    return (
        block.form is BlockForm.PROSE
        and len(words) > 150
        and block.lines[0].size == type_.size
        and not gutenberg.is_credit(words)
        and not words.startswith("[")
    )


def _as_prose(block: PageBlock) -> PageBlock:
    if block.form is BlockForm.HEADING:
        block.form = BlockForm.PROSE
    return block


def _raw(block: PageBlock) -> str:
    return "\n".join(line.words for line in block.lines)


def _heading(words: str, beside: PageBlock) -> PageBlock:
    line = beside.lines[0]._replace(words=words)
    return PageBlock(BlockForm.HEADING, [line], [beside.pages[0]], level=1)


_MOST_BOOKMARKS = 20_000
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ud800-\udfff\ufffe\uffff]")
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\u00a0": " ",
    }
)
