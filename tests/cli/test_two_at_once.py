"""Two commands in one workspace at the same time."""

import fcntl
import os
from pathlib import Path

import pytest

from cli.program import SAMPLE, Running, lorewright, told
from lorewright.settings import Settings
from lorewright.store import Workspace

FILES = 12


@pytest.fixture
def shelves(tmp_path: Path) -> list[Path]:
    """Two folders of files, half of them the same."""
    made = [tmp_path / name for name in ("left", "right")]
    for shelf, own in zip(made, ("left", "right"), strict=True):
        shelf.mkdir()
        for number in range(FILES):
            whose = own if number % 2 else "shared"
            (shelf / f"{number}.md").write_text(f"# {whose} {number}\n\nIt is {whose}.\n")
    return made


def test_two_ingests_at_once_both_succeed(workspace: Path, shelves: list[Path]) -> None:
    running = [Running("ingest", str(shelf), "--json") for shelf in shelves]
    for one in running:
        said = one.wait()
        assert said.code == 0, said
        assert said.told["accepted"] == FILES

    assert told("status", "--workspace", str(workspace))["counts"]["document"] == FILES * 3 // 2
    assert told("verify")["intact"]


def test_two_of_the_same_command_make_everything_once(workspace: Path) -> None:
    assert lorewright("ingest", str(SAMPLE)).code == 0
    for verb in ("analyze", "generate"):
        running = [Running(verb, "--json") for _ in range(2)]
        told_by_both = [one.wait().told for one in running]
        assert told_by_both[0]["accepted"] == told_by_both[1]["accepted"] > 0

    counts = told("status", "--workspace", str(workspace))["counts"]
    assert counts["example"] == told("generate")["accepted"]
    assert told("verify")["intact"]


def test_erase_waits_for_nobody_and_says_who_is_in_the_way(workspace: Path) -> None:
    assert lorewright("ingest", str(SAMPLE)).code == 0
    name = told("list", "source")["records"][0]["name"]
    with Workspace(workspace).open(Settings()):
        said = lorewright("erase", name, "--why", "x", "--yes")

    assert said.code == 4
    assert "another lorewright command is working in this workspace" in said.err
    assert f"--> {workspace}" in said.err
    assert "hint: wait for it to end" in said.err
    assert told("verify")["erased"] == []


def test_while_something_is_erased_everybody_else_is_told_to_wait(workspace: Path) -> None:
    assert lorewright("ingest", str(SAMPLE)).code == 0
    lock = os.open(workspace / ".lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        said = lorewright("status", "--json")
    finally:
        os.close(lock)

    assert said.code == 4
    assert said.told["error"] == "Busy"
    assert lorewright("status").code == 0
