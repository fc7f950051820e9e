"""A small reader of BibTeX: enough to see that what was written is what another program reads."""

import re
from typing import NamedTuple

_COMMANDS = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    **{rf"\{character}": character for character in "%&$#_"},
}
_COMMAND = re.compile("|".join(map(re.escape, _COMMANDS)))


class Entry(NamedTuple):
    kind: str
    key: str
    fields: dict[str, str]


def entries_of(text: str) -> list[Entry]:
    """Every entry; braces are counted as BibTeX counts them, escaped ones too."""
    found: list[Entry] = []
    at = 0
    while (at := text.find("@", at)) >= 0:
        opened = text.index("{", at)
        body, end = _braced(text, opened)
        key, _, rest = body.partition(",")
        found.append(Entry(text[at + 1 : opened], key.strip(), dict(_fields(rest))))
        at = end
    return found


def _fields(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while (equals := text.find("=", at)) >= 0:
        name = text[at:equals].strip(" ,\n")
        value, at = _braced(text, text.index("{", equals))
        found.append((name, value))
    return found


def _braced(text: str, opened: int) -> tuple[str, int]:
    """What stands between the brace at `opened` and its own closing one, and where that ends."""
    depth = 0
    for at in range(opened, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return text[opened + 1 : at], at + 1
    raise AssertionError("a brace is left open")


def shown(value: str) -> str:
    """What LaTeX prints for `value`."""
    inner = value[1:-1] if value.startswith("{") and value.endswith("}") else value
    return _COMMAND.sub(lambda found: _COMMANDS[found[0]], inner)
