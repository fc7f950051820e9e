"""The documentation names every command there is, and none that there is not."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from architecture.house import ROOT, pyproject, verbs
from lorewright import errors
from lorewright.cli import COMMANDS, SENTENCES, cli
from lorewright.cli.failure import INTERRUPTED
from lorewright.settings import every_setting

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])
DIRECTIVE = re.compile(r"^\.\. command:: (\w+)$", re.MULTILINE)
EXAMPLE = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?lorewright (\w.*)$", re.MULTILINE)


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None, name
    return found


def parts_of(name: str, rest: list[str]) -> list[click.Command]:
    """A command and, for a group, the command in it that is meant."""
    whole = command(name)
    inner = whole.commands.get(rest[0]) if isinstance(whole, click.Group) and rest else None
    return [whole] if inner is None else [whole, inner]


def examples() -> Iterator[tuple[str, str]]:
    """(where, words after `lorewright`) of every command line that a reader may copy."""
    for page in PAGES:
        for words in EXAMPLE.findall(page.read_text(encoding="utf-8")):
            yield str(page.relative_to(ROOT)), words
    for name in COMMANDS:
        whole = command(name)
        inner = whole.commands.values() if isinstance(whole, click.Group) else ()
        for part in (whole, *inner):
            for words in EXAMPLE.findall(part.help or ""):
                yield f"lorewright {name} --help", words


def test_every_command_stands_in_the_documentation_once() -> None:
    shown = [name for page in PAGES for name in DIRECTIVE.findall(page.read_text(encoding="utf-8"))]

    assert sorted(shown) == sorted(COMMANDS)


@pytest.mark.parametrize(
    "name", [*verbs(), "review", "export", "trace", "verify", "withdraw", "erase"]
)
def test_every_verb_has_a_page_that_shows_its_help(name: str) -> None:
    page = DOCS / "verbs" / f"{name}.md"

    assert DIRECTIVE.findall(page.read_text(encoding="utf-8")) == [name]


def test_every_command_is_listed_with_the_sentence_that_its_help_may_spell_out() -> None:
    assert list(SENTENCES) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_shows_an_example(name: str) -> None:
    shown = command(name)
    inner = shown.commands.values() if isinstance(shown, click.Group) else ()

    for part in (shown, *inner):
        assert part.help
        assert EXAMPLE.search(part.help)
        assert all(option.help for option in part.params if isinstance(option, click.Option))


def test_every_example_uses_commands_and_options_that_exist() -> None:
    wrong: list[str] = []
    for where, words in examples():
        name, *rest = shlex.split(words, comments=True)
        known = {
            option
            for part in (parts_of(name, rest) if name in COMMANDS else ())
            for param in part.params
            for option in (*param.opts, *param.secondary_opts, "--help")
        }
        used = {word.partition("=")[0] for word in rest if word.startswith("-")}
        if name not in COMMANDS or used - known:
            wrong.append(f"{where}: lorewright {words}")

    assert not wrong


def test_every_make_target_that_a_page_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        target
        for page in PAGES
        for target in re.findall(r"(?:`|\$ )make ([a-z]+)", page.read_text(encoding="utf-8"))
    }

    assert {"demo", "test", "check"} <= named <= targets


def test_every_extension_point_is_described() -> None:
    registered = set(pyproject()["project"]["entry-points"])
    described = re.findall(r"^\| `(lorewright\.\w+)` \|", _read("extending.md"), re.MULTILINE)

    assert set(described) == registered


def test_every_table_of_settings_has_its_place_on_the_page() -> None:
    tables = {".".join(setting.path[:-1]) for setting in every_setting()}
    shown = re.findall(r"^```\{settings\} ?([a-z.]*)$", _read("settings.md"), re.MULTILINE)

    assert sorted(shown) == sorted(tables)


def test_every_exit_code_of_an_error_is_explained() -> None:
    codes = {
        str(one.exit_code)
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.LorewrightError)
    }
    explained = re.findall(r"^\| (\d+) \|", _read("errors.md"), re.MULTILINE)

    assert codes <= {*explained}
    assert {"0", str(INTERRUPTED)} <= {*explained}


def _read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")
