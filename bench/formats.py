"""What is read of the same books in every format, how well and how fast; and of very long PDFs."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from books import BARNUM, NIGHTINGALE
from lorewright.ingest import Reading, read
from lorewright.prose import sections
from measuring import Spread, run, spread
from page import Section

RUNS = 3
LONG = (2_000, 5_000)
"""Pages of the PDFs whose memory is measured."""


class _Book(NamedTuple):
    """One book in one format."""

    name: str
    path: Path


def measure() -> Section:
    """Make every format of both books with Debian's tools, read each, and compare with HTML."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = [row for book in (NIGHTINGALE, BARNUM) for row in _rows(book, folder)]
        rows += [_long_row(pages, folder) for pages in LONG]
    return Section(
        title="Formats",
        about=(
            "Both books of the corpus as they are (HTML, text), as PDF by LibreOffice from the "
            "HTML, and as DOCX and EPUB by pandoc from the HTML. Coverage is the share of the "
            "words of the HTML reading that the reading holds too, each counted as often as it "
            "occurs, case and punctuation aside. Shared headings are those of the HTML reading "
            "that occur in it with the same words; marginal notes are set as text in PDF and "
            "DOCX, so that nothing tells them from it. Times are of the processor, since the "
            f"machine had other work: {RUNS} runs in one process after one that is not counted. "
            "`long` is the PDF of Nightingale over and over, read once in a process of its own."
        ),
        columns=[
            "book",
            "format",
            "characters",
            "headings",
            "of them shared",
            "pages",
            "coverage",
            "time",
            "pages/s",
            "peak memory",
        ],
        rows=rows,
    )


def _rows(text: Path, folder: Path) -> list[list[str]]:
    page = text.with_suffix(".html")
    basis = _read(page)
    name = text.stem.partition("-")[0].capitalize()
    files = [page, text, *_converted(page, folder)]
    return [_row(_Book(name, path), basis) for path in files]


def _row(book: _Book, basis: Reading) -> list[str]:
    reading = _read(book.path)
    taken = _processor_seconds(book.path)
    found, expected = _headings(reading), _headings(basis)
    pages = len(reading.pages)
    return [
        book.name,
        book.path.suffix[1:].upper(),
        f"{len(reading.text):,}",
        f"{found.total():,}",
        f"{(found & expected).total():,} of {expected.total():,}",
        f"{pages:,}" if pages else "-",
        f"{_coverage(reading, basis):.1%}",
        taken.shown("s", digits=2),
        _rate(pages, taken) if pages else "-",
        "-",
    ]


def _processor_seconds(path: Path) -> Spread:
    taken: list[float] = []
    for _ in range(RUNS + 1):
        begun = time.process_time()
        _read(path)
        taken.append(time.process_time() - begun)
    return spread(taken[1:])


def _rate(pages: int, taken: Spread) -> str:
    return f"{pages / taken.median:.0f} ({pages / taken.high:.0f}-{pages / taken.low:.0f})"


def _long_row(pages: int, folder: Path) -> list[str]:
    short = folder / NIGHTINGALE.with_suffix(".pdf").name
    path = folder / f"long-{pages}.pdf"
    _repeat(short, path, pages)
    code = (
        "import sys, time; from lorewright.ingest import read; from pathlib import Path; "
        "p = Path(sys.argv[1]); begun = time.process_time(); "
        f"assert len(read(p.read_bytes(), file_name=p.name).pages) == {pages}; "
        "Path(sys.argv[2]).write_text(str(time.process_time() - begun))"
    )
    noted = folder / "seconds"
    taken = run([sys.executable, "-c", code, str(path), str(noted)])
    processor = float(noted.read_text(encoding="utf-8"))
    path.unlink()
    return [
        "long",
        "PDF",
        "-",
        "-",
        "-",
        f"{pages:,}",
        "-",
        f"{processor:.0f} s",
        f"{pages / processor:.0f}",
        f"{taken.peak_mib:.0f} MiB",
    ]


def _repeat(short: Path, path: Path, pages: int) -> None:
    """Write `pages` pages of the PDF `short`, over and over, in a process of their own."""
    code = (
        "import sys, pypdfium2 as p; source = p.PdfDocument(sys.argv[1]); made = "
        "p.PdfDocument.new(); count = int(sys.argv[3])\n"
        "while len(made) < count: made.import_pages(source, list(range(min(len(source), count - "
        "len(made)))))\n"
        "made.save(sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", code, str(short), str(path), str(pages)], check=True)


def _converted(page: Path, folder: Path) -> list[Path]:
    """The PDF, DOCX and EPUB that Debian's tools make of `page`."""
    for tool in ("soffice", "pandoc"):
        if shutil.which(tool) is None:
            raise SystemExit(f"measuring formats needs {tool}: apt-get install {tool}")
    made = [folder / page.with_suffix(suffix).name for suffix in (".pdf", ".docx", ".epub")]
    home = f"-env:UserInstallation=file://{folder}/office"
    convert = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    _quietly([*convert, str(page)])
    for path in made[1:]:
        _quietly(["pandoc", "--from", "html", str(page), "--output", str(path)])
    return made


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "LANG": "C.UTF-8"})


def _read(path: Path) -> Reading:
    return read(path.read_bytes(), file_name=path.name)


def _headings(reading: Reading) -> Counter[str]:
    return Counter(
        " ".join(_WORD.findall(section.heading.casefold()))
        for section in sections(reading.text)
        if section.heading
    )


def _coverage(reading: Reading, basis: Reading) -> float:
    found, expected = (Counter(_WORD.findall(one.text.casefold())) for one in (reading, basis))
    return (found & expected).total() / expected.total()


_WORD = re.compile(r"[^\W_]+")
