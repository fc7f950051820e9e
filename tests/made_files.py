"""Small files of every format that is read, made on the spot."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import NamedTuple

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


class Type(NamedTuple):
    """A line of a PDF page that is not set as running text."""

    words: str
    x: float = 72
    y: float | None = None
    """None: below the line before."""
    size: float = 11
    is_bold: bool = False


def a_pdf(
    pages: Iterable[Iterable[str | Type]],
    *,
    info: str = "",
    outline: Mapping[str, int] | None = None,
    trailer: str = "",
) -> bytes:
    """A PDF with one line of type per line, eleven points with a leading of fourteen."""
    streams = [_stream(lines) for lines in pages]
    count = len(streams)
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(count))
    marks = list((outline or {}).items())
    first = 10 + 2 * count
    outlines = f"/Outlines {first} 0 R" if marks else ""
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R {outlines} >>".encode(),
        2: f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        3: _font("Helvetica"),
        4: _font("Helvetica-Bold"),
        5: f"<< {info} >>".encode("latin-1"),
    }
    for number, stream in enumerate(streams):
        objects[10 + 2 * number] = (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R "
            f"/F2 4 0 R >> >> /Contents {11 + 2 * number} 0 R >>"
        ).encode()
        objects[11 + 2 * number] = (
            b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream"
        )
    if marks:
        objects.update(_outline(marks, first))
    return _assembled(objects, trailer)


def _font(name: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
    )


def _outline(marks: list[tuple[str, int]], first: int) -> dict[int, bytes]:
    last = first + len(marks)
    made = {first: f"<< /First {first + 1} 0 R /Last {last} 0 R /Count {len(marks)} >>".encode()}
    for number, (title, page) in enumerate(marks, start=first + 1):
        following = f"/Next {number + 1} 0 R" if number < last else ""
        made[number] = (
            f"<< /Title ({title}) /Parent {first} 0 R {following} "
            f"/Dest [{8 + 2 * page} 0 R /XYZ 0 800 0] >>"
        ).encode("latin-1")
    return made


def _stream(lines: Iterable[str | Type]) -> bytes:
    pieces: list[str] = []
    y = 770.0
    for line in lines:
        type_ = Type(line) if isinstance(line, str) else line
        y = type_.y if type_.y is not None else y - max(14.0, type_.size * 1.3)
        words = type_.words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        font = "F2" if type_.is_bold else "F1"
        pieces.append(f"BT /{font} {type_.size} Tf 1 0 0 1 {type_.x} {y} Tm ({words}) Tj ET")
    return "\n".join(pieces).encode("cp1252")


def _assembled(objects: Mapping[int, bytes], trailer: str) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.5\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    for number, place in places.items():
        out.write((f"xref\n{number} 1\n" if number == 1 else f"{number} 1\n").encode())
        out.write(f"{place:010} 00000 n \n".encode())
    size = max(objects) + 1
    out.write(f"trailer\n<< /Size {size} /Root 1 0 R /Info 5 0 R {trailer} >>\n".encode())
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def an_archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive; a part called `mimetype` is stored as it is, as EPUB and ODT want."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            packing = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=packing)
    return out.getvalue()


def paragraph(words: str, style: str = "", *, within: str = "") -> str:
    """A paragraph of a Word document."""
    look = f'<w:pPr><w:pStyle w:val="{style}"/>{within}</w:pPr>' if style or within else ""
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>'


def docx_parts(body: str = "", *, facts: str = "", footnotes: str = "") -> dict[str, str | bytes]:
    """The parts of a Word document with headings of two levels and a bulleted list."""
    body = body or paragraph("Pumps", "Heading1") + paragraph("Check the oil once a week.")
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{id_}"><w:name w:val="{name}"/></w:style>'
        for id_, name in (
            ("Heading1", "heading 1"),
            ("Heading2", "heading 2"),
            ("Title", "Title"),
            ("TOC1", "toc 1"),
        )
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{kind}.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="r1" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/numbering" Target="numbering.xml"/>'
        f'<Relationship Id="r3" Type="{OFFICE}/footnotes" Target="footnotes.xml"/>'
        "</Relationships>",
        "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {WORD}>{styles}</w:styles>",
        "word/numbering.xml": f'<w:numbering {WORD}><w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        "word/footnotes.xml": f"<w:footnotes {WORD}>{footnotes}</w:footnotes>",
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/'
        'package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/">{facts}</cp:coreProperties>',
    }


def a_docx(body: str = "", *, facts: str = "", footnotes: str = "") -> bytes:
    """A Word document."""
    return an_archive(docx_parts(body, facts=facts, footnotes=footnotes))


def epub_parts(
    chapters: Mapping[str, str] | None = None,
    *,
    facts: str = "",
    order: Iterable[str] | None = None,
) -> dict[str, str | bytes]:
    """The parts of a book; `order` are the addresses in the order of reading."""
    chapters = chapters or {"one.xhtml": "<h1>Pumps</h1><p>Check the oil once a week.</p>"}
    spine = list(chapters) if order is None else list(order)
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(spine)
    )
    refs = "".join(f'<itemref idref="i{n}"/>' for n in range(len(spine)))
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
        'container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/'
        f'dc/elements/1.1/"><metadata>{facts}</metadata><manifest>{items}</manifest>'
        f"<spine>{refs}</spine></package>",
        **{
            f"OEBPS/{name}": "<?xml version='1.0' encoding='utf-8'?><html xmlns="
            f"'http://www.w3.org/1999/xhtml'><body>{body}</body></html>"
            for name, body in chapters.items()
        },
    }


def an_epub(
    chapters: Mapping[str, str] | None = None,
    *,
    facts: str = "",
    order: Iterable[str] | None = None,
) -> bytes:
    """A book in EPUB."""
    return an_archive(epub_parts(chapters, facts=facts, order=order))
