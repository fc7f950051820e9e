"""A lock comes before the answers, is the same bytes each time, and is hard to replace."""

import hashlib
from pathlib import Path

import pytest

from flows.proved import Proved, keep_scenarios, locked_contest, rules
from lorewright.errors import NotYet, Refused
from lorewright.evaluate.proof.lock import FILE, read_lock
from lorewright.flows.contests import proof_contest
from lorewright.flows.locking import lock_contest, lock_of, locks_of, told_as_locked
from lorewright.records import EvaluationLock
from lorewright.settings import AnswerSettings
from lorewright.store import Store, Workspace


@pytest.fixture
def proved(workspace: Workspace, store: Store) -> Proved:
    return locked_contest(workspace, store, scenarios=12)


def locked_again(proved: Proved, *, again: bool = False, **changed: object) -> EvaluationLock:
    settings = rules(**changed) if changed else proved.settings
    return lock_contest(
        proved.workspace, proved.store, settings, proved.contest, again=again
    ).record


def test_the_file_lies_in_the_workspace_and_its_hash_is_kept(proved: Proved) -> None:
    lock = proved.locked

    assert lock.path.name == FILE
    assert lock.path.is_relative_to(proved.workspace.folder)
    assert hashlib.sha256(lock.path.read_bytes()).hexdigest() == lock.record.sha256
    assert read_lock(lock.path.read_text(encoding="utf-8")) == lock.promise
    assert {ref.kind for ref in lock.record.made_from} == {
        "adapter", "base_model", "dataset", "scenario_set",
    }  # fmt: skip


def test_it_names_everything_that_is_compared(proved: Proved) -> None:
    promise = proved.locked.promise

    assert promise.contest.tuned == proved.made.adapter.ref
    assert promise.contest.root == proved.made.dataset.root
    assert promise.asked.count == promise.asked.families == promise.asked.turns == 12
    assert len(promise.prompts.examples) == 3
    assert told_as_locked(proved.store, promise) == proved.told


def test_the_same_promise_is_one_lock(proved: Proved) -> None:
    assert locked_again(proved) == proved.locked.record
    assert len(locks_of(proved.store, proved.contest)) == 1


def test_before_the_answers_a_lock_may_change(proved: Proved) -> None:
    changed = locked_again(proved, over_base="0.2")

    found = lock_of(proved.workspace, proved.store, proved.contest)
    assert found.record == changed
    assert (found.promise.again, found.promise.rules["over_base"]) == (0, "0.2")


def test_an_older_promise_that_is_made_again_is_the_one_that_holds(proved: Proved) -> None:
    locked_again(proved, over_base="0.2")
    locked_again(proved)

    assert lock_of(proved.workspace, proved.store, proved.contest).record == proved.locked.record


def test_after_them_it_may_not(proved: Proved) -> None:
    proved.answers()

    with pytest.raises(Refused, match="has answered these scenarios already"):
        locked_again(proved, over_base="0.02")
    assert lock_of(proved.workspace, proved.store, proved.contest).record == proved.locked.record


def test_again_makes_one_that_counts_those_before(proved: Proved) -> None:
    proved.answers()

    first = locked_again(proved, again=True)
    second = locked_again(proved, again=True)

    assert [read_lock(one.text).again for one in (first, second)] == [1, 2]
    assert len(locks_of(proved.store, proved.contest)) == 3


def test_other_scenarios_are_another_contest(proved: Proved) -> None:
    proved.answers()
    other = keep_scenarios(proved.store, 13)
    contest = proof_contest(proved.store, proved.settings, scenarios=other)

    with pytest.raises(NotYet, match="nothing is promised"):
        lock_of(proved.workspace, proved.store, contest)
    assert lock_contest(proved.workspace, proved.store, proved.settings, contest).promise.again == 0


def test_what_is_told_is_that_of_the_lock_whatever_the_settings_say_now(
    workspace: Workspace, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "advisor.md"
    file.write_text("You are Ada.", encoding="utf-8")
    settings = rules(answers=AnswerSettings(system_prompt=file, examples=1))
    proved = locked_contest(workspace, store, scenarios=12, settings=settings)
    file.write_text("You are Ben.", encoding="utf-8")

    found = told_as_locked(store, proved.locked.promise)

    assert found.system is not None
    assert found.system.text == "You are Ada."
    assert len(found.shown) == 1
