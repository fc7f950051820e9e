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
    refuse_binary(raw, file_name=file_name)
    reader = _reader_for(raw, file_name)
    return reader.read(raw, file_name=file_name)


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
        reader=reading.reader,
        text=text,
        length=len(reading.text),
        sections=sections(reading.text),
    ).with_text(reading.text)


def _reader_for(raw: bytes, file_name: str) -> Reader:
    readers = _readers()
    suffix = PurePath(file_name).suffix.lower()
    named = next((reader for reader in readers.values() if suffix in reader.suffixes), None)
    seen = _sniffed(raw)
    if named is None:
        return readers[seen]
    if (seen == "html") != (named.media_type == "text/html") and named.name in _TEXTUAL:
        _refuse_wrong_name(seen, suffix, file_name)
    return named


def _refuse_wrong_name(seen: str, suffix: str, file_name: str) -> None:
    right = ".html" if seen == "html" else ".txt"
    what = "an HTML page" if seen == "html" else "plain text without a single HTML tag"
    raise Unreadable(
        f"the file is called {suffix} but holds {what}",
        where=file_name,
        hint=f"give it the suffix {right}, so that the right reader reads it",
    )


def _readers() -> dict[str, Reader]:
    """Every installed reader by its name."""
    return {name: plugins.load("readers", name)() for name in plugins.names("readers")}


def _sniffed(raw: bytes) -> str:
    """The name of the built-in reader that `raw` looks made for."""
    head = raw[:4096].decode("utf-16" if raw[:2] in _UTF_16 else "utf-8", errors="ignore")
    head = head.lstrip("\ufeff \t\r\n")
    if _HTML_PAGE.match(head) or (_HTML_TAG.match(head) and b"</" in raw):
        return "html"
    return "markdown" if _MARKDOWN.search(head) else "text"


_TEXTUAL = frozenset({"html", "markdown", "text"})
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HTML_PAGE = re.compile(
    r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_HTML_TAG = re.compile(r"<(?:head|body|title|meta|h1)\b[^>]*>", re.IGNORECASE)
_MARKDOWN = re.compile(r"\A---\n[\w-]+:|^#{1,6} \S|^```", re.MULTILINE)
