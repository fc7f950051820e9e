"""Runs on the command line: looked at, steered, and worked on for others."""

import re
from pathlib import Path

import pytest

from architecture.house import ROOT
from cli.program import done, lorewright, told
from lorewright.settings import Settings
from lorewright.store import Workspace
from lorewright.store.work_runs import Counts, order_run, start_run
from lorewright.store.work_shards import Shard, cut_run, take_shard, tell_shard


@pytest.fixture
def run(workspace: Path) -> str:
    """A run that was begun: a shard of two is done."""
    with Workspace(workspace).open(Settings()) as store:
        name = order_run(store, "pairs", {"draw": 1})
        cut_run(store, name, [Shard(("a", "b"), 2), Shard(("c",), 1)])
        start_run(store, name, "somebody")
        held = take_shard(store, name, 0, "somebody")
        assert held is not None
        counts = Counts(done=2, made=1, calls=3, reasons={"too_long": 1})
        assert tell_shard(store, held, counts, state="done").result()
    return name


def test_without_runs_the_list_says_so(workspace: Path) -> None:
    assert "there is no run yet" in done("run", "list").err
    assert told("run", "list")["runs"] == []


def test_a_run_is_listed_and_shown_with_its_numbers(run: str) -> None:
    listed, shown = done("run", "list").out, done("run", "show", run).out

    assert run in listed
    assert "queued" in listed
    for words in ("2 of 3 pieces, 1 made, 1 rejected, 3 calls, $0.0000", "too_long", "started"):
        assert words in shown


def test_a_program_reads_the_same_numbers(run: str) -> None:
    found = told("run", "show", run)

    assert (found["done"], found["pieces"], found["accepted"]) == (2, 3, 1)
    assert found["rejected"] == {"too_long": 1}
    assert [event["event"] for event in found["events"]] == ["queued", "started"]
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    row = re.search(r"^\| `run show` \| (.*) \|$", page, re.MULTILINE)
    assert row is not None
    assert {*found} - {"schema"} == {*re.findall(r"`(\w+)`", row[1])}


def test_a_run_is_paused_resumed_and_cancelled(run: str) -> None:
    assert told("run", "pause", run)["state"] == "paused"
    assert told("run", "pause", run)["state"] == "paused"
    resumed = done("run", "resume", run)
    assert "queued" in resumed.out
    assert f"lorewright worker --for {run}" in resumed.err
    assert told("run", "cancel", run)["state"] == "cancelled"
    assert done("run", "show", run, "--follow").out.startswith(f"{run}: cancelled")

    refused = lorewright("run", "resume", run)

    assert refused.code == 1
    assert "it was cancelled" in refused.err


def test_a_run_that_is_not_there_is_told(workspace: Path) -> None:
    for words in (("show",), ("pause",), ("resume",), ("cancel",)):
        said = lorewright("run", *words, "pairs-00000000")
        assert said.code == 2
        assert "lorewright run list" in said.err


def test_a_worker_without_work_ends_when_it_should(workspace: Path) -> None:
    said = done("worker", "--until-idle")

    assert "nothing is left to do" in said.out
    assert told("worker", "--until-idle") == {
        "schema": "lorewright.worker/1",
        "run": None,
        "idle": True,
    }
