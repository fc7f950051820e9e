"""What a file is by its content, whatever its name says."""

import re
import zipfile
from io import BytesIO
from typing import NamedTuple


class FileKind(NamedTuple):
    """A format that can be told by its bytes."""

    held: str
    """What it is, with its article."""
    reader: str | None
    """The name of the built-in reader for it; None when nothing here reads it."""
    suffix: str = ""
    """The suffix that belongs to it, where there is a reader."""
    hint: str = "give it as PDF, DOCX, EPUB, HTML, Markdown or plain text"
    """The way out, where there is no reader."""


def kind_of(raw: bytes) -> FileKind | None:
    """The kind of a whole file; None for text of no particular kind, and for anything unknown."""
    head = raw[:_HEAD]
    if head.startswith(_ZIP_MARKS):
        return _kind_of_archive(raw)
    if head.startswith(_OLE_MARK):
        return _kind_of_old_office(raw)
    found = next((kind for mark, kind in _MARKS.items() if head.startswith(mark)), None)
    if found is None:
        found = next(
            (kind for at, mark, kind in _LATER_MARKS if head[at : at + len(mark)] == mark), None
        )
    return found or _kind_of_text(head)


def has_pdf_header(raw: bytes) -> bool:
    """Whether a PDF begins within the first bytes of a file; some have a few before it."""
    return b"%PDF-" in raw[:1024]


def _kind_of_text(head: bytes) -> FileKind | None:
    bare = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if bare.startswith(b"%PDF-"):
        return PDF
    if _VTT.match(bare):
        return VTT
    return SRT if _SRT.match(bare) else None


def _kind_of_archive(raw: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            names = set(archive.namelist()[:_MOST_NAMES])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return _ZIP
    for sign, kind in _SIGNS.items():
        if sign in names:
            return kind
    found = _MIMETYPE.search(raw[:_HEAD])
    if found is None:
        return _ZIP
    return EPUB if found[1] == b"epub+zip" else _OPEN_DOCUMENT


def _kind_of_old_office(raw: bytes) -> FileKind:
    """An OLE container: a locked document of today, or an old one."""
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return _LOCKED_OFFICE
    return _OLD_WORD if "WordDocument".encode("utf-16-le") in raw else _OLD_OFFICE


def _convertible(held: str) -> FileKind:
    return FileKind(held, None, hint="convert it first: soffice --headless --convert-to docx FILE")


_HEAD = 4096
_MOST_NAMES = 20_000
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_OLE_MARK = b"\xd0\xcf\x11\xe0"

PDF = FileKind("a PDF", "pdf", ".pdf")
DOCX = FileKind("a Word document (DOCX)", "docx", ".docx")
EPUB = FileKind("an EPUB", "epub", ".epub")
VTT = FileKind("a WebVTT transcript", "vtt", ".vtt")
SRT = FileKind("an SRT transcript", "srt", ".srt")
_ZIP = FileKind("a ZIP archive", None, hint="unpack it, and give the folder")
_ARCHIVE_HINT = _ZIP.hint
_LOCKED_OFFICE = FileKind(
    "an Office document that is encrypted with a password",
    None,
    hint="open it and save a copy without a password",
)
_OLD_WORD = _convertible("an old Word document (DOC)")
_OLD_OFFICE = FileKind(
    "an old Microsoft Office document",
    None,
    hint="convert it first: soffice --headless --convert-to pdf FILE",
)
_OPEN_DOCUMENT = _convertible("an OpenDocument file (ODT and its kin)")
_SHEET = FileKind(
    "an Excel workbook", None, hint="save the sheets that hold text as HTML or Markdown"
)
_SLIDES = FileKind(
    "a PowerPoint presentation",
    None,
    hint="convert it first: soffice --headless --convert-to pdf FILE",
)
_SIGNS = {
    "word/document.xml": DOCX,
    "xl/workbook.xml": _SHEET,
    "ppt/presentation.xml": _SLIDES,
    "META-INF/container.xml": EPUB,
}
"""Parts that only one kind of archive has."""
_PICTURE_HINT = "recognise its text first: ocrmypdf --image-dpi 300 FILE out.pdf"
_SOUND_HINT = "transcribe it first, and give the transcript as VTT or SRT"
_MARKS = {
    rb"{\rtf": _convertible("an RTF document"),
    b"%!PS": FileKind("a PostScript file", None, hint="convert it first: ps2pdf FILE out.pdf"),
    b"\x89PNG": FileKind("a PNG picture", None, hint=_PICTURE_HINT),
    b"\xff\xd8\xff": FileKind("a JPEG picture", None, hint=_PICTURE_HINT),
    b"GIF8": FileKind("a GIF picture", None, hint=_PICTURE_HINT),
    b"II*\x00": FileKind("a TIFF picture", None, hint=_PICTURE_HINT),
    b"MM\x00*": FileKind("a TIFF picture", None, hint=_PICTURE_HINT),
    b"AT&TFORM": FileKind(
        "a DjVu file", None, hint="convert it first: ddjvu -format=pdf FILE out.pdf"
    ),
    b"ID3": FileKind("a sound file (MP3)", None, hint=_SOUND_HINT),
    b"OggS": FileKind("a sound or video file (Ogg)", None, hint=_SOUND_HINT),
    b"fLaC": FileKind("a sound file (FLAC)", None, hint=_SOUND_HINT),
    b"RIFF": FileKind("a sound, video or picture file (RIFF)", None, hint=_SOUND_HINT),
    b"\x1aE\xdf\xa3": FileKind("a video file (Matroska)", None, hint=_SOUND_HINT),
    b"\x1f\x8b": FileKind("a gzip archive", None, hint=_ARCHIVE_HINT),
    b"BZh": FileKind("a bzip2 archive", None, hint=_ARCHIVE_HINT),
    b"\xfd7zXZ": FileKind("an xz archive", None, hint=_ARCHIVE_HINT),
    b"7z\xbc\xaf": FileKind("a 7-Zip archive", None, hint=_ARCHIVE_HINT),
    b"Rar!": FileKind("a RAR archive", None, hint=_ARCHIVE_HINT),
    b"\x7fELF": FileKind("a program", None),
    b"SQLite format 3": FileKind("a SQLite database", None),
    b"PAR1": FileKind("a Parquet table", None),
}
_LATER_MARKS = (
    (4, b"ftyp", FileKind("a video or sound file (MP4)", None, hint=_SOUND_HINT)),
    (
        60,
        b"BOOKMOBI",
        FileKind("a Kindle book", None, hint="convert it first: ebook-convert FILE book.epub"),
    ),
)
"""Marks that stand some bytes into a file."""
_MIMETYPE = re.compile(rb"mimetypeapplication/(epub\+zip|vnd\.oasis\.opendocument)")
_VTT = re.compile(rb"WEBVTT(?:[ \t\r\n]|\Z)")
_SRT = re.compile(rb"\d+[ \t]*\r?\n\d{1,3}:\d\d:\d\d[,.]\d{1,3} +--> +\d")
