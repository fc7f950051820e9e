"""Workers share what there is to do, and take over from those that died, exactly once."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobs.durable.calls import a_request, calls_in, counted, names
from jobs.durable.processes import Process, until
from lorewright.errors import Busy
from lorewright.jobs.engine import LAUNCH
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from lorewright.store.database import WRITING
from lorewright.store.run_engine import engine_for_runs, one_at_a_time
from lorewright.store.run_views import RunState, events_of_run, run_view
from lorewright.store.work_runs import order_run
from lorewright.store.workers import every_worker


@pytest.fixture
def postgres(fresh_postgres: Callable[[], str]) -> Settings:
    return Settings(database=fresh_postgres())


def stop_between_writes(process: Process, store: Store) -> None:
    """Stop a process; one that is stopped while it writes keeps all others from writing."""
    for patience in count():
        process.send(signal.SIGSTOP)
        if not is_writing(store):
            return
        process.send(signal.SIGCONT)
        time.sleep(0.01 * patience)


def is_writing(store: Store) -> bool:
    """Whether a transaction is open that has written, or that holds the lock of writers."""
    written = "SELECT 1 FROM pg_stat_activity WHERE backend_xid IS NOT NULL"
    writes = f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = {WRITING}"
    with store.database.read() as db:
        return bool(db.scalar(sa.text(f"SELECT count(*) FROM ({written} UNION ALL {writes}) one")))


def test_two_workers_share_a_run_and_do_nothing_twice(
    workspace: Workspace, postgres: Settings, log: Path
) -> None:
    request = a_request(log, shards=60)
    with workspace.open(postgres) as store:
        run = order_run(store, "calls", request)
        workers = [Process(workspace, postgres) for _ in range(2)]
        ended = [worker.wait() for worker in workers]

        view = run_view(store, run)
        assert every_worker(store) == [] or all(one.silent_s > 60 for one in every_worker(store))

    assert [(code, err) for code, _, err in ended] == [(0, ""), (0, "")]
    assert view.state is RunState.COMPLETED
    assert counted(log) == dict.fromkeys(names(request), 1)
    shares = Counter(call.process for call in calls_in(log))
    assert set(shares) == {worker.pid for worker in workers}


def test_a_worker_waits_while_another_makes_the_tables_of_runs(
    workspace: Workspace, postgres: Settings, log: Path
) -> None:
    with workspace.open(postgres) as store:
        order_run(store, "calls", a_request(log, shards=2))
        with one_at_a_time(store, LAUNCH):
            worker = Process(workspace, postgres)
            time.sleep(3)
            assert every_worker(store) == []
            assert calls_in(log) == []
        code, _, err = worker.wait()

    assert (code, err) == (0, "")
    assert calls_in(log)


def test_who_waits_for_too_long_is_told(workspace: Workspace, postgres: Settings) -> None:
    with (
        workspace.open(postgres) as store,
        one_at_a_time(store, LAUNCH),
        pytest.raises(Busy, match="at the same"),
        one_at_a_time(store, LAUNCH, patience_s=0.3),
    ):
        pytest.fail("two were at it")


def test_many_workers_may_start_at_once(
    workspace: Workspace, postgres: Settings, log: Path
) -> None:
    request = a_request(log, shards=12)
    with workspace.open(postgres) as store:
        run = order_run(store, "calls", request)
        ended = [one.wait() for one in [Process(workspace, postgres) for _ in range(4)]]
        view = run_view(store, run)

    assert {(code, err) for code, _, err in ended} == {(0, "")}
    assert view.state is RunState.COMPLETED
    assert counted(log) == dict.fromkeys(names(request), 1)


def test_after_kill_9_nothing_is_lost_and_little_done_twice(
    workspace: Workspace, settings: Settings, log: Path
) -> None:
    request = a_request(log, shards=30)
    with workspace.open(settings) as store:
        first = Process(workspace, settings, "command", request)
        until(lambda: len(calls_in(log)) > 20)
        first.kill()
        second = Process(workspace, settings, "command", request)
        code, out, err = second.wait()
        run = out.split()[0]
        view, events = run_view(store, run), events_of_run(store, run)

    assert (code, err) == (0, "")
    assert view.state is RunState.COMPLETED
    assert set(counted(log)) == names(request)
    assert sum(counted(log).values()) - len(names(request)) <= 5  # those under way at the kill
    assert [event.event for event in events].count("taken over") == 1, (events, calls_in(log))


def test_a_worker_that_hangs_is_taken_over_once_and_its_late_word_does_not_count(
    workspace: Workspace, postgres: Settings, log: Path
) -> None:
    request = a_request(log, shards=8, size=1, ms=2500)
    with workspace.open(postgres) as store:
        run = order_run(store, "calls", request)
        hung = Process(workspace, postgres)
        until(lambda: len(calls_in(log)) > 3)
        stop_between_writes(hung, store)  # it keeps its lock and says nothing
        begun = {call.name for call in calls_in(log)}
        others = [Process(workspace, postgres, takeover_s=4.0) for _ in range(2)]
        until(lambda: run_view(store, run).state.is_over)
        hung.send(signal.SIGCONT)
        ended = [one.wait()[0] for one in (hung, *others)]
        view, events = run_view(store, run), events_of_run(store, run)

    assert ended == [0, 0, 0]
    assert (view.state, view.counts.done) == (RunState.COMPLETED, 8)
    assert begun
    assert counted(log) == {name: 2 if name in begun else 1 for name in names(request)}
    assert [event.event for event in events].count("taken over") == 1


def test_a_shard_that_was_taken_and_never_begun_is_taken_back(
    workspace: Workspace, settings: Settings, log: Path
) -> None:
    request = a_request(log, shards=20, size=1, ms=300)
    with workspace.open(settings) as store:
        process = Process(workspace, settings, "command", request)
        until(lambda: len(calls_in(log)) > 1)
        engine, _ = engine_for_runs(store)
        with engine.begin() as db:
            taken = db.execute(sa.text(TAKE_AND_FORGET)).rowcount
        engine.dispose()
        code, out, err = process.wait()

    assert taken == 1
    assert (code, err, out.split()[1]) == (0, "", "completed")
    assert counted(log) == dict.fromkeys(names(request), 1)


TAKE_AND_FORGET = """
UPDATE workflow_status SET status = 'PENDING',
    executor_id = (SELECT executor_id FROM workflow_status WHERE status = 'PENDING' LIMIT 1)
WHERE workflow_uuid =
    (SELECT max(workflow_uuid) FROM workflow_status WHERE status = 'ENQUEUED')
"""


def test_two_commands_in_one_workspace_leave_each_other_alone(
    workspace: Workspace, settings: Settings, log: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "calls.log"
    other.parent.mkdir()
    one, two = a_request(log, shards=20), a_request(other, shards=20)

    processes = [Process(workspace, settings, "command", request) for request in (one, two)]
    ended = [process.wait()[0] for process in processes]

    assert ended == [0, 0]
    for place, request, process in ((log, one, processes[0]), (other, two, processes[1])):
        assert counted(place) == dict.fromkeys(names(request), 1)
        assert {call.process for call in calls_in(place)} == {process.pid}
