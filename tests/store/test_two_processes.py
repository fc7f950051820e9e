"""Several processes write into one workspace at once, and nothing is lost or doubled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from builders import a_document
from lorewright.records import Decision
from lorewright.settings import Settings
from lorewright.store import Workspace, decisions_about, verify
from store.two_writers import EACH

WRITERS = 3


def start(workspace: Workspace, settings: Settings, writer: int) -> "subprocess.Popen[str]":
    tests = Path(__file__).parents[1]
    return subprocess.Popen(
        [
            sys.executable, tests / "store" / "two_writers.py",
            workspace.folder, settings.database or "", str(writer),
        ],
        env={**os.environ, "PYTHONPATH": str(tests)},
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


@pytest.mark.parametrize("state", ["fresh", "made before"])
def test_processes_that_write_at_once_queue_up(
    workspace: Workspace, settings: Settings, state: str
) -> None:
    if state == "made before":
        with workspace.open(settings):
            pass

    writers = [start(workspace, settings, number) for number in range(WRITERS)]
    said = [writer.communicate(timeout=120)[1] for writer in writers]

    assert [writer.returncode for writer in writers] == [0] * WRITERS, said
    document = a_document().ref
    with workspace.open(settings) as store:
        counts = store.counts()
        assert counts["example"] == EACH * 5 + EACH * WRITERS
        assert counts["decision"] == len(decisions_about(store, document)) == EACH // 10 * WRITERS
        assert len(list(store.get_many(store.names("decision"), Decision))) == counts["decision"]
        found = verify(store, workspace.folder)
    assert found.problems == []
    assert found.checked["memos"] == EACH
