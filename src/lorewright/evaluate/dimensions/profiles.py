"""Profiles as data: what is asked about an answer, and what each value of the scale means."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import Field, ValidationError, model_validator

from lorewright.errors import BadSettings
from lorewright.records import Value

LOWEST, HIGHEST = 1, 5
"""The scale of every dimension."""
PROFILES = ("advisor", "criteria", "deliberation")
"""The profiles there are; the first one is what a proof rests on."""


class Dimension(Value):
    """One side of an answer that is rated from 1 to 5."""

    key: str = Field(pattern=r"^[a-z][a-z_]*$")
    question: str = Field(min_length=1)
    anchors: tuple[str, ...]
    """What each value means, the lowest first."""
    keeps_up_with_control: bool = False
    """Whether the tuned arm is only asked to be no worse than the control, which has the same
    facts and advice."""

    @model_validator(mode="after")
    def _has_an_anchor_for_each_value(self) -> Self:
        if len(self.anchors) != HIGHEST - LOWEST + 1 or not all(self.anchors):
            raise ValueError(f"{self.key} needs an anchor for each value of its scale")
        return self

    def anchor(self, value: int) -> str:
        """What `value` means."""
        return self.anchors[value - LOWEST]


class Profile(Value):
    """Dimensions that are rated together, all of them in one call or one row of a sheet."""

    name: str
    about: str
    dimensions: tuple[Dimension, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len(set(self.keys)) != len(self.keys):
            raise ValueError("a dimension stands in a profile twice")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its dimensions, in their order."""
        return tuple(one.key for one in self.dimensions)

    def dimension(self, key: str) -> Dimension:
        """The dimension that is called `key`.

        Raises:
            KeyError: when there is none.
        """
        return self._by_key[key]

    @property
    def _by_key(self) -> Mapping[str, Dimension]:
        return {one.key: one for one in self.dimensions}


@cache
def profile(name: str) -> Profile:
    """The profile `name`.

    Raises:
        BadSettings: when there is none of that name, or its file is off.
    """
    if name not in PROFILES:
        raise BadSettings(
            f"there is no profile called {name!r}", hint=f"there are {', '.join(PROFILES)}"
        )
    text = files(__package__ or "").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    try:
        return Profile.model_validate({"name": name, **tomllib.loads(text)})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadSettings(f"the profile {name} is off: {error}") from error
