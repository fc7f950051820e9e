"""Markdown in which words from elsewhere stay words."""

import re
from collections.abc import Iterable, Sequence

NONE = "-"
"""What stands in a cell that has nothing to say."""

_MARKS = re.compile(r"([\\`*_{}\[\]|#~$])")


def words(text: str) -> str:
    """`text` on one line, with every mark that Markdown or HTML would obey escaped."""
    shown = " ".join(text.split())
    for character, code in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        shown = shown.replace(character, code)
    return _MARKS.sub(r"\\\1", shown)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def share(part: int, whole: int) -> str:
    """A percentage with one place; a dash where there is nothing to be a share of."""
    return f"{100 * part / whole:.1f} %" if whole else NONE


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
