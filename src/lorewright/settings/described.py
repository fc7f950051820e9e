"""Every setting with its sentence: the settings file that a new workspace gets, and its schema."""

import ast
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from lorewright.settings.workspace import Settings

PREFIX, BETWEEN = "LOREWRIGHT_", "__"
"""How a setting is called in the environment."""

WIDTH = 90

HEAD = """\
# Lorewright settings of this workspace. Every line may be left out; the defaults stand behind #.
# A flag wins over the environment (LOREWRIGHT_CHUNKS__CER_LIMIT=8), which wins over this file.
# `lorewright config show --origin` says which one won.
"""


class Setting(NamedTuple):
    """One thing that the operator decides."""

    path: tuple[str, ...]
    """The tables above it, and its own name."""
    sentence: str
    default: Any

    @property
    def name(self) -> str:
        """As `chunks.cer_limit`."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + BETWEEN.join(self.path).upper()


def every_setting(shape: type[BaseModel] = Settings, *above: str) -> Iterator[Setting]:
    """The settings of a table in their order, those of tables inside it after its own."""
    sentences = sentences_of(shape)
    for name, field in shape.model_fields.items():
        if not _is_table(field.annotation):
            yield Setting((*above, name), sentences.get(name, ""), field.default)
    for name, inner in tables_of(shape):
        yield from every_setting(inner, *above, name)


def tables_of(shape: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """The tables inside a table."""
    for name, field in shape.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield name, field.annotation


@cache
def sentences_of(shape: type[BaseModel]) -> Mapping[str, str]:
    """What stands below each field of a class, in one line."""
    tree = ast.parse(inspect.getsource(sys.modules[shape.__module__]))
    bodies = (
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == shape.__name__
    )
    found: dict[str, str] = {}
    for field, after in (pair for body in bodies for pair in pairwise(body)):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                value=ast.Constant(value=str(said))
            ):
                found[name] = " ".join(said.split())
            case _:
                pass
    return found


def settings_text() -> str:
    """The settings file of a new workspace: every setting with its sentence and its default."""
    lines = [HEAD, *_lines_of(Settings)]
    return "\n".join(lines) + "\n"


def _lines_of(shape: type[BaseModel], *above: str) -> Iterator[str]:
    import textwrap

    for setting in every_setting(shape, *above):
        if len(setting.path) == len(above) + 1:
            yield from (f"# {line}" for line in textwrap.wrap(setting.sentence, WIDTH))
            yield f"# {setting.path[-1]} = {toml_of(setting.default)}".rstrip() + "\n"
    for name, inner in tables_of(shape):
        yield f"\n[{'.'.join((*above, name))}]"
        yield from (f"# {line}" for line in (inspect.getdoc(inner) or "").splitlines()[:1])
        yield ""
        yield from _lines_of(inner, *above, name)


def toml_of(value: Any) -> str:
    """A value as it stands in the file; nothing for one that is not set."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str() | Path():
            return json.dumps(str(value), ensure_ascii=False)
        case int() | float() | Decimal():
            return str(value)
        case BaseModel() | Mapping():
            return f"{{{', '.join(_pairs_of(value))}}}"
        case _ if type(value) in {list, tuple}:
            return f"[{', '.join(map(toml_of, value))}]"
        case _:
            raise TypeError(f"a setting of type {type(value).__name__} has no form in the file")


def _pairs_of(table: Any) -> Iterator[str]:
    found = table.model_dump(exclude_unset=True) if isinstance(table, BaseModel) else table
    for name, value in found.items():
        yield f"{name} = {toml_of(value)}"


def settings_schema() -> dict[str, Any]:
    """The JSON Schema of the settings file, with the sentence of every setting."""
    schema = Settings.model_json_schema()
    shapes = {Settings.__name__: Settings, **dict(_shapes(Settings))}
    for name, part in {Settings.__name__: schema, **schema.get("$defs", {})}.items():
        for field, said in sentences_of(shapes[name]).items():
            part["properties"][field]["description"] = said
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _shapes(shape: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for field in shape.model_fields.values():
        for inner in _tables_in(field.annotation):
            yield inner.__name__, inner
            yield from _shapes(inner)


def _tables_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The shapes that an annotation names, also those of the tables in a mapping."""
    if _is_table(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from _tables_in(part)


def _is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
