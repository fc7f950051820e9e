"""Where a document can belong: the catalogue of categories and tags, replaceable by its owner."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lorewright.errors import BadSettings, UsageError

BELONGING, CATEGORY = "belonging", "category"
"""The two questions beside the tags."""


class Category(BaseModel):
    """One business category."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    value: Literal["high", "medium", "low"]
    meaning: str


class Tag(BaseModel):
    """One dimension of tags."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    meaning: str
    select: Literal["one", "many"]
    required: bool = False
    values: tuple[str, ...] = Field(min_length=1)


class Categories(BaseModel):
    """The scale of belonging, the categories and the tags."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    belonging: tuple[str, ...] = Field(min_length=5, max_length=5)
    """What the ratings 1 to 5 are called."""
    category: tuple[Category, ...] = Field(min_length=1)
    tag: tuple[Tag, ...]

    @model_validator(mode="after")
    def _have_names_of_their_own(self) -> Self:
        keys = [BELONGING, CATEGORY, *(tag.key for tag in self.tag)]
        values = [[one.key for one in self.category], *(list(tag.values) for tag in self.tag)]
        for names in (keys, *values):
            twice = [name for name in names if names.count(name) > 1]
            if twice:
                raise ValueError(f"{twice[0]!r} stands there twice")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """Every question, in order."""
        return (BELONGING, CATEGORY, *(tag.key for tag in self.tag))

    def known(self, field: str) -> tuple[str, ...]:
        """The values that a field can have.

        Raises:
            UsageError: when there is no such field.
        """
        if field == BELONGING:
            return ("1", "2", "3", "4", "5")
        if field == CATEGORY:
            return tuple(one.key for one in self.category)
        return self._tag(field).values

    def takes_many(self, field: str) -> bool:
        """Whether a field can have several values at once."""
        return field not in {BELONGING, CATEGORY} and self._tag(field).select == "many"

    def chosen(self, field: str, value: str) -> str:
        """The value that somebody means, by its key, its name, its number or its letters.

        Raises:
            UsageError: when there is no such value.
        """
        known = self.known(field)
        named = {value: value for value in known}
        named |= {one.name: one.key for one in self.category} if field == CATEGORY else {}
        for name, key in named.items():
            if _folded(name) == _folded(value) or _folded(name).split(" ")[0] == value:
                return key
        raise UsageError(
            f"{value!r} is no value of {field}", hint=f"it takes one of: {', '.join(known)}"
        )

    def _tag(self, field: str) -> Tag:
        found = next((tag for tag in self.tag if tag.key == field), None)
        if found is None:
            raise UsageError(
                f"there is no field {field!r} of a document",
                hint=f"there are {', '.join(self.fields)}",
            )
        return found


def load_categories(file: Path | None) -> Categories:
    """The catalogue in `file`, or the one that comes with Lorewright.

    Raises:
        BadSettings: when the file is not such a catalogue.
    """
    if file is None:
        return _ours()
    try:
        return Categories.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadSettings(
            f"the catalogue of categories cannot be read: {error.strerror}",
            where=str(file),
            hint="mend `categories` in the table [analysis] of the settings",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(
            f"the catalogue of categories is not valid TOML: {error}", where=str(file)
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "as a whole"
        said = first["msg"].removeprefix("Value error, ")
        raise BadSettings(
            f"the catalogue of categories is off: {place}: {said[:1].lower()}{said[1:]}",
            where=str(file),
        ) from error


@cache
def _ours() -> Categories:
    text = files("lorewright.analyze").joinpath("categories.toml").read_text(encoding="utf-8")
    return Categories.model_validate(tomllib.loads(text))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
