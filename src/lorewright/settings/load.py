"""Reading the settings, with an error that shows the line that is off."""

import difflib
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from lorewright.errors import BadSettings
from lorewright.settings.described import BETWEEN, PREFIX
from lorewright.settings.lines import line_of
from lorewright.settings.secrets import CALLED_LIKE_A_KEY, key_refused, refuse_keys
from lorewright.settings.workspace import Settings


def load_settings(file: Path | None, **flags: Any) -> Settings:
    """The settings that hold: `flags`, then the environment, then `file`, then the defaults.

    Raises:
        BadSettings: naming the line and, for an unknown setting, the nearest known one. What is
            written there is not repeated, for it may be a key.
    """
    refuse_keys(file, _variables())

    class Here(Settings):
        model_config = SettingsConfigDict(toml_file=file, hide_input_in_errors=True)

    try:
        return Here(**flags)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(
            f"the settings file is not valid TOML: {error}", where=str(file)
        ) from error
    except SettingsError as error:
        raise BadSettings(f"a setting in the environment cannot be read: {error}") from error
    except ValidationError as error:
        raise _first_error(error, file) from error


def _first_error(error: ValidationError, file: Path | None) -> BadSettings:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    name = ".".join(path)
    if first["type"] == "extra_forbidden":
        if CALLED_LIKE_A_KEY.search(path[-1]) and not _neighbours(path, 0.75):
            return key_refused(_place(path, file))
        return BadSettings(
            f"there is no setting called {name}",
            where=_place(path, file),
            hint=_meant(path) or "`lorewright config show` lists those there are",
        )
    said = first["msg"].removeprefix("Value error, ")
    said = said[:1].lower() + said[1:]
    return BadSettings(f"the setting {name} is off: {said}", where=_place(path, file))


def _meant(path: list[str]) -> str | None:
    """What an unknown setting may stand for: a neighbour, or one of the same name elsewhere."""
    near = _neighbours(path)
    if near:
        return f"did you mean {near[0]}?"
    elsewhere = [".".join(known) for known in _paths(Settings) if known[-1] == path[-1]]
    return f"did you mean {' or '.join(elsewhere)}?" if elsewhere else None


def _neighbours(path: list[str], likeness: float = 0.6) -> list[str]:
    return difflib.get_close_matches(path[-1], _known_keys(path[:-1]), n=1, cutoff=likeness)


def _variables() -> dict[str, str]:
    """The variables of the environment that set something here."""
    tables = {PREFIX + name.upper() for name in Settings.model_fields}
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper().partition(BETWEEN)[0] in tables
    }


def _paths(shape: type[BaseModel], *above: str) -> Iterator[tuple[str, ...]]:
    for name, field in shape.model_fields.items():
        yield (*above, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _paths(field.annotation, *above, name)


def _known_keys(path: list[str]) -> list[str]:
    shape: type[BaseModel] = Settings
    for part in path:
        inner = shape.model_fields[part].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        shape = inner
    return list(shape.model_fields)


def _place(path: list[str], file: Path | None) -> str:
    """The line of `file` that sets `path`, or the variable that does."""
    text = file.read_text(encoding="utf-8") if file and file.is_file() else ""
    variable = PREFIX + BETWEEN.join(path).upper()
    if variable in os.environ:  # which wins over the file, so that it is what is off
        return f"the environment variable {variable}"
    line = line_of(path, text)
    return f"{file}:{line}" if line else str(file)
