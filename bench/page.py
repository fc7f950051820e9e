"""The page of results: one section per benchmark, each replaced without touching the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from machine import describe

HEAD = """\
# Benchmarks

Written by `make bench`; `make bench ONLY=start` measures one section again and leaves the
others. A number is the median of the runs, with the lowest and the highest behind it. Each
section says when and on what it was measured: sections of different days or machines must not
be compared. The yardstick is a fixed loop in plain Python, timed right after the section: where it
is longer the machine was slower or busier, and so were the numbers above it. Sections without one
were measured before there was one.
"""


PAGE_SECTIONS_BEGIN = "<!-- "
"""Opens the first section."""


@dataclass(frozen=True, slots=True)
class Section:
    """What one benchmark found."""

    title: str
    about: str
    """How it was measured, in full sentences."""
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_markdown(self) -> str:
        """The section with its table, the day and the machine."""
        table = [self.columns, ["---"] * len(self.columns), *self.rows]
        lines = [f"| {' | '.join(row)} |" for row in table]
        now = datetime.now(UTC).strftime("%Y-%m-%d")
        measured = f"*Measured on {now}: {describe()}.*"
        return "\n".join([f"## {self.title}", "", self.about, "", *lines, "", measured])


def replace_section(page: Path, name: str, section: Section, *, head: str | None = None) -> None:
    """Put `section` where the one called `name` stood, or at the end of the page.

    Args:
        page: the file; a new one begins with `head`.
        name: what the section is called in the file.
        section: what is put there.
        head: what stands above the first section from now on; None leaves it as it is.
    """
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    if head is not None:
        begin = text.find(PAGE_SECTIONS_BEGIN)
        text = f"{head}\n{text[begin:]}" if begin >= 0 else head
    opening, closing = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = f"{opening}\n{section.as_markdown()}\n{closing}\n"
    old = re.compile(f"{re.escape(opening)}.*?{re.escape(closing)}\n", re.DOTALL)
    # A function, because the text of the section may hold backslashes.
    text, replaced = old.subn(lambda _: block, text)
    page.write_text(text if replaced else f"{text}\n{block}", encoding="utf-8")
