"""How fast files become documents, and documents chunks."""

import hashlib
import html
from collections.abc import Iterator
from importlib.resources import files
from itertools import count

from books import NIGHTINGALE
from lorewright.analyze import chunks_of
from lorewright.ingest import document_from, read
from lorewright.records import Blob, Document, Recipe, Source
from lorewright.settings import ChunkSettings
from measuring import seconds
from page import Section

RUNS = 5
SIZE = 1_000_000
"""Bytes of each file, at least."""


def measure() -> Section:
    """Read and chunk the same words as plain text, as Markdown and as HTML."""
    return Section(
        title="Ingest and chunk",
        about=(
            "One file of at least one megabyte in each format, made of the sample handbook over "
            "and over with numbered headings, and of Nightingale's text over and over where the "
            f"corpus is present; {RUNS} runs in one process after one that is not counted. "
            "Megabytes are those of the file; `both` is reading and chunking, one after the other."
        ),
        columns=["format", "file", "reading", "chunking", "both", "chunks"],
        rows=[_row(name, file_name, raw) for name, file_name, raw in _files()],
    )


def _row(name: str, file_name: str, raw: bytes) -> list[str]:
    megabytes = len(raw) / 1e6
    document = _document(raw, file_name)
    recipe = Recipe(step="analyze", settings={}).ref

    def chunk() -> int:
        return sum(1 for _ in chunks_of(document, settings=ChunkSettings(), recipe=recipe))

    reading = seconds(lambda: _document(raw, file_name), runs=RUNS)
    chunking = seconds(chunk, runs=RUNS)
    return [
        name,
        f"{megabytes:.2f} MB",
        _per_second(megabytes, reading),
        _per_second(megabytes, chunking),
        f"{megabytes / (reading.median + chunking.median):.1f} MB/s",
        str(chunk()),
    ]


def _per_second(megabytes: float, taken: tuple[float, float, float]) -> str:
    median, low, high = taken
    rates = (megabytes / median, megabytes / high, megabytes / low)
    return "{:.1f} MB/s ({:.1f}-{:.1f})".format(*rates)


def _document(raw: bytes, file_name: str) -> Document:
    reading = read(raw, file_name=file_name)
    source = Source(file_name=file_name, media_type=reading.media_type, content=_blob(raw))
    document = document_from(source, reading, _blob(reading.text.encode()))
    return document.with_text(reading.text)


def _blob(raw: bytes) -> Blob:
    return Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw))


def _files() -> Iterator[tuple[str, str, bytes]]:
    """(what it is called, file name, bytes) of each format."""
    handbook = files("lorewright.samples").joinpath("handbook.md").read_text(encoding="utf-8")
    copies: list[str] = []
    for number in count(1):
        copies.append(handbook.replace("\n## ", f"\n## {number}. "))
        if sum(map(len, copies)) >= SIZE:
            break
    markdown = "\n\n".join(copies)
    if NIGHTINGALE.is_file():
        book = NIGHTINGALE.read_bytes()
        yield "plain text, a real book", "book.txt", book * (1 + SIZE // len(book))
    yield "plain text", "handbook.txt", markdown.replace("\n#", "\n").encode()
    yield "Markdown", "handbook.md", markdown.encode()
    yield "HTML", "handbook.html", _as_html(markdown).encode()


def _as_html(markdown: str) -> str:
    body = "\n".join(_element(block) for block in markdown.split("\n\n") if block.strip())
    head = "<head><meta charset='utf-8'><title>Handbook</title></head>"
    return f"<!doctype html>\n<html lang='en'>{head}<body>\n{body}\n</body></html>\n"


def _element(block: str) -> str:
    text = html.escape(block.strip())
    if text.startswith("#"):
        level = len(text) - len(text.lstrip("#"))
        return f"<h{level}>{text[level:].strip()}</h{level}>"
    if text.startswith("- "):
        items = "".join(f"<li>{line.removeprefix('- ')}</li>" for line in text.splitlines())
        return f"<ul>{items}</ul>"
    return f"<p>{text}</p>"
