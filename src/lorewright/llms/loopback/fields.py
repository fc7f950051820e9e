"""What a field of a shape is for, told from its name and its description."""

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

_QUOTE = re.compile(r"quot|snippet|excerpt|verbatim|cited|citation|span|(?<!un)supporting|evidence")
_COPIED = re.compile(r"letter by letter|word for word|copied|verbatim|as it stands")
_QUESTION = re.compile(r"question|^query$|^ask|complex_prompt|prompt_candidate|^instruction$")
_ANSWER = re.compile(
    r"answer|respon|explanation|summary|statement|sentence|reason(?!_null)|rationale|description"
    r"|claim|beyond|sketch|context|outcome|solution|precondition|output|warning|details|why$|because"
)
_NONE = re.compile(
    r"unsupported|unanswered|contradict|violation|invented|missing|issues?$|problems?$|why_not|why_null"
    r"|reason_null|null_reason"
)
_NO = re.compile(
    r"pii|outside|invented|leak|contradict|refus|duplicate|unsafe|harm|spam|unsupported"
)
_MARK = re.compile(
    r"score|rating|grade|marks?$|ground|relevan|clarity|voice|useful|confidence|quality|precision"
)
_KEY = re.compile(r"\bkey\b|exactly as")


class Purpose(Enum):
    """What a text in an answer is for."""

    QUOTE = 1
    QUESTION = 2
    ANSWER = 3
    KEY = 4
    NAME = 5


@cache
def purpose_of(name: str, description: str) -> Purpose:
    """What the field `name` is for."""
    if _COPIED.search(description) or _QUOTE.search(name):
        return Purpose.QUOTE
    if _QUESTION.search(name):
        return Purpose.QUESTION
    if _KEY.search(description):
        return Purpose.KEY
    return Purpose.ANSWER if _ANSWER.search(name) else Purpose.NAME


@cache
def is_empty_when_good(name: str) -> bool:
    """Whether a field lists or names what is wrong, so that nothing is the usual answer."""
    return bool(_NONE.search(name))


@cache
def is_no_when_good(name: str) -> bool:
    """Whether a yes would be unusual."""
    return bool(_NO.search(name))


@cache
def is_mark(name: str) -> bool:
    """Whether a number says how good something is."""
    return bool(_MARK.search(name))


def bounds_of(schema: Mapping[str, Any], unit: str) -> tuple[int | None, int | None]:
    """The least and the most that `schema` allows, in whichever way it says so.

    Args:
        schema: the schema of one field.
        unit: `entries` of a list, `characters` of a text, or nothing for a number's own bounds.
    """
    said = _bounds_said(schema.get("description", ""), unit)
    least, most = _KEYWORDS[unit]
    return schema.get(least, said[0]), schema.get(most, said[1])


@cache
def pattern_in(description: str) -> str | None:
    """The regular expression that a text must match."""
    parts = description.split("; ")
    return next((one[9:] for one in parts if one.startswith("matching ")), None)


@cache
def _bounds_said(description: str, unit: str) -> tuple[int | None, int | None]:
    least = most = None
    for part in description.split("; "):
        found = _BOUND.fullmatch(part)
        if found is None or (found[3] or "") != unit:
            continue
        if found[1] == "least":
            least = int(found[2])
        else:
            most = int(found[2])
    return least, most


_BOUND = re.compile(r"at (least|most) (-?\d+)(?: (entries|characters))?")
_KEYWORDS = {
    "entries": ("minItems", "maxItems"),
    "characters": ("minLength", "maxLength"),
    "": ("minimum", "maximum"),
}
