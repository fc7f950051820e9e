"""A worker's second pair of hands: heartbeats, take-overs, and doing what is wished of runs."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from lorewright.store import Store
from lorewright.store.run_engine import only_one
from lorewright.store.run_views import LIVE_S
from lorewright.store.work_runs import Ending, Standing, Wish, standings
from lorewright.store.work_shards import held_shards, let_go_shards, shards_left
from lorewright.store.workers import Worker, beat, every_worker, forget_worker

LOG = logging.getLogger("dbos.lorewright")
"""Goes where the log of the run engine goes."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker looks, and how much it takes on."""

    shards_at_once: int = 4
    poll_s: float = 0.2
    """Between two looks into the queue; each takes as many shards as there is room for."""
    look_s: float = 0.5
    """Between two looks at what is wished of runs."""
    beat_s: float = 3.0
    """Between two heartbeats."""
    takeover_s: float = LIVE_S
    """A worker that was silent for longer is taken for dead."""


class Queue(Protocol):
    """The queue of runs, as the steward keeps it."""

    def open(self, run: str) -> None:
        """Let workers take from the run's queue, and put the run itself into it, once."""
        ...

    def put_off_all(self, run: str) -> None:
        """Take the run and all its shards out of the queue, and close it."""
        ...

    def put_off_ones(self, run: str) -> list[int | None]:
        """The shards that are out of the queue and not done; None stands for the run itself."""
        ...

    def taken(self, run: str) -> list[int | None]:
        """What this process has taken out of the queue and not ended."""
        ...

    def take_up(self, run: str, which: list[int | None]) -> None:
        """Put shards that are out of the queue into it again."""
        ...

    def forget(self, run: str) -> None:
        """Strike a run and its shards from the queue's books."""
        ...

    def free(self, worker: str) -> None:
        """Put everything that a dead worker had taken into the queue again, once."""
        ...


class Steward:
    """A thread that compares, twice a second, what is wished of runs with what is in the queue.

    Wishes are compared rather than heard, so that none can be missed: a worker that comes
    late, or that was away, does what was wished in the meantime.
    """

    def __init__(
        self,
        store: Store,
        queue: Queue,
        worker: str,
        run: str | None,
        pace: Pace,
        *,
        is_at: Callable[[str, int | None], bool],
    ) -> None:
        self._store = store
        self._queue = queue
        self._worker = worker
        self._run = run
        self._pace = pace
        self._is_at = is_at
        self._idle: set[tuple[str, int | None]] = set()
        self._seen: dict[str, Standing] = {}
        self._beaten = float("-inf")
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lorewright-steward", daemon=True)

    def __enter__(self) -> Self:
        self.look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def look(self) -> None:
        """Do what is due now."""
        if time.monotonic() - self._beaten >= self._pace.beat_s:
            self._beaten = time.monotonic()
            beat(self._store, self._worker, self._run)
            self._take_over()
            self._take_back()
        for run, standing in self._standings().items():
            self._do_as_wished(run, standing)

    def _keep(self) -> None:
        while not self._ends.wait(self._pace.look_s):
            try:
                self.look()
            except Exception:  # the next look may find the database again
                LOG.exception("a look at the runs failed")

    def _do_as_wished(self, run: str, standing: Standing) -> None:
        if standing.goes:
            self._queue.open(run)
            if self._queue.put_off_ones(run):
                self._take_up(run)
        elif self._seen.get(run) != standing:
            self._queue.put_off_all(run)
            if _is_final(standing) or not shards_left(self._store, run):
                self._queue.forget(run)
        self._seen[run] = standing

    def _take_up(self, run: str) -> None:
        """Put back what was put off; one worker at a time, so that nothing comes in twice.

        A shard that somebody still holds, since calls of it were under way when the run was
        stopped, is put back when he has let go.
        """
        with only_one(self._store, f"steward-{run}") as is_mine:
            if not is_mine:
                return
            held = held_shards(self._store, run, live_s=self._pace.takeover_s)
            free = [one for one in self._queue.put_off_ones(run) if one not in held]
            if free:
                self._queue.take_up(run, free)

    def _take_over(self) -> None:
        for other in every_worker(self._store):
            if other.id != self._worker and self._is_dead(other):
                self._queue.free(other.id)
                let_go_shards(self._store, other.id, by=self._worker)
                forget_worker(self._store, other.id)

    def _take_back(self) -> None:
        """Put back what this process took and does not do.

        A queue may take a shard and then fail to start it, for want of a connection say; the
        process lives, so nobody would ever take it over.
        """
        goes = [run for run, standing in self._standings().items() if standing.goes]
        idle = {
            (run, one)
            for run in goes
            for one in self._queue.taken(run)
            if not self._is_at(run, one)
        }
        for run, one in self._idle & idle:  # two beats long: it was not about to start
            self._queue.take_up(run, [one])
        self._idle = idle

    def _standings(self) -> dict[str, Standing]:
        found = standings(self._store)
        return {run: one for run, one in found.items() if self._run in {None, run}}

    def _is_dead(self, other: Worker) -> bool:
        """Silent for long, or silent for three beats and nobody holds its name."""
        if other.silent_s > self._pace.takeover_s:
            return True
        if other.silent_s < 3 * self._pace.beat_s:
            return False
        with only_one(self._store, other.id) as is_free:
            return is_free


def _is_final(standing: Standing) -> bool:
    return standing.wish is Wish.CANCEL or standing.ending in {Ending.COMPLETED, Ending.PARTIAL}
