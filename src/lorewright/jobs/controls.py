"""Pause, resume and cancel a run from anywhere, and hear of it before the next call."""

import threading
import time
from collections.abc import Callable

from lorewright.errors import Refused, Stopped
from lorewright.store import Store
from lorewright.store.run_views import RunState, RunView, run_view
from lorewright.store.work_runs import Wish, go_on, standing_of, wish_for

READ_EVERY_S = 0.25
"""How old the answer may be to whether a run goes on."""

Stop = Callable[[], None]
"""Raises `Stopped` when no further call may be made."""


def stop_of(store: Store, run: str, *, also: Stop = lambda: None) -> Stop:
    """A check that whoever asks a language model makes before every call.

    It reads the wish for `run` at most four times a second, whatever the number of calls.

    Args:
        store: where wishes are written down.
        run: the run that the calls are for.
        also: another reason to stop, asked every time.
    """
    lock, clock = threading.Lock(), time.monotonic
    known = {"at": float("-inf"), "goes": True}

    def stop() -> None:
        also()
        with lock:
            if clock() - known["at"] > READ_EVERY_S:
                known.update(goes=standing_of(store, run).goes, at=clock())
            goes = known["goes"]
        if not goes:
            raise Stopped(
                "the run was stopped before the next call",
                where=run,
                hint=f"`lorewright run resume {run}` goes on with what is left",
            )

    return stop


def pause(store: Store, run: str) -> RunView:
    """Let calls that are under way finish, make no more, and keep what is done.

    Raises:
        NotFound: when there is no such run.
        Refused: when it has ended.
    """
    return _wish(store, run, Wish.PAUSE)


def cancel(store: Store, run: str) -> RunView:
    """Stop for good; what is done is kept.

    Raises:
        NotFound: when there is no such run.
        Refused: when it has ended.
    """
    return _wish(store, run, Wish.CANCEL)


def resume(store: Store, run: str) -> RunView:
    """Let a run go on with what is left, under the same name.

    Raises:
        NotFound: when there is no such run.
        Refused: when nothing is left to do, or it was cancelled.
    """
    before = run_view(store, run)
    if before.state in {RunState.QUEUED, RunState.RUNNING} or go_on(store, run):
        return run_view(store, run)
    why = "it was cancelled" if before.state is RunState.CANCELLED else "nothing of it is left"
    raise Refused(
        f"this run cannot go on: {why}",
        where=run,
        hint="run the command that started it again; what is done is not done twice",
    )


def _wish(store: Store, run: str, wish: Wish) -> RunView:
    before = run_view(store, run)
    if not wish_for(store, run, wish) and not _is_so(before, wish):
        raise Refused(f"this run has ended already: {before.state}", where=run)
    return run_view(store, run)


def _is_so(view: RunView, wish: Wish) -> bool:
    states = {Wish.PAUSE: RunState.PAUSED, Wish.CANCEL: RunState.CANCELLED}
    return view.state in {states.get(wish), RunState.STOPPING}
