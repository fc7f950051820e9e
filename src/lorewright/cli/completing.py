"""What a shell offers while somebody types: names of records at once, the rest by Click."""

import importlib.util
import os
import sys
import tomllib
from contextlib import suppress
from importlib import resources
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from lorewright.cli import COMPLETE
from lorewright.conversations.formats import FORMATS

PROGRAM = "lorewright"

EVERY_KIND = (
    "source", "document", "chunk", "example", "rejection", "dataset", "base_model", "adapter",
    "verdict", "release", "analysis", "categorisation", "decision", "recipe", "person",
    "prompt", "language_model", "collection", "fact", "judgement", "knowledge", "context",
    "context_notes", "corpus_context", "entry", "conversation",
    "enrichment", "deliberation", "scenario", "scenario_set", "answers", "ratings",
    "evaluation_lock", "proof",
)  # fmt: skip

NAMES: dict[str, tuple[str, ...]] = {
    "trace": EVERY_KIND,
    "show": EVERY_KIND,
    "categorise": ("document",),
    "card": ("dataset",),
    "release": ("adapter",),
    "licence": ("source",),
    "withdraw": ("source",),
    "erase": ("source",),
    "train": ("dataset",),
    "export": ("dataset",),
    "diff": ("dataset",),
    "convert": ("adapter",),
    "evaluate": ("adapter",),
    "regression": ("adapter",),
    "report": ("verdict",),
}
"""The kinds of records that the arguments of a command name."""

OPTIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("review", "--accept"): ("example",),
    ("review", "--reject"): ("example",),
    ("review", "--edit"): ("example",),
    ("review", "--undo"): ("example",),
    ("review", "--document"): ("document", "source"),
    ("evaluate", "--scenarios"): ("scenario_set",),
    ("evaluate", "--control"): ("adapter",),
    ("ratings", "--set"): ("scenario_set",),
    ("rank", "--set"): ("scenario_set",),
}
"""The same for what follows an option."""

PLUGINS = {("export", "--format"): "exporters"}
"""Options that name a plug-in."""
BESIDE_PLUGINS = {("export", "--format"): FORMATS}
"""What else they may name."""


def complete(cli: click.Command) -> int:
    """Answer a shell that asks what may come next; the exit code."""
    shell, _, instruction = os.environ[COMPLETE].partition("_")
    known = get_completion_class(shell)
    if known is None:
        return 1
    quick = type("Quick", (_Quick, known), {})
    answering: ShellComplete = quick(cli, {}, PROGRAM, COMPLETE)
    if instruction == "source":
        click.echo(answering.source())
    elif instruction == "complete":
        click.echo(answering.complete())
    else:
        return 1
    return 0


class _Quick(ShellComplete):
    """Offers names without importing the command, which would take a second."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        words, typed, cut = _whole(args, incomplete)
        found = offered(words, typed)
        if found is None:
            return super().get_completions(args, incomplete)
        return [CompletionItem(name[len(cut) :]) for name in found]


def _whole(args: list[str], incomplete: str) -> tuple[list[str], str, str]:
    """The words with a name in one piece, which bash takes apart at its colon.

    What bash has as words of their own is not offered again.
    """
    if incomplete == ":" and args:
        return args[:-1], f"{args[-1]}:", f"{args[-1]}:"
    if len(args) > 1 and args[-1] == ":":
        return args[:-2], f"{args[-2]}:{incomplete}", f"{args[-2]}:"
    return args, incomplete, ""


def offered(words: list[str], typed: str) -> list[str] | None:
    """Names that begin with `typed`, behind these words; None when it is no place for a name."""
    if not words or typed.startswith("-"):
        return None
    command, before = words[0], words[-1]
    if (command, before) in PLUGINS:
        from lorewright import plugins

        named = [*plugins.names(PLUGINS[command, before]), *BESIDE_PLUGINS[command, before]]
        return [one for one in named if one.startswith(typed)]
    if (command, before) in OPTIONS:
        kinds = OPTIONS[command, before]
    elif command in NAMES and not before.startswith("-"):
        kinds = NAMES[command]
    else:
        return None
    database = _database(words)
    return _glance().names_beginning(database, typed, *kinds) if database else []


def _database(words: list[str]) -> Path | None:
    """The SQLite file of the workspace that is meant; None for another database."""
    folder = _folder(words)
    named = os.environ.get("LOREWRIGHT_DATABASE")
    with suppress(OSError, ValueError):
        named = named or tomllib.loads((folder / "lorewright.toml").read_text()).get("database")
    return None if named else folder / "lorewright.db"


def _folder(words: list[str]) -> Path:
    for option, value in pairwise(words):
        if option in {"-w", "--workspace"}:
            return Path(value)
    if named := os.environ.get("LOREWRIGHT_WORKSPACE"):
        return Path(named)
    here = Path.cwd()
    folders = (here, *here.parents)
    return next((one for one in folders if (one / "lorewright.toml").is_file()), here)


def _glance() -> ModuleType:
    """The one module of the store that stands alone, without the libraries of the others."""
    name = "lorewright.store.glance"
    if name in sys.modules:
        return sys.modules[name]
    with resources.as_file(resources.files("lorewright") / "store" / "glance.py") as path:
        spec = importlib.util.spec_from_file_location("_lorewright_glance", path)
        if spec is None or spec.loader is None:
            raise ImportError(str(path))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module
