"""Which reader reads a file, and the document that comes of it."""

import re
from pathlib import PurePath

from lorewright import plugins
from lorewright.errors import Unreadable
from lorewright.ingest.decoding import refuse_binary
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


def _reader_for(raw: bytes, file_name: str) -> Reader:
    suffix = PurePath(file_name).suffix.lower()
    named = next((reader for reader in _readers() if suffix in reader.suffixes), None)
    if named and named.name not in _BUILT_IN:
        return named
    refuse_binary(raw, file_name=file_name)
    head = _head(raw)
    if named is None:
        return plugins.load("readers", _sniffed(head))()
    if named.name != "html" and _HTML_PAGE.match(head):
        raise _wrong_name(suffix, "an HTML page", ".html", file_name)
    if named.name == "html" and head and not _HTML_TAG.search(head):
        raise _wrong_name(suffix, "text without a single HTML tag", ".txt", file_name)
    return named


def _wrong_name(suffix: str, held: str, right: str, file_name: str) -> Unreadable:
    return Unreadable(
        f"the file is called {suffix} but holds {held}",
        where=file_name,
        hint=f"give it the suffix {right}, so that the right reader reads it",
    )


def _readers() -> list[Reader]:
    """One of every installed reader, in the order of their names."""
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


_BUILT_IN = frozenset({"html", "markdown", "text"})
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HTML_PAGE = re.compile(
    r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_HTML_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_MARKDOWN = re.compile(r"\A---\n[\w-]+:|^#{1,6} \S|^```", re.MULTILINE)
