"""Killed at any moment, as often as you like, a run ends with the same records, once each."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from jobs.child import PIECES, work_in
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, verify
from lorewright.store.tables import edges, makings, memo_outputs, memos, records, run_items, runs

KILLS = 10
LATEST_S = 0.4


def start(folder: Path) -> "subprocess.Popen[str]":
    tests = Path(__file__).parents[1]
    return subprocess.Popen(
        [sys.executable, tests / "jobs" / "child.py", folder],
        env={**os.environ, "PYTHONPATH": str(tests)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All that must be the same; keys and times may differ."""
    child = records.alias("child")
    queries: dict[str, sa.Select[*tuple[Any, ...]]] = {
        "records": sa.select(records.c.kind, records.c.id, records.c.body),
        "edges": sa.select(child.c.id, edges.c.position, records.c.id)
        .join(records, records.c.key == edges.c.parent)
        .join(child, child.c.key == edges.c.child),
        "makings": sa.select(records.c.id, makings.c.step).join(makings),
        "memos": sa.select(memos.c.key, memos.c.count),
        "memo outputs": sa.select(memo_outputs.c.memo, memo_outputs.c.position, records.c.id).join(
            memo_outputs
        ),
    }  # fmt: skip
    with store.database.read() as db:
        return {
            name: sorted(tuple(row) for row in db.execute(query)) for name, query in queries.items()
        }


def test_a_run_that_is_killed_ends_with_the_same_records(tmp_path: Path) -> None:
    chance = random.Random(7)
    folder, killed = tmp_path / "killed", 0
    while killed < KILLS:
        child = start(folder)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, LATEST_S / 10 if killed < KILLS - 2 else LATEST_S))
        child.kill()
        child.communicate()
        killed += 1
    last = start(folder)
    _, said = last.communicate(timeout=120)
    assert last.returncode == 0, said

    work_in(tmp_path / "whole")
    with Workspace(tmp_path / "whole").open(Settings()) as whole:
        expected = contents(whole)
    with Workspace(folder).open(Settings()) as store:
        assert contents(store) == expected
        found = verify(store, folder)
        assert found.problems == []
        with store.database.read() as db:
            done = db.execute(sa.select(run_items.c.memo, run_items.c.outcome)).all()
            cut_off = list(db.scalars(sa.select(runs.c.key).where(runs.c.ended_at.is_(None))))
    assert len(cut_off) >= KILLS / 2, "most were killed while they worked"
    assert len({memo for memo, _ in done}) == PIECES
    assert {outcome for _, outcome in done} == {"made", "again"}
