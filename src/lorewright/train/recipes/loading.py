"""The recipes and presets that came along, joined with the operator's own.

A recipe is one TOML file per method. An own file with a known name stands in the place of the
one that came along; another name is added. The same holds for the presets in `presets.toml`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar

from pydantic import Field, ValidationError

from lorewright.errors import BadSettings
from lorewright.records import Value
from lorewright.train.methods import Method

FOLDER = "recipes"
"""The operator's own recipes, in the workspace."""
_PRESETS = "presets.toml"

V = TypeVar("V", bound=Value)


class Serving(Value):
    """Where the result of a method can be served."""

    mixed_batch: bool
    """Whether it can answer in one batch with other adapters on the same base."""
    vllm: bool
    merge: bool
    """Whether it can be merged into the base."""
    note: str


class MethodRecipe(Method):
    """A method with what a person wants to know before choosing it."""

    sentence: str
    source: str
    """Where it was published."""
    serving: Serving
    refused: str | None = None
    """Why it cannot be chosen; None for one that can."""

    @property
    def method(self) -> Method:
        """What shapes an adapter, without the words about it."""
        return Method.model_validate(self.model_dump(include={*Method.model_fields}))


class Preset(Value):
    """Choices that go together; what is None stays as it would be without the preset."""

    name: str
    sentence: str
    rank: int | None = Field(default=None, ge=1)
    alpha: int | None = Field(default=None, ge=1)
    dropout: Decimal | None = Field(default=None, ge=0, lt=1)
    learning_rate: Decimal | None = Field(default=None, gt=0)
    epochs: int | None = Field(default=None, ge=1)


@dataclass(frozen=True, slots=True)
class Recipes:
    """All methods and presets by their names."""

    methods: Mapping[str, MethodRecipe]
    presets: Mapping[str, Preset]

    def method(self, name: str) -> MethodRecipe:
        """The method called `name`.

        Raises:
            BadSettings: when there is none, or it is refused.
        """
        found = self.methods.get(name)
        if found is None:
            offered = [one.name for one in self.methods.values() if one.refused is None]
            _unknown("training method", name, offered, where="training.method")
        if found.refused is not None:
            raise BadSettings(
                f"{name} is not offered: {found.refused}",
                where="training.method",
                hint="`lorewright train --methods` lists those that are",
            )
        return found

    def preset(self, name: str | None) -> Preset | None:
        """The preset called `name`; None for None.

        Raises:
            BadSettings: when there is none of that name.
        """
        if name is None:
            return None
        if name not in self.presets:
            _unknown("preset", name, [*self.presets], where="training.preset")
        return self.presets[name]


def known_recipes(own: Path | None = None) -> Recipes:
    """Every method and preset.

    Args:
        own: a folder with the operator's own files; it need not be there.

    Raises:
        BadSettings: naming the file that cannot be used.
    """
    methods, presets = _bundled()
    if own is not None and own.is_dir():
        places = sorted(one for one in own.glob("*.toml") if one.name != _PRESETS)
        added = [_method(_read(place), str(place)) for place in places]
        methods = {**methods, **{one.name: one for one in added}}
        if (own / _PRESETS).is_file():
            place = own / _PRESETS
            presets = {**presets, **{one.name: one for one in _presets(_read(place), str(place))}}
    return Recipes(MappingProxyType(methods), MappingProxyType(presets))


@cache
def _bundled() -> tuple[Mapping[str, MethodRecipe], Mapping[str, Preset]]:
    folder = files("lorewright.train.recipes")
    texts = {
        place.name: place.read_text(encoding="utf-8")
        for place in folder.iterdir()
        if place.name.endswith(".toml")
    }
    presets = tomllib.loads(texts.pop(_PRESETS), parse_float=Decimal)
    methods = {
        name: _method(tomllib.loads(text, parse_float=Decimal), name)
        for name, text in texts.items()
    }
    found = {one.name: one for one in methods.values()}
    order = ("lora", "rslora", "lora+", "dora", "adalora", "qlora", "qdora", "pissa", "full")
    ordered = {name: found.pop(name) for name in order}
    return ordered | found, {one.name: one for one in _presets(presets, _PRESETS)}


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as error:
        raise BadSettings(
            f"a recipe cannot be read: {error}",
            where=str(file),
            hint="it is a TOML file of the same form as those that came along",
        ) from error


def _method(raw: Mapping[str, Any], where: str) -> MethodRecipe:
    return _checked(MethodRecipe, raw, where)


def _presets(raw: Mapping[str, Any], where: str) -> Iterator[Preset]:
    listed: list[object] | None = raw["preset"] if isinstance(raw.get("preset"), list) else None
    if listed is None or len(raw) != 1:
        raise BadSettings(
            "presets are a list, and nothing else stands in their file",
            where=where,
            hint="each is a table [[preset]]",
        )
    for one in listed:
        yield _checked(Preset, one, where)


def _checked(shape: type[V], raw: object, where: str) -> V:
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        said = str(first["msg"]).removeprefix("Value error, ")
        raise BadSettings(
            f"a recipe is off at {place}: {said}" if place else f"a recipe is off: {said}",
            where=where,
            hint="`lorewright train --methods` shows those that came along",
        ) from error


def _unknown(what: str, name: str, offered: list[str], *, where: str) -> NoReturn:
    raise BadSettings(
        f"there is no {what} {name!r}", where=where, hint=f"one of {', '.join(offered)}"
    )
