"""Reading the settings, with an error that shows the line that is off."""

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from lorewright.errors import BadSettings
from lorewright.settings.workspace import Settings


def load_settings(file: Path | None, **flags: Any) -> Settings:
    """The settings that hold: `flags`, then the environment, then `file`, then the defaults.

    Raises:
        BadSettings: naming the line and, for an unknown key, the nearest known one.
    """

    class Here(Settings):
        model_config = SettingsConfigDict(toml_file=file)

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
        near = difflib.get_close_matches(path[-1], _known_keys(path[:-1]), n=1)
        return BadSettings(
            f"there is no setting called {name}",
            where=_place(path, file),
            hint=f"did you mean {near[0]}?" if near else "see the page on settings in the docs",
        )
    said = first["msg"].removeprefix("Value error, ")
    said = said[:1].lower() + said[1:]
    return BadSettings(f"the setting {name} is off: {said}", where=_place(path, file))


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
    lines = file.read_text(encoding="utf-8").splitlines() if file and file.is_file() else []
    table = ""
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = stripped.strip("[] ")
        key = stripped.partition("=")[0].strip()
        if [part for part in f"{table}.{key}".split(".") if part] == path:
            return f"{file}:{number}"
    variable = "LOREWRIGHT_" + "__".join(path).upper()
    return f"the environment variable {variable}" if variable in os.environ else str(file)
