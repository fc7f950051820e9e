"""The panels that there are: those that came along, and the operator's own in their place."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lorewright.errors import BadSettings, UsageError
from lorewright.generate.deliberations.shapes import Panel
from lorewright.records import CatalogueEntry

CATALOGUE = "panels"


@dataclass(frozen=True, slots=True)
class PanelIssue:
    """One thing that is wrong with the file of a panel, and where."""

    file: str
    field: str
    """As a path: `personas[2].weights[0]`; empty for the panel as a whole."""
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return (
            f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"
        )


@dataclass(frozen=True, slots=True)
class PanelLibrary:
    """All panels that can be used, and what is wrong with those that cannot."""

    panels: Mapping[str, Panel]
    own: frozenset[str]
    """The keys of the operator's."""
    issues: tuple[PanelIssue, ...]

    def find(self, key: str) -> Panel:
        """The panel of that key.

        Raises:
            BadSettings: when the operator's own panel of that key is faulty.
            UsageError: when there is none.
        """
        if panel := self.panels.get(key):
            return panel
        if mine := [one for one in self.issues if Path(one.file).stem == key]:
            raise _faulty(mine)
        raise UsageError(
            f"there is no panel called {key!r}", hint=f"there are {', '.join(self.panels)}"
        )

    def with_file(self, file: Path) -> "PanelLibrary":
        """The same with the panel in a file put over them.

        Raises:
            BadSettings: with everything that is wrong with the file.
        """
        panel = panel_in(file)
        panels = {**self.panels, panel.key: panel}
        return replace(self, panels=panels, own=self.own | {panel.key})


def panel_library(own: Path | None = None) -> PanelLibrary:
    """The panels that came along with those in the folder `own` put over them.

    A faulty file is no reason to stop: its issues are kept, and the others can be used. Where an
    own file is faulty the panel that it should replace cannot be used either, since it is not
    what was asked for.
    """
    panels, mine, issues = dict(_bundled()), set[str](), list[PanelIssue]()
    for file in sorted(own.glob("*.toml")) if own and own.is_dir() else ():
        panel, found = read_panel(file)
        if panel is None:
            issues += found
            panels.pop(file.stem, None)
            continue
        panels[panel.key] = panel
        mine.add(panel.key)
    return PanelLibrary(panels, frozenset(mine), tuple(issues))


def panel_in(file: Path) -> Panel:
    """The panel in a file.

    Raises:
        BadSettings: with everything that is wrong with the file.
    """
    panel, issues = read_panel(file)
    if panel is None:
        raise _faulty(issues)
    return panel


def read_panel(file: Path) -> tuple[Panel | None, list[PanelIssue]]:
    """The panel in a file; None, and what is wrong with it, when it cannot be used."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return None, [PanelIssue(str(file), "", f"it cannot be read: {error}")]
    return parse_panel(text, str(file))


def parse_panel(text: str, file: str) -> tuple[Panel | None, list[PanelIssue]]:
    """The same for the text of a file."""
    try:
        values = tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        return None, [PanelIssue(file, "", f"it is no TOML: {error}")]
    try:
        return Panel.model_validate(values), []
    except ValidationError as error:
        return None, list(_issues(error, text, file))


def entry_of(panel: Panel, *, own: bool) -> CatalogueEntry:
    """The panel as the record that deliberations are made from."""
    content = panel.model_dump(mode="json", exclude={"worked"}, exclude_none=True)
    return CatalogueEntry(
        catalogue=CATALOGUE, key=panel.key.replace("-", "_"), content=content, own=own
    )


def panel_text(panel: Panel) -> str:
    """A panel as a file that the operator may edit."""
    values = panel.model_dump(mode="json", exclude_none=True)
    purpose = values.pop("purpose")
    states = purpose.pop("states")
    personas = values.pop("personas")
    worked = values.pop("worked", ())
    if worked:
        raise ValueError("conversations that were worked out are not written")
    lines = [*_lines(values), "", "[purpose]", *_lines(purpose)]
    for state in states:
        lines += ["", "[[purpose.states]]", *_lines(state)]
    for persona in personas:
        lines += ["", "[[personas]]", *_lines(persona)]
    return "\n".join(lines) + "\n"


def _faulty(issues: list[PanelIssue]) -> BadSettings:
    return BadSettings(
        "; ".join(map(str, issues)), where=issues[0].file, hint="mend the file of the panel"
    )


@cache
def _bundled() -> Mapping[str, Panel]:
    folder = files(__package__ or "").joinpath("panels")
    found: dict[str, Panel] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            values = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=_decimal)
            panel = Panel.model_validate(values)
            found[panel.key] = panel
    return found


def _decimal(said: str) -> Decimal:
    """A number of a file; `nan` and `inf` stay what they are, and are refused as weights."""
    try:
        return Decimal(said)
    except InvalidOperation:
        return Decimal("NaN")


def _issues(error: ValidationError, text: str, file: str) -> Iterator[PanelIssue]:
    for one in error.errors():
        message = one["msg"].removeprefix("Value error, ")
        yield PanelIssue(file, _path(one["loc"]), message, _line(text, one["loc"]))


def _path(place: Iterable[int | str]) -> str:
    path = ""
    for part in place:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _line(text: str, place: tuple[int | str, ...]) -> int | None:
    """The line of a table or of a field in it, as far as it can be told."""
    lines = text.splitlines()
    heads = [str(part) for part in place if not isinstance(part, int)]
    numbers = [part for part in place if isinstance(part, int)]
    match place:
        case ("personas", int(), *_):
            head = "[[personas]]"
        case ("purpose", "states", int(), *_):
            head = "[[purpose.states]]"
        case ("worked", int(), *_):
            head = "[[worked]]"
        case ("personas" | "worked" as name,):
            return next((at for at, line in enumerate(lines, 1) if line == f"[[{name}]]"), None)
        case ("purpose", *_):
            head, numbers = "[purpose]", [0]
        case (str() as name, *_):
            return _first(lines, 0, name)
        case _:
            return None
    starts = [at for at, line in enumerate(lines) if line.strip() == head]
    if numbers[0] >= len(starts):
        return None
    begin = starts[numbers[0]]
    return _first(lines, begin + 1, heads[-1]) or begin + 1


def _first(lines: list[str], begin: int, name: str) -> int | None:
    for number, line in enumerate(lines[begin:], start=begin + 1):
        if line.partition("=")[0].strip() == name:
            return number
        if begin and line.startswith("["):
            return None
    return None


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    """Fields of a table; what holds a list of tables is not among them."""
    for name, value in values.items():
        yield f"{name} = {_toml(value, name)}"


_NUMBERS = {"score", "target_score", "blocker", "boost", "weights", "weights_sum"}


def _toml(value: Any, name: str) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return value if name in _NUMBERS else _quoted(value)
        case list():
            return f"[{', '.join(_toml(one, name) for one in value)}]"  # pyright: ignore[reportUnknownVariableType] - plain JSON
        case _:
            return str(value)


def _quoted(words: str) -> str:
    """As TOML has it, which is as JSON has it but for one character."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
