"""Plain text as its author meant it: paragraphs, lists, verse and tables told apart."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from lorewright.ingest import line_wrapping
from lorewright.ingest.line_wrapping import joined


class Form(StrEnum):
    """What a passage of plain text is."""

    PROSE = "prose"
    ITEM = "item"
    LINES = "lines"
    """Verse, addresses, title pages: where a line ends means something."""
    LAYOUT = "layout"
    """Tables, code, drawings: where every character stands means something."""
    QUOTE = "quote"
    """Lines that each begin with `>`, as in electronic mail."""
    UNDERLINED = "underlined"
    """A line with a row of dashes or the like under it."""
    SIDENOTE = "sidenote"
    RULE = "rule"


class Passage(NamedTuple):
    """A stretch of plain text between blank lines, or an item of a list."""

    form: Form
    text: str
    """Prose and items on one line; lines and layouts as they stand."""
    start: int
    """Where it begins in the text that was read."""
    gap: int
    """Blank lines above it."""
    lines: int
    """Lines it stood on."""
    marker: str = ""
    """What stands before an item, or under an underlined heading."""


def passages(text: str) -> Iterator[Passage]:
    """The passages of `text` in order; together they hold all its words."""
    width = line_wrapping.width_of(text)
    at = 0
    never_closed: dict[str, int] = {}
    while lead := _BLANK_LINES.match(text, at):
        start = lead.end()
        if start >= len(text):
            return
        found = _BLANK_LINE.search(text, _fence_end(text, start, never_closed))
        end = found.start() if found else len(text)
        gap = text.count("\n", at, start) - bool(at)
        yield from _passages_of(text[start:end], start, gap, width)
        at = end


def _passages_of(body: str, start: int, gap: int, width: int) -> Iterator[Passage]:
    """The passages of one run of lines without a blank one."""
    lines = [line.rstrip() for line in body.split("\n")]
    if _is_plain(body, lines[0]) and line_wrapping.is_wrapped(lines, width):
        yield Passage(Form.PROSE, joined(lines), start, gap, len(lines))
    elif note := _SIDENOTE.fullmatch(body.strip()):
        yield Passage(Form.SIDENOTE, joined(note[1].split("\n")), start, gap, len(lines))
    elif len(lines) == 2 and _UNDERLINE.fullmatch(lines[1].strip()) and lines[0][-1:].isalnum():
        mark = lines[1].strip()[0]
        yield Passage(Form.UNDERLINED, joined(lines[:1]), start, gap, 2, mark)
    elif len(lines) == 1 and _RULE.fullmatch(lines[0].strip()):
        yield Passage(Form.RULE, lines[0].strip(), start, gap, 1)
    else:
        for number, (form, group) in enumerate(_groups(lines, width)):
            above = 0 if number else gap
            yield _passage(form, group, Passage(form, "", start, above, len(group)))


def _passage(form: Form, lines: list[str], blank: Passage) -> Passage:
    match form:
        case Form.ITEM:
            marker = _ITEM.match(lines[0])
            assert marker is not None
            words = joined([lines[0][marker.end() :], *lines[1:]])
            return blank._replace(text=words, marker=marker[1])
        case Form.PROSE:
            return blank._replace(text=joined(lines))
        case Form.LINES:
            return blank._replace(text="\n".join(" ".join(line.split()) for line in lines))
        case _:
            return blank._replace(text="\n".join(lines))


def _groups(lines: list[str], width: int) -> Iterator[tuple[Form, list[str]]]:
    """Cut a run of lines where a list begins or a paragraph is set in."""
    first = _first_item(lines, width)
    if first is not None:
        if first:
            yield from _groups(lines[:first], width)
        yield from ((Form.ITEM, item) for item in _items(lines[first:]))
    elif all(line.lstrip()[:1] == ">" for line in lines):
        yield Form.QUOTE, [line.strip() for line in lines]
    elif _is_layout(lines):
        yield Form.LAYOUT, lines
    else:
        cuts = line_wrapping.paragraph_starts(lines)
        for start, end in zip(cuts, [*cuts[1:], len(lines)], strict=True):
            yield from _loose(lines[start:end], width)


def _loose(lines: list[str], width: int) -> Iterator[tuple[Form, list[str]]]:
    """One paragraph, paragraphs one per line, or lines that are none."""
    if line_wrapping.is_wrapped(lines, width):
        yield Form.PROSE, lines
    elif line_wrapping.is_one_paragraph_per_line(lines):
        yield from ((Form.PROSE, [line]) for line in lines)
    elif any(map(_CODE.search, lines)) or _is_set_in_steps(lines):
        yield Form.LAYOUT, lines
    else:
        yield Form.LINES, lines


def _first_item(lines: list[str], width: int) -> int | None:
    """The line on which a list begins; None where there is none.

    After a line of prose, only a bullet or the number one begins a list, and only where the
    line above was not simply full: wrapped prose may begin a line with a number.
    """
    for number, line in enumerate(lines):
        marker = _ITEM.match(line)
        if marker is None:
            continue
        if number == 0:
            return 0
        above = lines[number - 1]
        is_first = marker[1] in _BULLETS or marker[1].strip("().") in {"1", "a", "i"}
        if is_first and (above.endswith(":") or len(above) < width * 0.7):
            return number
    return None


def _items(lines: list[str]) -> Iterator[list[str]]:
    """The items of a list: each marker of the kind of the first begins one."""
    kind = _marker_kind(lines[0])
    item: list[str] = []
    for line in lines:
        if item and _marker_kind(line) in {kind, "bullet"}:
            yield item
            item = []
        item.append(line)
    yield item


def _marker_kind(line: str) -> str:
    marker = _ITEM.match(line)
    if marker is None:
        return ""
    return "bullet" if marker[1] in _BULLETS else re.sub(r"\w+", "n", marker[1])


def _is_layout(lines: list[str]) -> bool:
    if lines[0].lstrip().startswith(("```", "~~~")):
        return True
    if lines[0][:4] == "    " and any(map(_CODE.search, lines)):
        return True
    return sum(bool(_COLUMNS.search(line)) for line in lines) * 2 >= len(lines)


def _is_set_in_steps(lines: list[str]) -> bool:
    """Whether lines stand at four or more depths, as in code and drawings."""
    return len({len(line) - len(line.lstrip()) for line in lines}) >= 4


def _is_plain(body: str, first_line: str) -> bool:
    """Whether nothing in `body` hints at anything but a paragraph: the quick way out."""
    return (
        "   " not in body.lstrip()
        and "|" not in body
        and "...." not in body
        and first_line[:1].isalpha()
        and not _ITEM.match(first_line)
        and "\n" in body
    )


def _fence_end(text: str, start: int, never_closed: dict[str, int]) -> int:
    """Where fenced code ends that begins at `start`, blank lines and all; else `start`.

    `never_closed` remembers how far a fence was looked for in vain, so that a text full of
    open fences is not searched again for each.
    """
    fence = text[start : start + 3]
    if fence not in {"```", "~~~"} or start < never_closed.get(fence, 0):
        return start
    limit = start + _LONGEST_FENCE
    closed = re.compile(rf"^{fence}[ \t]*$", re.MULTILINE).search(text, start + 3, limit)
    if closed is None:
        never_closed[fence] = limit
        return start
    return closed.end()


_LONGEST_FENCE = 200_000
"""How far the end of fenced code is looked for, in characters."""
_BLANK_LINES = re.compile(r"(?:[^\S\n]*+\n)*+(?:\s*+\Z)?+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*+(?=\n|\Z)")
_SIDENOTE = re.compile(r"\[Sidenote:\s*([^\]]+)\]", re.IGNORECASE)
_UNDERLINE = re.compile(r"([=\-~*^_#+])\1{2,}")
_RULE = re.compile(r"(?:[*_=~#.•-][ \t]*){3,}")
_BULLETS = frozenset("-*+•·‣◦")
_ITEM = re.compile(
    r"[ \t]*([-*+•·‣◦]|\d{1,3}[.)]|\(\d{1,3}\)|\(?[a-z]\)|\([ivx]{1,4}\))[ \t]+(?=\S)"
)
_COLUMNS = re.compile(r"\S(?: {3,}|\t+)\S|\|.*\||\.{4,}|(?:\. ){4,}|[-+=_]{6,}|^\s*\|")
_CODE = re.compile(r"[;{}]$|^\s*(?:\$ |//|#include|def |import |return\b)|[)\]] ?= | == |</\w+>$")
