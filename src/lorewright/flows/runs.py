"""Start a run and see it through, or leave it to workers; work on the runs of others."""

import signal
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from pydantic import JsonValue

from lorewright.errors import LorewrightError, MissingExtra, Refused, Stopped
from lorewright.jobs.controls import pause
from lorewright.jobs.handler import Handlers
from lorewright.jobs.steward import Pace
from lorewright.store import Store
from lorewright.store.run_views import RunState, RunView, run_view
from lorewright.store.work_runs import (
    go_on,
    order_run,
    standing_of,
    standings,
    unfinished_run,
)

if TYPE_CHECKING:
    from lorewright.jobs.engine import Engine

LOOK_S = 0.25
LOOKS_PER_VIEW = 4

WatchRun = Callable[[RunView], None]


def start_run(store: Store, work: str, request: Mapping[str, JsonValue]) -> str:
    """Write down that a work should be done, and return the name of its run.

    When the same was asked before and is not finished, that run goes on. Nothing is done
    here: workers find it.
    """
    run = unfinished_run(store, work, request)
    if run is None:
        return order_run(store, work, request)
    go_on(store, run)
    return run


def run_work(
    store: Store,
    work: str,
    request: Mapping[str, JsonValue],
    *,
    handlers: Handlers,
    watch: WatchRun = lambda _view: None,
    pace: Pace | None = None,
) -> RunView:
    """Do a work in this process, together with any worker that is there, and see it through.

    Ctrl-C pauses the run: calls that are under way finish, and the same command goes on.

    Args:
        store: where everything is kept.
        work: what to do, by its name.
        request: names of records and choices, never text of a source.
        handlers: who does it in this process.
        watch: is told four times a second how far the run was a second ago at most.
        pace: how often to look, and how much to take on.

    Raises:
        Stopped: when the run was paused or cancelled from elsewhere.
        BudgetReached: when the next call could cost more than may be spent.
        OutsideError: when something fails that every call needs.
    """
    run = start_run(store, work, request)
    engine = _engine(store, handlers, run, pace)
    with _terminated_as_interrupted(), engine:
        try:
            _follow(store, run, watch, until=lambda: engine.working.is_leaving)
        except KeyboardInterrupt:
            pause_if_under_way(store, run)
            raise
    return _outcome(run_view(store, run), engine.failures.get(run))


def follow_run(store: Store, run: str, watch: WatchRun) -> RunView:
    """Watch a run that others work on until it is over."""
    _follow(store, run, watch, until=lambda: False)
    return run_view(store, run)


def work_for_others(
    store: Store,
    handlers: Handlers,
    *,
    run: str | None = None,
    until_idle: bool = False,
    watch: Callable[[int], None] = lambda _under_way: None,
    pace: Pace | None = None,
) -> None:
    """Work on runs that are in the queue, on any or on one, until interrupted.

    Args:
        store: where everything is kept.
        handlers: who does which work.
        run: the only run to work on; the worker ends with it.
        until_idle: end when no run is left that should go on.
        watch: is told how many shards are being worked on.
        pace: how often to look, and how much to take on.

    Raises:
        NotFound: when there is no such run.
    """
    if run is not None:
        run_view(store, run)
    engine = _engine(store, handlers, run, pace)
    with _terminated_as_interrupted(), engine:
        while not engine.working.is_leaving:
            watch(engine.working.under_way)
            if (until_idle or run is not None) and _is_idle(store, run):
                break
            time.sleep(LOOK_S)


def pause_if_under_way(store: Store, run: str) -> None:
    """Pause a run, unless it has just ended."""
    try:
        pause(store, run)
    except Refused:
        return


def _follow(store: Store, run: str, watch: WatchRun, *, until: Callable[[], bool]) -> None:
    view, looks = run_view(store, run), 0
    while True:
        watch(view)
        if view.state.is_over or until():
            return
        time.sleep(LOOK_S)
        looks += 1
        # Adding up all shards costs much more than looking whether the run still goes.
        if looks % LOOKS_PER_VIEW == 0 or not standing_of(store, run).goes:
            view = run_view(store, run)


def _outcome(view: RunView, failure: LorewrightError | None) -> RunView:
    """How the run ended, as an error when somebody or something stopped it."""
    if view.state in {RunState.PAUSED, RunState.CANCELLED}:
        raise Stopped(
            f"the run was {view.state} from elsewhere; what is done is kept", where=view.run
        )
    if failure is not None and view.state in {RunState.FAILED, RunState.BUDGET}:
        raise failure
    return view


def _is_idle(store: Store, run: str | None) -> bool:
    found = standings(store)
    return not any(one.goes for name, one in found.items() if run in {None, name})


def engine_of(extra: str) -> "type[Engine]":
    """What works on runs in this process; ask before a run is ordered that nobody can do here.

    Args:
        extra: the part of Lorewright that whoever asks lacks when it is not there.

    Raises:
        MissingExtra: when it is not installed.
    """
    try:
        from lorewright.jobs.engine import Engine
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"runs need {error.name}, which is not installed",
            hint=f'pip install "lorewright[{extra}]"',
        ) from error
    return Engine


def _engine(store: Store, handlers: Handlers, run: str | None, pace: Pace | None) -> "Engine":
    return engine_of("teachers")(store, handlers, run=run, pace=pace)


@contextmanager
def _terminated_as_interrupted() -> Generator[None]:
    """Let SIGTERM end a run as Ctrl-C does: calls that are under way finish."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals come to the main thread alone
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
