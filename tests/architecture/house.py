"""Where the parts of the project are, for the tests that compare them."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lorewright

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "lorewright"

_LINE_OF_ROOMS = re.compile(r"^ {4}(\(?[a-z]+\)?(?: \| \(?[a-z]+\)?)*)(?: {2,}|$)", re.MULTILINE)


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def contract(kind: str, name: str) -> dict[str, Any]:
    """The import contract of this `kind` whose name begins with `name`."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    return next(c for c in contracts if c["type"] == kind and c["name"].startswith(name))


def lines_of_the_map() -> list[str]:
    return _LINE_OF_ROOMS.findall(lorewright.__doc__ or "")


def rooms_on_the_map() -> list[str]:
    """Every room that has something in it, from the top of the map to the bottom."""
    rooms = [room for line in lines_of_the_map() for room in line.split(" | ")]
    return [room for room in rooms if not room.startswith("(")]


def rooms_with_a_place_only() -> list[str]:
    rooms = [room for line in lines_of_the_map() for room in line.split(" | ")]
    return [room.strip("()") for room in rooms if room.startswith("(")]


def verbs() -> list[str]:
    """The line of the map that begins with `ingest`, without what is still empty."""
    line = next(line for line in lines_of_the_map() if line.startswith("ingest"))
    return [room for room in line.split(" | ") if not room.startswith("(")]


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every source file of the package as (path below the package, syntax tree)."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield (
            path.relative_to(PACKAGE).as_posix(),
            ast.parse(path.read_text(encoding="utf-8"), str(path)),
        )
