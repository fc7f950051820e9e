import hashlib
import os
from pathlib import Path

import pytest

from lorewright import ingest
from lorewright.errors import BadRecord, Unreadable
from lorewright.prose import is_apparatus
from lorewright.records import Blob, Document, Source
from made_files import a_docx, a_pdf, an_archive, an_epub

HTML = b"<!DOCTYPE html>\n<html><body><p>Hello.</p></body></html>"


@pytest.mark.parametrize(
    ("name", "raw", "reader"),
    [
        ("a.md", b"# A", "markdown"),
        ("A.TXT", b"words", "text"),
        ("a.htm", b"<p>words</p>", "html"),
        ("README", b"words", "text"),
        ("page", HTML, "html"),
        ("notes", b"# A\n\nwords", "markdown"),
        ("a.log", b"words", "text"),
        ("a.docm", a_docx(), "docx"),
        ("download", a_pdf([["Words."]]), "pdf"),
        ("download", a_docx(), "docx"),
        ("download", an_epub(), "epub"),
        ("download", b"WEBVTT\n\n00:01.000 --> 00:02.000\nYes.", "vtt"),
        ("download", b"1\n00:00:01,000 --> 00:00:02,000\nYes.", "srt"),
    ],
)
def test_the_suffix_chooses_the_reader_and_else_the_content(
    name: str, raw: bytes, reader: str
) -> None:
    assert ingest.read(raw, file_name=name).reader.startswith(f"{reader} ")


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("a.txt", HTML, "called .txt but holds an HTML page"),
        ("a.md", b"\xef\xbb\xbf" + HTML, "called .md but holds an HTML page"),
        ("a.html", b"just words", "called .html but holds text"),
        ("a.md", b"%PDF-1.5 ...", "called .md but holds a PDF"),
        ("a.docx", b"%PDF-1.5 ...", "called .docx but holds a PDF"),
        ("a.pdf", HTML, "called .pdf but holds an HTML page"),
        ("a.epub", b"just words", "called .epub but holds nothing of that kind"),
        ("a.pdf", a_docx(), "called .pdf but holds a Word document"),
        ("a.txt", a_docx(), "called .txt but holds a Word document"),
        ("a.zip", an_archive({"a.txt": "words"}), "is a ZIP archive"),
        ("a.epub", a_docx(), "called .epub but holds a Word document"),
        ("a.docx", an_epub(), "called .docx but holds an EPUB"),
        ("a.docx", b"\x89PNG\r\n\x1a\n", "is a PNG picture"),
        ("a.txt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nYes.", "holds a WebVTT transcript"),
        ("a.vtt", b"1\n00:00:01,000 --> 00:00:02,000\nYes.", "holds an SRT transcript"),
        ("a.srt", HTML, "called .srt but holds an HTML page"),
        ("a.html", b"PK\x03\x04", "ZIP"),
        ("a.docx", b"PK\x03\x04", "ZIP"),
        ("a.html", b"", "empty"),
    ],
)
def test_a_wrong_name_is_noticed_and_said(name: str, raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as refused:
        ingest.read(raw, file_name=name)

    assert refused.value.where == name
    assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("A.PDF", "application/pdf"), ("a.srt", "application/x-subrip"), ("a.png", None)],
)
def test_the_reader_knows_the_media_type(name: str, media_type: str | None) -> None:
    assert ingest.media_type_of(name) == (media_type or "application/octet-stream")


OFFICE = {
    "old.doc": b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "WordDocument".encode("utf-16-le"),
    "notes.rtf": rb"{\rtf1 words}",
    "notes.odt": an_archive({"mimetype": "application/vnd.oasis.opendocument.text"}),
    "slides.pptx": an_archive({"ppt/presentation.xml": "<p/>"}),
    "paper.ps": b"%!PS-Adobe-3.0",
    "talk.mp4": b"\0\0\0\x18ftypmp42",
}


@pytest.mark.parametrize("name", OFFICE)
def test_what_nothing_here_reads_is_named_with_the_way_out(name: str) -> None:
    with pytest.raises(Unreadable, match=r"the file is an? ") as refused:
        ingest.read(OFFICE[name], file_name=name)

    assert any(way in str(refused.value.hint) for way in ("soffice", "ps2pdf", "transcribe"))


def test_a_locked_office_document_is_told_from_an_old_one() -> None:
    raw = b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")

    with pytest.raises(Unreadable, match="encrypted with a password") as refused:
        ingest.read(raw, file_name="plan.docx")

    assert "save a copy without a password" in str(refused.value.hint)


def a_document(raw: bytes, name: str) -> Document:
    reading = ingest.read(raw, file_name=name)
    text = reading.text.encode()
    blob = Blob(sha256=hashlib.sha256(text).hexdigest(), size=len(text))
    source = Source(file_name=name, media_type=reading.media_type, content=blob)
    return ingest.document_from(source, reading, blob)


def test_a_document_holds_its_words_and_its_source() -> None:
    document = a_document(b"---\nauthor: A\n---\n# T\n\nOpen it.\n", "x.md")

    at = document.words.index("Open it.")
    assert document.cite(at, at + 8).quote == "Open it."
    assert (document.title, document.author, document.reader) == ("T", "A", "markdown 1")
    assert [ref.kind for ref in document.made_from] == ["source"]


def test_a_blob_with_other_words_is_refused() -> None:
    reading = ingest.read(b"words", file_name="x.md")
    blob = Blob(sha256=hashlib.sha256(b"other").hexdigest(), size=5)
    source = Source(file_name="x.md", media_type="text/markdown", content=blob)

    with pytest.raises(BadRecord, match="has changed"):
        ingest.document_from(source, reading, blob)


def corpus(name: str) -> bytes:
    beside = Path(__file__).parents[2].parent / "shared" / "corpus"
    path = Path(os.environ.get("LOREWRIGHT_CORPUS", beside)) / name
    if not path.is_file():
        pytest.skip(f"the corpus file {name} is not there")
    return path.read_bytes()


@pytest.mark.corpus
@pytest.mark.parametrize("suffix", ["txt", "html"])
def test_a_book_of_1860_is_read_alike_from_text_and_page(suffix: str) -> None:
    name = f"nightingale-notes-on-nursing.{suffix}"
    document = a_document(corpus(name), name)

    taught = [section for section in document.sections if not is_apparatus(section)]
    assert document.title.startswith("Notes on Nursing")
    assert document.author == "Florence Nightingale"
    assert sum(section.level == 2 for section in taught) >= 14
    assert sum(section.level == 3 for section in taught) >= 140
    assert sum(section.end - section.start for section in taught) == pytest.approx(
        195_000, rel=0.04
    )
    assert not any("Gutenberg" in document.words[s.start : s.end] for s in taught)
