"""What holds of every setting, and what decided it."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from lorewright.settings.described import BETWEEN, PREFIX, Setting, every_setting
from lorewright.settings.lines import line_of
from lorewright.settings.secrets import LOOKS_LIKE_A_KEY
from lorewright.settings.workspace import Settings

MASK = "***"
_PASSWORD = re.compile(r"(://[^:@/\s]*):.*@")
_SECRET = re.compile(
    r"([?&][^=&]*(?:pass|secret|token|key|credential|signature)[^=&]*=)[^&]*", re.IGNORECASE
)


class Held(NamedTuple):
    """A setting as it holds now."""

    setting: Setting
    value: Any
    """Without passwords."""
    origin: str
    """`default`, the line of the file, or the variable of the environment."""


def held_settings(settings: Settings, file: Path | None) -> Iterator[Held]:
    """Every setting of `settings`, which were read from the environment and `file`."""
    text = file.read_text(encoding="utf-8") if file and file.is_file() else ""
    tables = tomllib.loads(text)
    variables = {name.upper(): (name, value) for name, value in os.environ.items()}
    for setting in every_setting():
        value: Any = settings
        for part in setting.path:
            value = getattr(value, part)
        variable = _variable(setting, variables)
        if variable is not None:
            origin = f"the environment variable {variable}"
        elif _is_set(setting.path, tables):
            origin = f"{file}:{line_of(setting.path, text) or 1}"
        else:
            origin = "default"
        yield Held(setting, masked(value), origin)


def masked(value: Any) -> Any:
    """A value without the passwords that a URL may hold, and without keys."""
    whole: Any = value
    if isinstance(value, Mapping):
        return {name: masked(one) for name, one in whole.items()}
    if isinstance(value, BaseModel):
        return masked(value.model_dump(mode="json", exclude_unset=True))
    if not isinstance(value, str):
        return value
    value = LOOKS_LIKE_A_KEY.sub(MASK, value)
    if "://" not in value:
        return value
    return _SECRET.sub(rf"\1{MASK}", _PASSWORD.sub(rf"\1:{MASK}@", value))


def _variable(setting: Setting, variables: Mapping[str, tuple[str, str]]) -> str | None:
    """The variable that decides a setting: its own, or one that holds its table as JSON."""
    for length in range(len(setting.path), 0, -1):
        name = PREFIX + BETWEEN.join(setting.path[:length]).upper()
        if name not in variables:
            continue
        written, value = variables[name]
        if length == len(setting.path) or _is_set(setting.path[length:], _table(value)):
            return written
    return None


def _table(value: str) -> Any:
    with suppress(ValueError):
        return json.loads(value)
    return None


def _is_set(path: tuple[str, ...], tables: Any) -> bool:
    for part in path:
        try:
            tables = tables[part]
        except (KeyError, TypeError):  # no such key, or no table at all
            return False
    return True
