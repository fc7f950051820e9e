"""Ctrl-C: code 130, one sentence, no process left behind, and the next run goes on."""

import sqlite3
from pathlib import Path

import pytest

from cli.program import SAMPLE, Running, Said, done, told, training_in, until

COPIES = 6


def check_interrupted(said: Said) -> None:
    assert said.code == 130, said
    assert "interrupted; what is done is kept" in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def pieces_done(workspace: Path, step: str) -> int:
    with sqlite3.connect(f"file:{workspace}/lorewright.db?mode=ro", uri=True) as database:
        (count,) = database.execute(
            "SELECT count(*) FROM run_items JOIN runs ON run = runs.key WHERE step = ?", (step,)
        ).fetchone()
    return int(count)


@pytest.fixture
def handbooks(workspace: Path, tmp_path: Path) -> Path:
    """A workspace with several documents, ready to generate."""
    text = SAMPLE.read_text(encoding="utf-8")
    for number in range(COPIES):
        (tmp_path / f"{number}.md").write_text(f"# Part {number}\n\n{text}", encoding="utf-8")
    done("ingest", *(str(tmp_path / f"{number}.md") for number in range(COPIES)))
    done("analyze")
    return workspace


def test_generate_keeps_what_it_made_and_goes_on(handbooks: Path) -> None:
    running = Running("generate")
    until(lambda: pieces_done(handbooks, "generate") > 0)
    running.interrupt()

    said = running.wait()

    check_interrupted(said)
    assert told("verify")["intact"]
    again = told("generate")
    assert again["pieces"] == COPIES
    assert 0 < again["done_before"] < COPIES
    assert told("generate")["done_before"] == COPIES
    counts = told("status")["counts"]
    assert counts["example"] == again["accepted"]


@pytest.mark.slow
def test_train_leaves_no_process_and_goes_on_from_its_checkpoint(workspace: Path) -> None:
    for words in (("ingest", str(SAMPLE)), ("analyze",), ("generate",), ("curate",)):
        done(*words)
    long = {"LOREWRIGHT_TRAINING__EPOCHS": "15"}
    jobs = workspace / "jobs"

    running = Running("train", settings=long)
    until(lambda: len(list(jobs.glob("*/checkpoints/*"))) > 0 if jobs.exists() else False)
    running.interrupt()
    check_interrupted(running.wait())
    until(lambda: not training_in(workspace), seconds=10)

    assert told("verify")["intact"]
    assert "adapter" not in told("status")["counts"]
    assert told("status")["next"] == "lorewright train"
    done("train", settings=long)
    assert told("status")["counts"]["adapter"] == 2
    assert training_in(workspace) == []


@pytest.mark.slow
def test_the_pocket_base_ends_with_the_program(workspace: Path) -> None:
    for words in (("ingest", str(SAMPLE)), ("analyze",), ("generate",), ("curate",)):
        done(*words)

    running = Running("train", settings={"LOREWRIGHT_TRAINING__POCKET__STEPS": "100000"})
    until(lambda: len(group_of(running.process.pid)) > 1)
    running.interrupt()

    check_interrupted(running.wait())
    until(lambda: not group_of(running.process.pid), seconds=10)
    assert told("verify")["intact"]


def group_of(leader: int) -> list[int]:
    """The living processes of a group."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, group, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(group) == leader and state != "Z":
            found.append(int(folder.name))
    return found
