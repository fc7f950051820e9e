"""Putting right the form of an answer that means to be JSON, and nothing but its form."""

import ast
import json
import re

from lorewright.errors import MissingExtra

LONGEST = 200_000
"""Characters; nothing longer is mended, and nothing that is asked here needs half of it."""
_CLOSING = {"{": "}", "[": "]"}
_STRING = r'"(?:[^"\\]|\\.)*"'
_JSON = re.compile(rf'{_STRING}|["{{}}\[\]]', re.DOTALL)
_PYTHON = re.compile(rf"{_STRING}|'(?:[^'\\]|\\.)*'|[\"'{{}}\[\]]", re.DOTALL)
"""Whole strings, brackets, and quotes that no other quote answers."""
_PYTHON_BEGINS = re.compile(r"[{\[\s]*'")
_ESCAPED_LETTER = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED_SPACE = re.compile(r"\\[bfnrt]")
_WORD = re.compile(r"\w+")


def end_of(text: str, start: int) -> int | None:
    """Where the object or list that opens at `start` is closed: one past its last bracket.

    None when it never is. Quotes are taken for what they are in well-formed text: of a part of
    well-formed JSON it is never said that it is closed when it is not.
    """
    tokens = _PYTHON if _is_python(text[start:]) else _JSON
    open_until: list[str] = []
    for token in tokens.finditer(text, start):
        said = token[0]
        if said in "\"'":  # a string that begins and does not end
            return None
        if said in _CLOSING:
            open_until.append(_CLOSING[said])
        elif said in "}]" and said != open_until.pop():
            return None
        if not open_until:
            return token.end()
    return None


def mended(text: str) -> object | None:
    """What `text` means, from its first bracket to its last; None when words could be lost.

    Commas and quotes too many are put right, and so is the way in which Python writes values.

    Raises:
        MissingExtra: when the library that mends is not installed.
    """
    if len(text) > LONGEST:
        return None
    if _is_python(text):
        return _literal(text)
    try:
        import json_repair
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "mending an answer that is nearly JSON needs json-repair",
            hint='pip install "lorewright[teachers]"',
        ) from error
    try:
        found: object = json_repair.loads(text)
    except (RecursionError, ValueError):
        return None
    written = json.dumps(found, ensure_ascii=False)
    return found if _words(written) == _words(text) else None


def _is_python(text: str) -> bool:
    return _PYTHON_BEGINS.match(text) is not None


def _literal(text: str) -> object | None:
    try:
        found: object = ast.literal_eval(text)
        json.dumps(found)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return found


def _words(text: str) -> list[str]:
    """The words of JSON, whatever stands between them."""
    plain = _ESCAPED_LETTER.sub(lambda found: chr(int(found[1], 16)), text)
    return _WORD.findall(_ESCAPED_SPACE.sub(" ", plain))
