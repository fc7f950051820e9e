"""The cues by which the type of a passage is told, read from `cues.toml`."""

import re
import string
import tomllib
from collections import Counter
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lorewright.records import ChunkType

Structure = Literal["numbered_list", "bulleted_list", "imperative_items", "imperatives"]


class Cue(BaseModel):
    """Something in a passage that speaks for one type."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: ChunkType
    weight: Decimal = Field(gt=0, lt=1)
    """How sure the cue alone makes us."""
    group: str | None = None
    """Of several cues in a group only the heaviest counts."""
    phrases: tuple[str, ...] = ()
    """Lower-case words with single spaces."""
    pattern: str | None = None
    only_with: frozenset[str] = frozenset()
    """The pattern can match only where one of these lower-case words stands."""
    needs: str = ""
    """The pattern can match only where one of these characters stands."""
    structure: Structure | None = None
    at_least: int = Field(default=1, ge=1)
    """How often it must be seen to count."""
    in_heading: bool = False

    @model_validator(mode="after")
    def _looks_for_one_thing(self) -> Self:
        if sum(map(bool, (self.phrases, self.pattern, self.structure))) != 1:
            raise ValueError(f"the cue {self.name!r} needs phrases, a pattern or a structure")
        for phrase in self.phrases:
            if phrase != " ".join(words_of(phrase)):
                raise ValueError(f"the phrase {phrase!r} is not lower-case words")
        try:
            re.compile(self.pattern or "")
        except re.error as error:
            raise ValueError(f"the pattern of the cue {self.name!r} is broken: {error}") from error
        return self

    def can_match(self, text: str, vocabulary: AbstractSet[str]) -> bool:
        """Whether it is worth while to try the pattern on `text`, whose words are given."""
        if self.only_with and self.only_with.isdisjoint(vocabulary):
            return False
        return not self.needs or any(character in text for character in self.needs)


class Imperatives(BaseModel):
    """Words that begin an instruction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verbs: frozenset[str]
    follow: frozenset[str]
    openers: frozenset[str]


class Cues(BaseModel):
    """All cues, and how sure a passage must make us to count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_confidence: dict[ChunkType, Decimal]
    least_confidence_beside: dict[ChunkType, Decimal] = {}
    """From where on a paragraph joins such a passage beside it; by default the same."""
    least_groups: dict[ChunkType, int] = {}
    """How many groups of cues a type needs, where one is not enough."""
    cue: tuple[Cue, ...]
    imperatives: Imperatives

    @model_validator(mode="after")
    def _have_names_of_their_own(self) -> Self:
        twice = [name for name, n in Counter(cue.name for cue in self.cue).items() if n > 1]
        if twice:
            raise ValueError(f"two cues are called {twice[0]!r}")
        if missing := {cue.type for cue in self.cue} - self.least_confidence.keys():
            raise ValueError(f"no least confidence is given for {min(missing)}")
        return self


def words_of(text: str) -> list[str]:
    """The lower-case words of `text`, without marks but with apostrophes."""
    return text.lower().translate(_MARKS).split()


@cache
def the_cues() -> Cues:
    """The cues that come with Lorewright."""
    text = files("lorewright.analyze").joinpath("cues.toml").read_text(encoding="utf-8")
    return Cues.model_validate(tomllib.loads(text, parse_float=Decimal))


_MARKS = {
    **dict.fromkeys(map(ord, string.punctuation), " "),
    **dict.fromkeys(map(ord, "\u2010\u2013\u2014\u201c\u201d\u2018\u2026\u00ab\u00bb"), " "),
    ord("'"): "'",
    ord("\u2019"): "'",
}
