"""Files that were made to do harm: refused with a sentence, before they cost anything."""

import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from lorewright import ingest
from lorewright.errors import Unreadable
from made_files import a_docx, an_archive, an_epub, docx_parts, epub_parts, paragraph

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><lolz>&c;</lolz>'
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'

Parts = Callable[[], dict[str, str | bytes]]


def refused(raw: bytes, name: str, said: str) -> Unreadable:
    with pytest.raises(Unreadable, match=said) as error:
        ingest.read(raw, file_name=name)
    assert str(error.value.where).startswith(name)
    assert error.value.hint
    return error.value


@pytest.mark.parametrize(
    ("parts", "name", "part"),
    [
        (docx_parts, "a.docx", "word/document.xml"),
        (docx_parts, "a.docx", "word/styles.xml"),
        (docx_parts, "a.docx", "docProps/core.xml"),
        (docx_parts, "a.docx", "anything.bin"),
        (epub_parts, "a.epub", "META-INF/container.xml"),
        (epub_parts, "a.epub", "OEBPS/book.opf"),
        (epub_parts, "a.epub", "OEBPS/one.xhtml"),
    ],
)
@pytest.mark.parametrize("bomb", [LAUGHS, OUTSIDE])
def test_entities_are_refused_wherever_they_stand(
    parts: Parts, name: str, part: str, bomb: str
) -> None:
    refused(an_archive({**parts(), part: bomb}), name, "declares")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_entities_do_not_hide_in_another_encoding(encoding: str) -> None:
    bomb = LAUGHS.replace("?>", f' encoding="{encoding.removesuffix("-sig")}"?>')

    refused(
        an_archive({**docx_parts(), "word/document.xml": bomb.encode(encoding)}),
        "a.docx",
        "declares",
    )


@pytest.mark.parametrize(("parts", "name"), [(docx_parts, "a.docx"), (epub_parts, "a.epub")])
def test_what_would_inflate_without_measure_is_not_inflated(parts: Parts, name: str) -> None:
    raw = an_archive({**parts(), "bomb.xml": b" " * 100_000_000})
    assert len(raw) < 200_000

    tracemalloc.start()
    refused(raw, name, "would inflate without measure")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000


def test_a_part_that_lies_about_its_size_is_broken_and_not_read_on() -> None:
    raw = bytearray(an_archive({**docx_parts(), "zeros.xml": b"<a>" + b" " * 900_000 + b"</a>"}))
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"zeros.xml"))
    raw[at + 24 : at + 28] = struct.pack("<I", 1_000)

    refused(bytes(raw), "a.docx", "'zeros.xml' is damaged")


def test_too_many_parts_are_refused() -> None:
    parts = {f"{number}.txt": "" for number in range(20_001)}

    refused(an_archive({**docx_parts(), **parts}), "a.docx", "would inflate without measure")


def test_the_same_part_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = _with_another_document(a_docx())

    refused(twice, "a.docx", "twice")


def _with_another_document(raw: bytes) -> bytes:
    import io

    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/document.xml", LAUGHS)
    return out.getvalue()


def test_a_locked_part_is_refused() -> None:
    raw = bytearray(a_docx())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1

    refused(bytes(raw), "a.docx", "needs a password")


def test_elements_that_nest_without_end_are_refused() -> None:
    nested = "<w:sdt><w:sdtContent>" * 10_000
    closed = "</w:sdtContent></w:sdt>" * 10_000
    page = "<div>" * 20_000 + "words" + "</div>" * 20_000

    refused(a_docx(nested + paragraph("words") + closed), "a.docx", "nests or repeats")
    refused(an_epub({"one.xhtml": page}), "a.epub", "nests its elements too deeply")


@pytest.mark.parametrize(
    "raw",
    [
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\ntrailer << /Root 1 0 R >>",
        (
            b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj 2 0 obj << /Type /Pages "
            b"/Kids [2 0 R] /Count 2147483647 >> endobj trailer << /Root 1 0 R >>"
        ),
        b"%PDF-1.7\n" + b"[" * 200_000,
        b"%PDF-1.7\n" + b"<<" * 200_000,
    ],
)
def test_a_pdf_that_turns_in_circles_or_claims_anything_is_refused(raw: bytes) -> None:
    refused(raw, "a.pdf", "damaged|between one and|no words")


@pytest.mark.parametrize("raw", [b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04" * 900])
@pytest.mark.parametrize("name", ["a.docx", "a.epub"])
def test_an_archive_that_is_none_is_refused(raw: bytes, name: str) -> None:
    refused(raw, name, "ZIP archive|says that|missing|no EPUB|damaged")
