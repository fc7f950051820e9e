"""Turns of phrase that give away a text in hand, or an assistant that declines."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lorewright.similarity import normalised

_NUMBERED = re.compile(r"\b(?:chunk|passage|fact|excerpt) \d+\b")
"""Only the one who wrote the order counts passages."""


class _Phrases(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    nouns: tuple[str, ...]
    mentions: tuple[str, ...]
    boilerplate: tuple[str, ...]


def mention(text: str) -> str | None:
    """The words by which `text` speaks of the source that lies before its writer, if it does."""
    said = normalised(text)
    return _found("mentions", said) or _numbered(said)


def boilerplate(text: str) -> str | None:
    """The words by which `text` speaks as an assistant about itself or its task, if it does."""
    return _found("boilerplate", normalised(text))


def _numbered(said: str) -> str | None:
    found = _NUMBERED.search(said)
    return found[0] if found else None


def _found(kind: Literal["mentions", "boilerplate"], said: str) -> str | None:
    found = _pattern(kind).search(said)
    return found[0] if found else None


@cache
def _pattern(kind: Literal["mentions", "boilerplate"]) -> re.Pattern[str]:
    said: set[str] = set()
    text = (files(__package__ or "") / "phrases.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text).values():
        known = _Phrases.model_validate(table)
        for phrase in known.mentions if kind == "mentions" else known.boilerplate:
            said |= {normalised(phrase.format(noun=noun)) for noun in known.nouns}
    longest_first = sorted(said, key=lambda one: (-len(one), one))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
