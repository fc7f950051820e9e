"""The law on words: which names the house does not use, and what must be said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from architecture.house import PACKAGE, ROOT, modules
from lorewright.settings import Settings

FILES = sorted(
    path
    for folder in ("src", "tests", "bench", "scripts", "docs")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".md", ".toml", ".html", ".css"}
    and not {"_build", ".venvs"} & set(path.parts)
)
BANNED_WORDS = {
    "a fake that implements the port replaces it": r"unittest\.mo[c]k|import mo[c]k\b",
    "a check that can fail replaces it": r"typing\.cas[t]\b|import cas[t]\b",
    "the main branch holds no notes to oneself": r"\b(?:TOD[O]|FIXM[E]|XX[X])\b",
    "say which rule is ignored, and why": r"# type: ignor[e]|# pyright: ignor[e](?!\[)",
}
BANNED_ROOMS = {"utils", "helpers", "common", "misc", "base", "manager", "service"}
BANNED_NAMES = {"model", "models", "Model"}
SPEAK_OF_ONE_KIND = ("llms/", "jobs/watching.py", "settings/teacher.py")
"""Where language models are asked, and nothing else is a model: the port, whoever passes it on,
and the table of the settings that says `model = "anthropic:..."`."""


@pytest.mark.parametrize("pattern", BANNED_WORDS.values(), ids=BANNED_WORDS)
def test_no_file_holds(pattern: str) -> None:
    banned = re.compile(pattern)
    offenders = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if banned.search(line)
    ]

    assert not offenders


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [path for path in PACKAGE.rglob("*.py") if path.stem in BANNED_ROOMS]


def names_bound_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, name) of everything a module defines, takes or assigns."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case _:
                pass


def test_a_model_is_always_said_to_be_a_model_of_something() -> None:
    offenders = [
        f"{path}:{line}"
        for path, tree in modules()
        for line, name in names_bound_in(tree)
        if name in BANNED_NAMES and not str(path).startswith(SPEAK_OF_ONE_KIND)
    ]

    assert not offenders


def test_every_module_begins_with_a_sentence() -> None:
    assert not [path for path, tree in modules() if not ast.get_docstring(tree)]


def setting_names(shape: type[BaseModel], above: str = "") -> Iterator[tuple[str, str]]:
    """(class, field) of every setting, through every table of the settings file."""
    for name, field in shape.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from setting_names(annotation, f"{above}{name}.")
        else:
            yield shape.__name__, name


def described_fields(path: Path) -> Iterator[tuple[str, str]]:
    """(class, field) of every annotated field that a string follows."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for shape in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for field, after in zip(shape.body, shape.body[1:], strict=False):
            match field, after:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str())),
                ):
                    yield shape.name, name
                case _:
                    pass


def test_every_setting_is_explained_by_a_sentence() -> None:
    explained = {
        field for path in (PACKAGE / "settings").glob("*.py") for field in described_fields(path)
    }

    assert not sorted(set(setting_names(Settings)) - explained)
