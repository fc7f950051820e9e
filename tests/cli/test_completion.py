"""What a shell offers while somebody types."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli.program import SAMPLE, done, lorewright, told
from cli.story import names_of
from lorewright.cli import cli
from lorewright.cli.completing import EVERY_KIND, NAMES, OPTIONS, PLUGINS, offered
from lorewright.records import KINDS

PROGRAM = Path(sys.executable).with_name("lorewright")


@pytest.fixture
def workspace(workspace: Path) -> Path:
    for words in (("ingest", str(SAMPLE)), ("analyze",), ("generate",), ("curate",)):
        done(*words)
    return workspace


def asked(*words: str) -> str:
    """What the program answers a shell; the last word is the one that is being typed."""
    environment = {
        **os.environ,
        "_LOREWRIGHT_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["lorewright", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done_ = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "lorewright"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = [one for one in ("torch", "pydantic", "sqlalchemy") if f" {one}\n" in done_.stderr]
    assert not heavy
    return done_.stdout


@pytest.mark.usefixtures("workspace")
def test_names_are_offered_without_loading_what_the_work_needs() -> None:
    example = names_of("example")[0][: len("example:") + 12]
    source = names_of("source")[0][: len("source:") + 12]

    assert f"plain,{example}\n" in asked("trace", example[:13])
    assert asked("withdraw", "so") == f"plain,{source}\n"
    assert f"plain,{example}\n" in asked("review", "--reject", "exa")
    assert "plain,dataset@latest\n" in asked("train", "data")
    assert asked("cura") == "plain,curate\n"
    assert "plain,openai-chat\n" in asked("export", "--format", "o")
    assert asked("trace", "nonsense").strip() == ""
    assert asked("trace", "example:zz").strip() == ""


@pytest.mark.usefixtures("workspace")
def test_a_name_that_bash_took_apart_at_its_colon_is_put_together() -> None:
    source = names_of("source")[0].removeprefix("source:")[:12]

    assert asked("withdraw", "source", ":") == f"plain,{source}\n"
    assert asked("withdraw", "source", ":", source[:5]) == f"plain,{source}\n"


def test_where_there_is_nothing_nothing_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOREWRIGHT_WORKSPACE", raising=False)
    assert offered(["trace"], "so") == []
    (tmp_path / "lorewright.toml").write_text("[odd", encoding="utf-8")
    (tmp_path / "lorewright.db").write_text("no database" * 100, encoding="utf-8")
    assert offered(["trace"], "so") == []
    assert offered(["trace", "-w", str(tmp_path)], "so") == []
    assert offered(["trace"], "-") is None
    assert offered(["status"], "so") is None
    monkeypatch.setenv("LOREWRIGHT_DATABASE", "postgresql://nobody")
    assert offered(["trace"], "so") == []


def test_names_are_offered_for_commands_and_options_that_exist() -> None:
    context = cli.make_context("lorewright", [], resilient_parsing=True)
    for name, option in [*((name, None) for name in NAMES), *OPTIONS, *PLUGINS]:
        command = cli.get_command(context, name)
        assert command is not None, name
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        known = {opt for one in (command, *inner) for param in one.params for opt in param.opts}
        assert option in known or (option is None and command.params), (name, option)
    assert set(EVERY_KIND) == set(KINDS)
    assert {kind for kinds in (*NAMES.values(), *OPTIONS.values()) for kind in kinds} <= set(KINDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_every_shell_asks_the_program(shell: str) -> None:
    script = done("completion", shell).out

    assert f"_LOREWRIGHT_COMPLETE={shell}_complete" in script
    assert told("completion", shell)["script"] in script


def test_an_unknown_shell_is_told() -> None:
    assert lorewright("completion", "tcsh").code == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not installed beside Python")
@pytest.mark.usefixtures("workspace")
def test_bash_completes_with_the_script() -> None:
    script = f"""
        PATH={PROGRAM.parent}:$PATH
        source <(lorewright completion bash)
        for words in "lorewright wit" "lorewright withdraw source"; do
            COMPREPLY=()
            COMP_WORDS=($words)
            COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
            _lorewright_completion lorewright
            echo "${{COMPREPLY[@]}}"
        done
    """

    said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout

    assert said.split() == ["withdraw", names_of("source")[0][: len("source:") + 12]]
