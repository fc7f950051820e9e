"""kill -9 in the middle of a batch of 200 conversations: none is lost."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from cli.program import SAMPLE, Running, done, told, until
from lorewright.llms.loopback import Rehearsal, in_background
from lorewright.records import Conversation
from lorewright.settings import Settings
from lorewright.store import Workspace

COUNT, AT_ONCE = 200, 16
WORDS = ("generate", "conversations", "--count", str(COUNT), "--max-cost", "50")


@pytest.mark.slow
def test_a_batch_that_is_killed_goes_on_and_lacks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "workspace"
    done("init", str(folder))
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    shutil.copy(SAMPLE, tmp_path / "handbook.md")
    kills = (60, 130)
    with in_background(Rehearsal(seed=5, latency_ms=30)) as server:
        (folder / "lorewright.toml").write_text(
            f'[teacher]\nmodel = "openai:loopback"\nurl = "{server.url}"\ninput_price = 1\n'
            f"output_price = 5\nat_once = {AT_ONCE}\n",
            encoding="utf-8",
        )
        for at in kills:
            running = Running(*WORDS)
            until(lambda at=at: sum(server.counts.asked.values()) > at)
            running.kill()
            state = told("status")["runs"][0]
            assert state["state"] in {"queued", "running"}
            assert state["done"] < COUNT
        found = told(*WORDS)
        twice = server.counts.paid_again

    assert (found["planned"], found["open"]) == (COUNT, 0)
    assert found["written"] + sum(found["failed_for_good"].values()) == COUNT
    assert found["written"] >= COUNT - 10
    assert twice <= AT_ONCE * len(kills)
    with Workspace(folder).open(Settings()) as store:
        kept = store.get_many(store.names(Conversation.kind), Conversation)
        ids = Counter(one.conversation_id for one in kept)
    assert len(ids) == found["written"]
    assert max(ids.values()) == 1
    (run,) = told("run", "list")["runs"]
    assert (run["state"], run["done"], run["pieces"]) == ("completed", COUNT, COUNT)
