"""A run is paused, resumed and cancelled from another process, before the next call."""

import signal
import time
from pathlib import Path

import pytest

from jobs.durable.calls import QUICK, a_request, calls, calls_in, counted, names
from jobs.durable.processes import Process, until
from lorewright.errors import Refused, Stopped
from lorewright.flows.runs import work_for_others
from lorewright.jobs import controls
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from lorewright.store.run_views import RunState, RunView, events_of_run, run_view, run_views
from lorewright.store.work_runs import order_run
from lorewright.store.work_shards import cut_run


def the_run(store: Store) -> RunView:
    (view,) = run_views(store)
    return view


def test_a_paused_run_makes_no_more_calls_and_goes_on_where_it_was(
    workspace: Workspace, settings: Settings, log: Path
) -> None:
    request = a_request(log, shards=30)
    with workspace.open(settings) as store:
        process = Process(workspace, settings, "command", request)
        until(lambda: len(calls_in(log)) > 5)

        run = the_run(store).run
        controls.pause(store, run)
        code, _, err = process.wait()
        paused, before = run_view(store, run), len(calls_in(log))

        controls.resume(store, run)
        again = Process(workspace, settings, "worker")
        assert again.wait()[0] == 0
        after = run_view(store, run)
        events = [event.event for event in events_of_run(store, run)]

    assert code == 1  # the command ends with an error that the program does not catch
    assert "paused from elsewhere" in err
    assert (paused.state, paused.attempt) == (RunState.PAUSED, 1)
    assert 5 < before < 60
    assert (after.state, after.attempt) == (RunState.COMPLETED, 2)
    assert counted(log) == dict.fromkeys(names(request), 1)
    assert events == ["queued", "started", "paused", "resumed", "started", "completed"]


def test_a_cancelled_run_makes_no_more_calls_and_stays_so(
    workspace: Workspace, settings: Settings, log: Path
) -> None:
    request = a_request(log, shards=100)
    with workspace.open(settings) as store:
        run = order_run(store, "calls", request)
        worker = Process(workspace, settings, "worker")
        until(lambda: len(calls_in(log)) > 5)

        controls.cancel(store, run)
        worker.wait()
        calls = len(calls_in(log))

        assert run_view(store, run).state is RunState.CANCELLED
        with pytest.raises(Refused, match="cancelled"):
            controls.resume(store, run)
        with pytest.raises(Refused, match="ended already"):
            controls.pause(store, run)
    assert calls < 100


def test_ctrl_c_pauses_the_run_and_the_same_command_goes_on(
    workspace: Workspace, settings: Settings, log: Path
) -> None:
    request = a_request(log, shards=30)
    first = Process(workspace, settings, "command", request)
    until(lambda: len(calls_in(log)) > 5)
    first.send(signal.SIGINT)
    code, out, err = first.wait()

    second = Process(workspace, settings, "command", request)
    done, said, _ = second.wait()

    assert (code, out, err) == (130, "", "")
    assert done == 0
    assert said.endswith(" completed\n")
    assert counted(log) == dict.fromkeys(names(request), 1)


def test_sigterm_lets_a_worker_leave_and_another_takes_over_at_once(
    workspace: Workspace, settings: Settings, log: Path
) -> None:
    request = a_request(log, shards=30)
    with workspace.open(settings) as store:
        run = order_run(store, "calls", request)
        first = Process(workspace, settings, "worker")
        until(lambda: len(calls_in(log)) > 5)
        first.send(signal.SIGTERM)
        code, _, err = first.wait()
        left = run_view(store, run)

        Process(workspace, settings, "worker").wait()
        after = run_view(store, run)

    assert (code, err) == (130, "")
    assert (left.state, left.workers) == (RunState.QUEUED, ())
    assert (after.state, after.attempt) == (RunState.COMPLETED, 1)
    assert counted(log) == dict.fromkeys(names(request), 1)


def test_a_check_before_every_call_costs_little_and_hears_soon(store: Store) -> None:
    run = order_run(store, "calls", {})
    stop = controls.stop_of(store, run)
    began = time.process_time()
    for _ in range(10_000):
        stop()
    assert time.process_time() - began < 1.0  # 0.1 ms each would be as much as a call

    controls.pause(store, run)
    time.sleep(controls.READ_EVERY_S)

    with pytest.raises(Stopped, match="before the next call"):
        stop()


def test_a_run_that_nobody_works_on_obeys_as_well(store: Store) -> None:
    run = order_run(store, "calls", {})

    assert controls.pause(store, run).state is RunState.PAUSED
    assert controls.resume(store, run).state is RunState.QUEUED
    assert controls.cancel(store, run).state is RunState.CANCELLED


def test_a_run_paused_when_all_its_shards_were_done_can_still_end(
    store: Store, settings: Settings
) -> None:
    run = order_run(store, "calls", {})
    cut_run(store, run, [])
    controls.pause(store, run)

    controls.resume(store, run)
    work_for_others(store, calls(store, settings), run=run, pace=QUICK)

    assert run_view(store, run).state is RunState.COMPLETED
