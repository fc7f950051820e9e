"""Fewer runs for the same words: writers cut a line of text into many, and each costs time."""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

from lorewright.ingest.archive import Archive

MEDIA = ("word/media/", "word/fonts/", "word/embeddings/")
"""Where an archive keeps what is never read."""


def with_whole_runs(archive: Archive) -> bytes:
    """The archive anew, without media, in which neighbours of one formatting are one run."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_STORED) as whole:
        for name in archive.names:
            if not name.endswith("/") and not name.startswith(MEDIA):
                part = archive.read(name)
                is_text = name.startswith("word/") and name.endswith(".xml")
                whole.writestr(name, joined(part) if is_text else part)
    return made.getvalue()


def joined(part: bytes) -> bytes:
    """`part` with each row of touching text runs of the same formatting written as one.

    Runs that hold anything but text, or text at whose ends white space does not count, stay
    as they are; so does whatever is not written in the usual way.
    """
    return b"".join(_pieces(part))


def _pieces(part: bytes) -> Iterator[bytes]:
    at = 0
    for row in _rows(part):
        yield part[at : row[0].start()]
        yield row[0][0] if len(row) == 1 else _one(row)
        at = row[-1].end()
    yield part[at:]


def _rows(part: bytes) -> Iterator[list[re.Match[bytes]]]:
    """Runs that touch and look alike, together."""
    row: list[re.Match[bytes]] = []
    for run in _RUN.finditer(part):
        if row and (run.start() != row[-1].end() or run["look"] != row[-1]["look"]):
            yield row
            row = []
        row.append(run)
    if row:
        yield row


def _one(row: list[re.Match[bytes]]) -> bytes:
    words = b"".join(run["kept"] if run["kept"] is not None else run["bare"] for run in row)
    look = row[0]["look"] or b""
    return b'<w:r>%s<w:t xml:space="preserve">%s</w:t></w:r>' % (look, words)


_RUN = re.compile(
    rb"""
    <w:r(?:\ w:rsid\w*="\w*")*>
    (?P<look> <w:rPr> (?:[^<]|<(?!/w:rPr>))* </w:rPr> )?
    (?: <w:t\ xml:space="preserve"> (?P<kept>[^<]*) </w:t>
      | <w:t> (?P<bare>[^<\s] (?:[^<]*[^<\s])? ) </w:t> )
    </w:r>
    """,
    re.VERBOSE,
)
