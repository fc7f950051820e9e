"""Where the blocks of a Markdown text begin and end, to the character.

A scanner of our own, since Markdown libraries say at best on which line a block begins, and
every quote needs its exact characters. It follows CommonMark and GitHub's tables, and is
kinder to lists: an item two columns further in is nested, whatever the width of the marker.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CODE = "code"
    QUOTE = "quote"
    RULE = "rule"
    FRONT_MATTER = "front_matter"
    HTML = "html"


class Block(NamedTuple):
    """A stretch of a text, `[start, end)`, that begins and ends with a visible character."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """The level of a heading; for everything else the depth of the list it stands in."""
    marker: str = ""
    """What makes an item of a list an item, such as `1.` or `-`."""


def blocks(text: str) -> Iterator[Block]:
    r"""The blocks of `text` in order; every visible character lies in exactly one of them.

    An item of a list ends at a blank line; a further paragraph of it is a paragraph whose
    `level` is the depth of the list. Lines end with `\n` alone.
    """
    at = 0
    open_items: list[_Item] = []
    if front := _FRONT_MATTER.match(text):
        yield Block(BlockKind.FRONT_MATTER, 0, _trimmed(text, front.end()))
        at = front.end()
    while line := _LINE.match(text, at):
        block = _block_at(text, line, open_items)
        yield block
        at = block.end


class _Item(NamedTuple):
    """An item of a list that may still take further lines."""

    column: int
    """Where its marker stands."""
    content: int
    """Where its words begin."""


def _block_at(text: str, line: re.Match[str], open_items: list[_Item]) -> Block:
    """The block that begins at `line`; opens and closes the items of lists on the way."""
    start = line.end() - 1
    column = len(line["lead"].expandtabs(4))
    while open_items and column < open_items[-1].column + 2:
        open_items.pop()
    depth = len(open_items)
    code_column = 4 + (open_items[-1].content if open_items else 0)
    if column >= code_column and not (open_items and _MARKER.match(text, start)):
        return Block(BlockKind.CODE, start, _indented_end(text, start, code_column), depth)
    recognise = _RECOGNISERS.get(text[start])
    block = recognise(text, start, depth) if recognise else None
    if block is None and (marker := _MARKER.match(text, start)):
        open_items.append(_Item(column, column + max(2, marker.end() - start)))
        block = _item(text, start, depth + 1, marker)
    return block or _paragraph(text, start, depth)


def _heading(text: str, start: int, depth: int) -> Block | None:
    found = None if depth else _ATX.match(text, start)
    if found is None:
        return None
    return Block(BlockKind.HEADING, start, _line_end(text, start), len(found[1]))


def _fence(text: str, start: int, depth: int) -> Block | None:
    opened = _FENCE.match(text, start)
    if opened is None:
        return None
    return Block(BlockKind.CODE, start, _fence_end(text, opened), depth)


def _fence_end(text: str, opened: re.Match[str]) -> int:
    """Just behind the closing fence, or the end of a text that never closes it."""
    fence = opened[1]
    closed = re.compile(rf"^[ \t]*{re.escape(fence)}{fence[0]}*[ \t]*$", re.MULTILINE)
    found = closed.search(text, min(opened.end() + 1, len(text)))
    return _trimmed(text, found.end() if found else len(text))


def _quote(text: str, start: int, depth: int) -> Block:
    found = _QUOTE_ENDS.search(text, start)
    return Block(
        BlockKind.QUOTE, start, _trimmed(text, found.start() if found else len(text)), depth
    )


def _rule(text: str, start: int, depth: int) -> Block | None:
    if not _RULE.match(text, start):
        return None
    return Block(BlockKind.RULE, start, _line_end(text, start), depth)


def _html(text: str, start: int, depth: int) -> Block | None:
    opened = _HTML.match(text, start)
    if opened is None:
        return None
    closing = _HTML_CLOSING.get(opened[0].lower(), _BLANK_LINE)
    closed = closing.search(text, opened.end())
    end = len(text) if closed is None else closed.end()
    if closing is _BLANK_LINE:
        end = len(text) if closed is None else closed.start()
    else:
        end = _line_end(text, end)
    return Block(BlockKind.HTML, start, _trimmed(text, end), depth)


def _item(text: str, start: int, depth: int, marker: re.Match[str]) -> Block:
    if opened := _FENCE.match(text, marker.end()):
        return Block(BlockKind.CODE, start, _fence_end(text, opened), depth, marker[1])
    found = _ITEM_ENDS.search(text, marker.end())
    end = _trimmed(text, found.start() if found else len(text))
    return Block(BlockKind.LIST_ITEM, start, end, depth, marker[1])


def _paragraph(text: str, start: int, depth: int) -> Block:
    """A paragraph, or what only its second line gives away: a table, an underlined heading."""
    first_line_end = _line_end(text, start)
    if text.find("|", start, first_line_end) >= 0 and _TABLE_RULE.match(text, first_line_end):
        found = _TABLE_ENDS.search(text, first_line_end + 1)
        end = _trimmed(text, found.start() if found else len(text))
        return Block(BlockKind.TABLE, start, end, depth)
    found = (_ITEM_ENDS if depth else _PARAGRAPH_ENDS).search(text, start)
    if found is None:
        return Block(BlockKind.PARAGRAPH, start, _trimmed(text, len(text)), depth)
    if not depth and (underline := found["underline"]):
        level = 1 if underline.lstrip().startswith("=") else 2
        return Block(BlockKind.HEADING, start, _trimmed(text, found.end()), level)
    return Block(BlockKind.PARAGRAPH, start, _trimmed(text, found.start()), depth)


def _indented_end(text: str, start: int, column: int) -> int:
    """The end of indented code: blank lines belong to it where more code follows."""
    further = re.compile(
        rf"[^\n]*+(?:(?:\n[^\S\n]*+(?=\n))*+\n(?:[ ]{{{column}}}|[ ]*\t)[^\n]*+)*+"
    )
    found = further.match(text, start)
    return _trimmed(text, found.end() if found else len(text))


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return _trimmed(text, len(text) if end < 0 else end)


def _trimmed(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


_LINE = re.compile(r"(?:[^\S\n]*+\n)*+(?P<lead>[ \t]*+)[^\S\n]*+\S")
"""Blank lines, then the first visible character of a line."""
_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?=\s*[\w.-]+[ \t]*:)"
    r"(?:(?:[ \t]*(?:\#[^\n]*)?|[\w.-]+[ \t]*:[^\n]*|[ \t]+[^\s#][^\n]*|-[ \t][^\n]*)\n)*+"
    r"(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_ATX = re.compile(r"(#{1,6})(?=[ \t\n]|\Z)")
_FENCE = re.compile(r"(`{3,}(?=[^`\n]*$)|~{3,})[^\n]*", re.MULTILINE)
_RULE = re.compile(r"(?:(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+|(?:-[ \t]*+){3,}+)$", re.MULTILINE)
_MARKER = re.compile(r"([-+*]|\d{1,9}[.)])(?:[ \t]+(?=\S)|[ \t]*$)", re.MULTILINE)
_TABLE_RULE = re.compile(
    r"[^\S\n]*\n[ ]{0,3}(?=[^\n]*\|)\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*+\|?[ \t]*$",
    re.MULTILINE,
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*+(?=\n|\Z)")

_HTML_BLOCKS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details"
    "|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head"
    "|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p"
    "|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
"""The tags that CommonMark lets interrupt a paragraph."""
_HTML_OPENING = (
    rf"<!--|<\?|<!\[CDATA\[|<![A-Za-z]|<(?:script|pre|style|textarea)(?=[\s>]|\Z)"
    rf"|</?(?:{_HTML_BLOCKS})(?=[\s/>]|\Z)"
)
_HTML = re.compile(
    rf"(?:{_HTML_OPENING}|</?[A-Za-z][\w-]*(?:\s[^<>\n]*)?/?>(?=[ \t]*$))",
    re.IGNORECASE | re.MULTILINE,
)
_HTML_CLOSING = {
    "<!--": re.compile(r"-->"),
    "<?": re.compile(r"\?>"),
    "<![cdata[": re.compile(r"\]\]>"),
    **{f"<!{letter}": re.compile(">") for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{
        f"<{tag}": re.compile(rf"</{tag}>", re.IGNORECASE)
        for tag in ("script", "pre", "style", "textarea")
    },
}
"""What ends an HTML block that a blank line does not end."""

_BLANK = r"(?=[^\S\n]*+(?:\n|\Z))"
_OPENING = (
    r"[ ]{0,3}(?:\#{1,6}(?:[ \t]|$)|`{3,}[^`\n]*$|~{3}"
    r"|(?:\*[ \t]*+){3,}+$|(?:_[ \t]*+){3,}+$|(?:-[ \t]*+){3,}+$"
    rf"|(?i:{_HTML_OPENING}))"
)
"""What ends a paragraph without a blank line."""
_OPENING_QUOTE = r"[ ]{0,3}>"
_OPENING_LIST = r"[ ]{0,3}(?:[-+*]|1[.)])[ \t]+\S"
_OPENING_TABLE = r"[ ]{0,3}\|[^\n]*\n[ ]{0,3}[|:-][|: \t-]*$"
_NEXT_ITEM = r"[ \t]*+(?:[-+*]|\d{1,3}[.)])(?:[ \t]+\S|[ \t]*$)"
_UNDERLINE = r"(?P<underline>[ ]{0,3}(?:=+|-+)[ \t]*+$)"


def _ends(*openings: str) -> re.Pattern[str]:
    return re.compile(rf"\n(?:{'|'.join(openings)})", re.MULTILINE)


_PARAGRAPH_ENDS = _ends(_BLANK, _UNDERLINE, _OPENING, _OPENING_QUOTE, _OPENING_LIST, _OPENING_TABLE)
_ITEM_ENDS = _ends(_BLANK, _OPENING, _OPENING_QUOTE, _NEXT_ITEM, _OPENING_TABLE)
_QUOTE_ENDS = _ends(_BLANK, _OPENING, _OPENING_LIST)
_TABLE_ENDS = _ends(_BLANK, _OPENING, _OPENING_QUOTE, _OPENING_LIST)

_RECOGNISERS: dict[str, Callable[[str, int, int], Block | None]] = {
    "#": _heading,
    "`": _fence,
    "~": _fence,
    ">": _quote,
    "<": _html,
    "*": _rule,
    "-": _rule,
    "_": _rule,
}
"""By the first visible character of a line."""
