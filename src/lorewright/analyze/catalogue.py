"""The dimensions of a chunk and what is expected of each, read from `dimensions.toml`."""

import tomllib
from collections import Counter
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lorewright.records import ChunkFields, ChunkType

Origin = Literal["inherited", "mechanical", "reader"]
Group = Literal[
    "document", "place", "content", "task", "cer", "scenario", "training", "risk", "record"
]


class Dimension(BaseModel):
    """One thing that can be known about a chunk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    name: str
    group: Group
    origin: Origin
    kept: Literal["fact", "view"]
    meaning: str
    type: Literal[
        "text", "slug", "texts", "steps", "integer", "decimal", "yes_no", "one_of", "date",
        "datetime",
    ]  # fmt: skip
    in_its_words: bool = False
    """Whether a rule fills it with words of the chunk, so that they must stand there."""
    values: tuple[str, ...] = ()
    required: bool = False
    types: tuple[ChunkType, ...] = tuple(ChunkType)
    min_items: int | None = None
    max_items: int | None = None
    max_characters: int | None = None
    min_words: int | None = None
    max_words: int | None = None
    least: Decimal | None = None
    most: Decimal | None = None


class Dimensions(BaseModel):
    """All dimensions in their order, and how confidence in them is counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    known_from: int = Field(ge=1, le=10)
    expected: dict[ChunkType, tuple[str, ...]]
    dimension: tuple[Dimension, ...]

    @model_validator(mode="after")
    def _is_about_the_record(self) -> Self:
        names = [one.name for one in self.dimension]
        if twice := [name for name, n in Counter(names).items() if n > 1]:
            raise ValueError(f"two dimensions are called {twice[0]!r}")
        if [one.number for one in self.dimension] != list(range(1, len(names) + 1)):
            raise ValueError("the dimensions are not numbered from 1 in order")
        facts = {one.name for one in self.dimension if one.kept == "fact"}
        if facts != set(ChunkFields.model_fields):
            raise ValueError("the dimensions kept as facts are not those of the record")
        if not all(set(wanted) <= set(names) for wanted in self.expected.values()):
            raise ValueError("a dimension is expected that there is not")
        return self

    def called(self, name: str) -> Dimension:
        """The dimension of that name."""
        return next(one for one in self.dimension if one.name == name)


@cache
def the_dimensions() -> Dimensions:
    """The dimensions that come with Lorewright."""
    text = files("lorewright.analyze").joinpath("dimensions.toml").read_text(encoding="utf-8")
    return Dimensions.model_validate(tomllib.loads(text, parse_float=Decimal))
