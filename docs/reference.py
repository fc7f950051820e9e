"""Reference pages from the source: the help of a command, and the settings of a table."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import click
from docutils import nodes
from docutils.statemachine import StringList
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective
from sphinx_click.ext import ClickDirective  # pyright: ignore[reportMissingTypeStubs] # has none

from lorewright.cli import COMMANDS
from lorewright.settings import Settings


class CommandDirective(ClickDirective):
    """`.. command:: trace` is the help of that command, wherever its function lives."""

    def run(self) -> Sequence[nodes.section]:
        name = self.arguments[0]
        self.options.setdefault("prog", f"lorewright {name}")
        self.options.setdefault("nested", "full")
        self.arguments = [COMMANDS[name]]
        return super().run()


class SettingsDirective(SphinxDirective):
    """`{settings} chunks` is a row for each setting: name, default, what it decides."""

    required_arguments = 0
    optional_arguments = 1
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        shape = table_of(self.arguments[0] if self.arguments else "")
        lines = ["| setting | default | what it decides |", "|---|---|---|", *rows_of(shape)]
        place = nodes.container()
        self.state.nested_parse(StringList(lines, self.get_source_info()[0]), 0, place)
        return place.children


def table_of(path: str) -> type[BaseModel]:
    """The class behind a table of the settings file; the whole of it for an empty path."""
    shape: type[BaseModel] = Settings
    for name in filter(None, path.split(".")):
        inner = shape.model_fields[name].annotation
        assert isinstance(inner, type)
        assert issubclass(inner, BaseModel)
        shape = inner
    return shape


def rows_of(shape: type[BaseModel]) -> list[str]:
    """One line of a Markdown table per setting; tables inside have a section of their own."""
    said = ModuleAnalyzer.for_module(shape.__module__).find_attr_docs()
    return [
        f"| `{name}` | {_default(field.default)} | {_joined(said.get((shape.__name__, name)))} |"
        for name, field in shape.model_fields.items()
        if not isinstance(field.default, BaseModel)
    ]


def _joined(lines: Iterable[str] | None) -> str:
    return " ".join(lines or ()).strip()


def _default(value: Any) -> str:
    plain = to_jsonable_python(value)
    return "not set" if plain is None else f"`{plain}`"


def show_examples_as_code(app: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Turn the examples in the text of a command's help into a block of code."""
    del app, context
    begin = next((at for at, line in enumerate(lines) if line.startswith("| Example")), None)
    if begin is None:
        return
    end = next((at for at in range(begin, len(lines)) if not lines[at].startswith("|")), len(lines))
    code = [f"   {line.removeprefix('|').strip()}" for line in lines[begin + 1 : end]]
    lines[begin:end] = [".. code-block:: console", "", *code, ""]


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx what this file adds."""
    app.add_directive("command", CommandDirective)
    app.add_directive("settings", SettingsDirective)
    app.connect("sphinx-click-process-description", show_examples_as_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
