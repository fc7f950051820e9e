"""The words and patterns of the rules, read from `rules.toml`."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field


class Topic(BaseModel):
    """Something on which a careless answer could hurt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: str
    at_least: int = Field(ge=1)
    words: tuple[str, ...] = Field(min_length=1)


class Wording(BaseModel):
    """The words that rules look for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: tuple[Topic, ...]
    intent: dict[str, tuple[str, ...]]
    steps: dict[str, tuple[str, ...]]
    warnings: dict[str, tuple[str, ...]]
    reasons: dict[str, tuple[str, ...]]
    difficulty: dict[str, tuple[str, ...]]
    terms: dict[str, frozenset[str]]


@cache
def the_wording() -> Wording:
    """The words that come with Lorewright."""
    text = files("lorewright.analyze").joinpath("rules.toml").read_text(encoding="utf-8")
    return Wording.model_validate(tomllib.loads(text))


@cache
def beginnings(words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches where a word of the text begins with one of `words`."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})", re.IGNORECASE)


@cache
def whole(words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches one of `words` as a whole."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
