"""Reference pages from the source: commands, settings, what training offers and looks for."""

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
from lorewright.train import known_bases, known_recipes
from lorewright.train.preflight import RULES, Rule


class CommandDirective(ClickDirective):
    """`.. command:: trace` is the help of that command, wherever its function lives."""

    def run(self) -> Sequence[nodes.section]:
        name = self.arguments[0]
        self.options.setdefault("prog", f"lorewright {name}")
        self.options.setdefault("nested", "full")
        self.arguments = [COMMANDS[name]]
        return super().run()


class TableDirective(SphinxDirective):
    """`{training} methods` is the table of the methods, from the recipes that come along."""

    required_arguments = 1
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        lines = {"methods": method_lines, "presets": preset_lines, "bases": base_lines}
        place = nodes.container()
        found = lines[self.arguments[0]]()
        self.state.nested_parse(StringList(found, self.get_source_info()[0]), 0, place)
        return place.children


def method_lines() -> list[str]:
    """A Markdown table of every method and where its result can be served."""
    rows = [
        f"| `{one.name}` | {one.sentence} | {_yes(one.serving.mixed_batch)} | "
        f"{_yes(one.serving.vllm)} | {_yes(one.serving.merge)} | "
        f"{one.refused or one.serving.note} | {one.source} |"
        for one in known_recipes().methods.values()
    ]
    head = "| method | what is trained | mixed batch | vLLM | merged | served | published |"
    return [head, "|---|---|---|---|---|---|---|", *rows]


def preset_lines() -> list[str]:
    """A Markdown table of every preset; what it leaves open is a dash."""
    names = ("rank", "alpha", "dropout", "learning_rate", "epochs")
    rows = [
        f"| `{one.name}` | {one.sentence} | "
        + " | ".join(str(getattr(one, name) or "-") for name in names)
        + " |"
        for one in known_recipes().presets.values()
    ]
    head = f"| preset | for | {' | '.join(name.replace('_', ' ') for name in names)} |"
    return [head, "|---" * (len(names) + 2) + "|", *rows]


def base_lines() -> list[str]:
    """A Markdown table of the known bases, with the least memory that training takes."""
    known = known_recipes()
    methods = [known.method(name).method for name in ("lora", "qlora", "full")]
    rows = [
        f"| {one.title} | `{one.name}` | {one.shape.parameters / 1e9:.2f} | {one.shape.layers} | "
        f"{one.shape.hidden:,} | {one.licence} | "
        + " | ".join(f"{one.least_memory(method) / 1e9:.0f}" for method in methods)
        + " |"
        for one in known_bases()
    ]
    head = (
        "| base | on the hub | billion parameters | layers | hidden | licence | "
        "GB for LoRA in bf16 | GB for QLoRA in NF4 | GB for full training |"
    )
    return [head, "|---|---|---|---|---|---|---|---|---|", *rows]


def _yes(is_so: bool) -> str:  # noqa: FBT001 - one cell of a table
    return "yes" if is_so else "no"


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


class FindingsDirective(SphinxDirective):
    """`{findings}` is a row for each thing that may be found before a training."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        head = "| finding | severity | what it means | what to do | forced |"
        lines = [
            head,
            "|---|---|---|---|---|",
            *map(row_of, sorted(RULES.values(), key=lambda rule: rule.name)),
        ]
        place = nodes.container()
        self.state.nested_parse(StringList(lines, self.get_source_info()[0]), 0, place)
        return place.children


def row_of(rule: Rule) -> str:
    """One line of the table of findings."""
    severity = rule.severity.value + (f"; {rule.and_also}" if rule.and_also else "")
    forced = f"no: {rule.impossible}" if rule.impossible else "may be"
    return f"| `{rule.name}` | {severity} | {rule.meaning} | {_sentence(rule.remedy)} | {forced} |"


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


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


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
    app.add_directive("training", TableDirective)
    app.add_directive("findings", FindingsDirective)
    app.connect("sphinx-click-process-description", show_examples_as_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
