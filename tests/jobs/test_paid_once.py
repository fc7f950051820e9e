"""Killed or not, alone or with others: nothing is paid for twice, and no limit is exceeded."""

import os
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

from jobs.asking_child import AT_ONCE, QUESTIONS
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, every_call, spent, verify


def start(
    workspace: Workspace,
    settings: Settings,
    *,
    budget: str = "",
    first: int = 0,
    count: int = QUESTIONS,
) -> "subprocess.Popen[str]":
    tests = Path(__file__).parents[1]
    return subprocess.Popen(
        [
            sys.executable, tests / "jobs" / "asking_child.py", workspace.folder,
            settings.database or "", budget, str(first), str(count),
        ],
        env={**os.environ, "PYTHONPATH": str(tests)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def ended(child: "subprocess.Popen[str]") -> None:
    _, said = child.communicate(timeout=240)
    assert child.returncode == 0, said


def bill(workspace: Workspace) -> list[str]:
    """Every attempt that anybody made; the last line may be cut off."""
    file = workspace.folder.parent / "paid"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def complete(store: Store) -> int:
    kept = [one for one in every_call(store) if one.state == "complete"]
    assert len({one.key for one in kept}) == len(kept), "one reply for each question"
    return len(kept)


def test_killed_at_half_nothing_is_lost_and_only_calls_under_way_are_paid_twice(
    workspace: Workspace, settings: Settings
) -> None:
    child = start(workspace, settings)
    while len(bill(workspace)) < QUESTIONS / 2:
        assert child.poll() is None
        time.sleep(0.01)
    child.kill()
    child.communicate()
    with workspace.open(settings) as store:
        kept, paid = complete(store), len(bill(workspace))
    assert paid - kept <= AT_ONCE, "all others were kept"

    ended(start(workspace, settings))

    with workspace.open(settings) as store:
        assert complete(store) == store.counts()["example"] == QUESTIONS
        assert len(bill(workspace)) == QUESTIONS + (paid - kept)
        assert max(Counter(bill(workspace)).values()) <= 2
        assert verify(store, workspace.folder).problems == []


def test_what_one_process_has_asked_another_finds(workspace: Workspace, settings: Settings) -> None:
    ended(start(workspace, settings, count=60))
    ended(start(workspace, settings, first=30, count=60))

    assert Counter(bill(workspace)) == Counter(f"{number}.0?" for number in range(90))


def test_two_processes_never_exceed_what_both_may_spend(
    workspace: Workspace, settings: Settings
) -> None:
    with workspace.open(settings):
        pass
    children = [start(workspace, settings, budget="3.00", first=first) for first in (0, QUESTIONS)]
    for child in children:
        ended(child)

    with workspace.open(settings) as store:
        total = spent(store)
        calls = len(list(every_call(store)))
    assert Decimal("2.88") < total <= Decimal("3.00"), "until no further call fits"
    assert calls == len(bill(workspace)) < 2 * QUESTIONS
