"""Reading plain text: wrapped lines become paragraphs, and headings are found."""

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from lorewright.ingest import gutenberg
from lorewright.ingest.declared import title_from
from lorewright.ingest.decoding import decode
from lorewright.ingest.escaping import escaped
from lorewright.ingest.outline import outlined, with_title_page
from lorewright.ingest.passages import Form, Passage, passages
from lorewright.ingest.reading import Reading
from lorewright.ingest.text_headings import Heading


class TextReader:
    """Plain text, hard-wrapped or not, as canonical Markdown.

    A paragraph stands on one line, so that a sentence of it can be quoted word for word. Verse
    and addresses keep their lines (as Markdown's hard breaks), tables and code their layout (as
    fenced code). What Markdown would take for a mark at the start of a line is escaped.
    Project Gutenberg's header, title page and licence stand under headings of their own.
    """

    name: str = "text"
    version: str = "1"
    suffixes: tuple[str, ...] = (".txt", ".text", ".asc")
    media_type: str = "text/plain"

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read a whole text; raise `Unreadable` when it is none."""
        text = decode(raw, file_name=file_name)
        parts = list(gutenberg.parts(text))
        header = next((p for p in parts if p.heading == gutenberg.HEADER), None)
        imprint = gutenberg.imprint_of(text[header.start : header.end] if header else "")
        is_book = header is not None
        title = imprint.title
        markdown = "".join(_markdown(text, parts, title=title, is_book=is_book))
        return Reading(
            text=markdown,
            media_type=self.media_type,
            reader=f"{self.name} {self.version}",
            title=title or _first_heading(markdown) or title_from(file_name),
            author=imprint.author,
            language=imprint.language,
            licence=imprint.licence,
        )


def _markdown(
    text: str, parts: Iterable[gutenberg.Part], *, title: str | None, is_book: bool
) -> Iterator[str]:
    """The canonical text, piece by piece."""
    for part in parts:
        body = text[part.start : part.end]
        if part.heading:
            yield f"# {part.heading}\n\n"
            yield from _written(passages(body))
        elif is_book:
            yield from _written(with_title_page(passages(body), len(body), title=title or "Text"))
        else:
            yield from _written(outlined(passages(body), len(body)))


def _written(pieces: Iterable[Passage | Heading]) -> Iterator[str]:
    """Each piece as Markdown, with the white space that follows it."""
    above: Passage | Heading | None = None
    for piece in pieces:
        if above is not None:
            yield "\n" if _continues_a_list(above, piece) else "\n\n"
        yield _heading(piece) if isinstance(piece, Heading) else _passage(piece)
        above = piece
    if above is not None:
        yield "\n\n"


def _continues_a_list(above: Passage | Heading, piece: Passage | Heading) -> bool:
    return (
        isinstance(above, Passage)
        and isinstance(piece, Passage)
        and above.form is piece.form is Form.ITEM
        and piece.gap == 0
        and _is_markdown_marker(above.marker)
        and _is_markdown_marker(piece.marker)
    )


def _heading(heading: Heading) -> str:
    return f"{'#' * heading.level} {heading.words}"


def _passage(passage: Passage) -> str:
    match passage.form:
        case Form.PROSE | Form.UNDERLINED:
            return escaped(passage.text)
        case Form.ITEM:
            return f"{_marker(passage.marker)} {escaped(passage.text)}"
        case Form.LINES:
            return "  \n".join(map(escaped, passage.text.split("\n")))
        case Form.LAYOUT:
            return _fenced(passage.text)
        case Form.QUOTE:
            return passage.text
        case Form.SIDENOTE:
            return f"[Sidenote: {passage.text}]"
        case Form.RULE:
            return "* * *"
        case _:
            assert_never(passage.form)


def _marker(marker: str) -> str:
    return marker if marker[-1] in ".)" else "-"


def _is_markdown_marker(marker: str) -> bool:
    """Whether Markdown knows this marker, once every bullet is a dash; it knows no `a)`."""
    return marker[0].isdigit() or marker[-1] != ")"


def _fenced(layout: str) -> str:
    if layout.startswith(("```", "~~~")):
        return layout
    longest = max((len(run) for run in _TICKS.findall(layout)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{layout}\n{fence}"


def _first_heading(markdown: str) -> str | None:
    found = _TITLE.match(markdown)
    return found[1] if found else None


_TICKS = re.compile(r"`{3,}")
_TITLE = re.compile(r"# (\S[^\n]*)")
