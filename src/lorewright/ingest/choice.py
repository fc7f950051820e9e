"""Which reader reads a file, and the document that comes of it."""

import re
from functools import cache
from pathlib import PurePath

from lorewright import plugins
from lorewright.errors import Unreadable
from lorewright.ingest.kinds import has_pdf_header, kind_of
from lorewright.ingest.reading import Reader, Reading
from lorewright.prose import sections
from lorewright.records import Blob, Document, Source


def read(raw: bytes, *, file_name: str) -> Reading:
    """Read a file with the reader for its suffix; without a known suffix its content decides.

    Raises:
        Unreadable: when the file is empty, is no text, or is not what its name says.
        PluginError: when a reader that somebody installed cannot be loaded.
    """
    return _reader_for(raw, file_name).read(raw, file_name=file_name)


def document_from(source: Source, reading: Reading, text: Blob) -> Document:
    """The document that `reading` makes of `source`, with its words attached.

    Args:
        source: the file as it arrived.
        reading: what a reader made of it.
        text: where the canonical text was kept, as UTF-8.

    Raises:
        BadRecord: when `text` is not the text of `reading`.
    """
    return Document(
        made_from=(source.ref,),
        title=reading.title,
        author=reading.author,
        date=reading.date,
        language=reading.language,
        licence=reading.licence,
        reader=reading.reader,
        text=text,
        length=len(reading.text),
        sections=sections(reading.text),
        pages=reading.pages,
        moments=reading.moments,
    ).with_text(reading.text)


def media_type_of(file_name: str) -> str:
    """What the reader for the suffix of `file_name` says that its files are."""
    suffix = PurePath(file_name).suffix.lower()
    named = next((reader for reader in _readers() if suffix in reader.suffixes), None)
    return named.media_type if named else "application/octet-stream"


def _reader_for(raw: bytes, file_name: str) -> Reader:
    suffix = PurePath(file_name).suffix.lower()
    named = next((reader for reader in _readers() if suffix in reader.suffixes), None)
    if named and named.name not in _BUILT_IN:
        return named
    found = kind_of(raw)
    if named and named.name == "pdf" and has_pdf_header(raw):
        return named
    if found and found.reader is None and not (named and named.name in _ARCHIVES and _is_zip(raw)):
        raise Unreadable(
            f"the file is {found.held}{', whatever its name says' if named else ''}",
            where=file_name,
            hint=found.hint,
        )
    if named is None:
        name = found.reader if found and found.reader else _sniffed(_head(raw))
        return plugins.load("readers", name)()
    if found and found.reader not in {None, named.name}:
        raise _wrong_name(suffix, found.held, found.suffix, file_name)
    if found is None:
        _refuse_other_text(raw, named, suffix, file_name)
    return named


def _refuse_other_text(raw: bytes, named: Reader, suffix: str, file_name: str) -> None:
    """Raise `Unreadable` when a file of no particular kind is not what `named` reads."""
    head = _head(raw)
    if not raw:
        return  # the reader says that there is nothing
    if named.name != "html" and _HTML_PAGE.match(head):
        raise _wrong_name(suffix, "an HTML page", ".html", file_name)
    if named.name in _BINARY:
        raise Unreadable(
            f"the file is called {suffix} but holds nothing of that kind",
            where=file_name,
            hint="get it again; if it is text, give it the suffix .txt",
        )
    if named.name == "html" and head and not _HTML_TAG.search(head):
        raise _wrong_name(suffix, "text without a single HTML tag", ".txt", file_name)


def _is_zip(raw: bytes) -> bool:
    return raw[:2] == b"PK"


def _wrong_name(suffix: str, held: str, right: str, file_name: str) -> Unreadable:
    return Unreadable(
        f"the file is called {suffix} but holds {held}",
        where=file_name,
        hint=f"give it the suffix {right}, so that the right reader reads it",
    )


@cache
def _readers() -> list[Reader]:
    """One of every installed reader, in the order of their names.

    Found once: looking through what is installed takes longer than reading a short file.
    """
    return [plugins.load("readers", name)() for name in plugins.names("readers")]


def _sniffed(head: str) -> str:
    """The name of the built-in reader for a file that begins with `head`."""
    if _HTML_PAGE.match(head):
        return "html"
    return "markdown" if _MARKDOWN.search(head) else "text"


def _head(raw: bytes) -> str:
    """The first characters of a file, whatever is broken in them."""
    encoding = "utf-16" if raw[:2] in _UTF_16_MARKS else "utf-8"
    return raw[:65_536].decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n")


_ARCHIVES = frozenset({"docx", "epub"})
_BINARY = _ARCHIVES | {"pdf"}
_BUILT_IN = _BINARY | {"html", "markdown", "text", "vtt", "srt"}
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HTML_PAGE = re.compile(
    r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_HTML_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_MARKDOWN = re.compile(r"\A---\n[\w-]+:|^#{1,6} \S|^```", re.MULTILINE)
