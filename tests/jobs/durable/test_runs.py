"""A run is cut into shards, each is done once, and how it stands can be read at any time."""

import sqlite3
from pathlib import Path

import pytest

from jobs.durable.calls import PLANTED, QUICK, a_request, calls, calls_in, counted, names
from lorewright.errors import BudgetReached, EndpointError, NotFound, Stopped
from lorewright.flows.runs import run_work, start_run, work_for_others
from lorewright.jobs.controls import pause
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from lorewright.store.run_engine import engine_for_runs
from lorewright.store.run_views import RunState, RunView, events_of_run, run_view, run_views


def test_every_shard_of_a_run_is_done_once(
    workspace: Workspace, either: Settings, log: Path
) -> None:
    request = a_request(log)
    seen: list[RunView] = []
    with workspace.open(either) as store:
        view = run_work(
            store, "calls", request, handlers=calls(store, either), watch=seen.append, pace=QUICK
        )
        events = [event.event for event in events_of_run(store, view.run)]

    assert counted(log) == dict.fromkeys(names(request), 1)
    assert view.state is RunState.COMPLETED
    assert (view.pieces, view.shards, view.shards_ended) == (12, 6, 6)
    assert (view.counts.done, view.counts.made, view.counts.calls) == (12, 12, 12)
    assert view.counts.reasons == {"too_long": 6}
    assert str(view.counts.cost_usd) == "0.012"
    assert events == ["queued", "started", "completed"]
    assert {one.state for one in seen} >= {RunState.QUEUED, RunState.COMPLETED}


def test_a_run_without_work_is_complete(store: Store, settings: Settings, log: Path) -> None:
    view = run_work(
        store, "calls", a_request(log, shards=0), handlers=calls(store, settings), pace=QUICK
    )

    assert view.state is RunState.COMPLETED
    assert view.counts.done == 0


def test_the_database_of_the_engine_holds_no_words_and_no_pickles(
    store: Store, settings: Settings, workspace: Workspace, log: Path
) -> None:
    run_work(
        store,
        "calls",
        a_request(log, bug="0.1", bad="3.0"),
        handlers=calls(store, settings),
        pace=QUICK,
    )
    with pytest.raises(EndpointError):
        run_work(
            store,
            "calls",
            a_request(log, down="9.0", shards=10),
            handlers=calls(store, settings),
            pace=QUICK,
        )

    runs_db = workspace.folder / "runs.db"
    everything = b"".join(path.read_bytes() for path in workspace.folder.glob("*.db*"))
    with sqlite3.connect(runs_db) as database:
        written = database.execute("SELECT DISTINCT serialization FROM workflow_status").fetchall()
    assert written == [("portable_json",)]
    assert PLANTED.encode() not in everything


def test_the_database_of_the_engine_waits_for_others_and_not_for_the_disk(store: Store) -> None:
    engine, _ = engine_for_runs(store)
    with engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    engine.dispose()

    assert (mode, level, patience) == ("wal", 1, 30_000)


def test_a_shard_that_fails_does_not_stop_the_others(
    store: Store, settings: Settings, log: Path
) -> None:
    request = a_request(log, bug="2.0")

    view = run_work(store, "calls", request, handlers=calls(store, settings), pace=QUICK)

    assert view.state is RunState.PARTIAL
    assert view.counts.failed == 2
    assert names(request) - {*counted(log)} == {"2.0", "2.1"}


def test_what_every_shard_would_meet_ends_the_run(
    store: Store, settings: Settings, log: Path
) -> None:
    request = a_request(log, down="0.1", shards=40)

    with pytest.raises(EndpointError, match="the server said"):
        run_work(store, "calls", request, handlers=calls(store, settings), pace=QUICK)

    (view,) = run_views(store)
    assert view.state is RunState.FAILED
    assert "endpoint cannot be used" in view.detail
    assert "http://localhost:9" in view.detail
    assert len(calls_in(log)) < 80


def test_a_run_that_reached_its_budget_goes_on_when_there_is_more(
    store: Store, settings: Settings, log: Path
) -> None:
    request = a_request(log, broke="4.0", shards=5)
    with pytest.raises(BudgetReached):
        run_work(store, "calls", request, handlers=calls(store, settings), pace=QUICK)
    (before,) = run_views(store)
    log.with_name(f"{log.name}.paid").touch()

    view = run_work(store, "calls", request, handlers=calls(store, settings), pace=QUICK)

    assert before.state is RunState.BUDGET
    assert (view.run, view.state, view.attempt) == (before.run, RunState.COMPLETED, 2)
    assert counted(log) == dict.fromkeys(names(request), 1)


def test_a_run_left_to_workers_waits_for_one(store: Store, settings: Settings, log: Path) -> None:
    request = a_request(log)
    run = start_run(store, "calls", request)
    again = start_run(store, "calls", request)
    before = run_view(store, run)

    work_for_others(store, calls(store, settings), until_idle=True, pace=QUICK)

    assert again == run
    assert before.state is RunState.QUEUED
    assert before.eta_s is None
    assert run_view(store, run).state is RunState.COMPLETED
    assert counted(log) == dict.fromkeys(names(request), 1)


def test_a_command_tells_that_its_run_was_paused_from_elsewhere(
    store: Store, settings: Settings, log: Path
) -> None:
    def watch(view: RunView) -> None:
        if view.counts.done and view.state is RunState.RUNNING:
            pause(store, view.run)

    with pytest.raises(Stopped, match="paused from elsewhere"):
        run_work(
            store,
            "calls",
            a_request(log, shards=60),
            handlers=calls(store, settings),
            watch=watch,
            pace=QUICK,
        )

    assert 0 < len(calls_in(log)) < 120


def test_a_worker_for_a_run_that_is_not_there_says_so(store: Store, settings: Settings) -> None:
    with pytest.raises(NotFound, match="no run called"):
        work_for_others(store, calls(store, settings), run="calls-00000000", pace=QUICK)
