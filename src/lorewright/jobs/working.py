"""What a worker does with a run: cut it into shards, do them, and leave off when told."""

import asyncio
import threading
from collections import Counter
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Protocol

from lorewright.errors import (
    BudgetReached,
    LorewrightError,
    OutsideError,
    Stopped,
    StorageError,
    UsageError,
)
from lorewright.jobs.controls import Stop, stop_of
from lorewright.jobs.handler import Handler, Handlers, ShardResult
from lorewright.jobs.tally import Here, Tally, stand
from lorewright.store import Store
from lorewright.store.work_runs import Counts, Ending, end_work_run, order_of, start_run
from lorewright.store.work_shards import (
    HeldShard,
    cut_run,
    shard_states,
    shards_left,
    shards_of,
    take_shard,
    tell_shard,
)

MOST_TAKES = 20
"""A shard that was begun so often and never came to its end is given up: it may be what ends
the processes."""


class Lane(Protocol):
    """What working needs of the queue of runs."""

    async def add_shard(self, run: str, number: int) -> None:
        """Put a shard into the queue; one that is there stays as it is."""
        ...

    async def put_off(self, run: str, number: int | None) -> None:
        """Take a shard, or the run itself, out of the queue until the run goes on."""
        ...


class Working:
    """The work of one process on runs, as coroutines that its queue starts.

    Either may be begun again at any time, by any process: what is to be done stands in the
    store, and so does what is done.
    """

    def __init__(
        self, store: Store, handlers: Handlers, lane: Lane, worker: str, *, poll_s: float
    ) -> None:
        self.failures: dict[str, LorewrightError] = {}
        """The first thing that went wrong with each run in this process."""
        self._store = store
        self._handlers = handlers
        self._lane = lane
        self._worker = worker
        self._poll_s = poll_s
        self._leaving = threading.Event()
        self._inside: Counter[tuple[str, int | None]] = Counter()
        self._under_way = 0
        self._change = threading.Condition()

    @property
    def under_way(self) -> int:
        """How many shards are being worked on."""
        return self._under_way

    @property
    def is_leaving(self) -> bool:
        """Whether no further call is made in this process."""
        return self._leaving.is_set()

    def is_at(self, run: str, number: int | None) -> bool:
        """Whether this process works on a shard; None stands for the run itself."""
        return self._inside[run, number] > 0

    def leave(self) -> None:
        """Make no further calls; what is not finished is left to others."""
        self._leaving.set()

    def wait(self) -> None:
        """Wait until calls that are under way are finished and written down."""
        with self._change:
            self._change.wait_for(lambda: self._under_way == 0)

    async def on_run(self, run: str) -> None:
        """Cut a run into shards, have them done, and say how it ended."""
        try:
            with self._entered(run, None):
                await self._oversee(run)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run must not hang
            await self._leave_off(run, None, error)

    async def on_shard(self, run: str, number: int) -> None:
        """Do one shard and write down what became of it."""
        try:
            stop = self._stop_of(run)
            stop()
            with self._entered(run, number), self._counted():
                held = await _away(take_shard, self._store, run, number, self._worker)
                if held is not None:
                    await self._do(held, stop)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run must not hang
            await self._leave_off(run, number, error)

    async def _oversee(self, run: str) -> None:
        stop = self._stop_of(run)
        stop()
        await _away(start_run, self._store, run, self._worker)
        for number in range(await self._cut(run)):
            stop()
            await self._lane.add_shard(run, number)
        while await _away(shards_left, self._store, run):
            stop()
            await asyncio.sleep(self._poll_s)
        states = await _away(shard_states, self._store, run)
        counted = {"done": states["done"], "failed": states["failed"]}
        await _away(end_work_run, self._store, run, _ending(**counted))

    async def _cut(self, run: str) -> int:
        known = await _away(shards_of, self._store, run)
        if known is not None:
            return known
        order = await _away(order_of, self._store, run)
        handler = self._handler_of(order.work)
        shards = await handler.shards(order.request)
        return await _away(cut_run, self._store, run, shards)

    async def _do(self, held: HeldShard, stop: Stop) -> None:
        tally = Tally(self._store, held)
        try:
            result = await self._result(held, Here(held.run, stop, tally))
        except (Stopped, BudgetReached, OutsideError, UsageError, asyncio.CancelledError):
            await _queued(tell_shard(self._store, held, tally.counts, state="left"))
            raise
        except Exception as error:  # noqa: BLE001 - other shards may do better than this one
            self.failures.setdefault(held.run, as_ours(error))
            counts = tally.settle(Counts(done=held.pieces, failed=held.pieces))
            await _queued(tell_shard(self._store, held, counts, state="failed"))
        else:
            await _queued(tell_shard(self._store, held, tally.settle(result), state="done"))

    async def _result(self, held: HeldShard, place: Here) -> Counts:
        if held.take > MOST_TAKES:
            raise LorewrightError("a shard was begun too often and never came to its end")
        order = await _away(order_of, self._store, held.run)
        handler = self._handler_of(order.work)
        stand(place)
        return _as_counts(await handler.do(order.request, held.names))

    async def _leave_off(self, run: str, number: int | None, error: Exception) -> None:
        """Leave a run or a shard as it is, for another time or for another process."""
        if not isinstance(error, Stopped):
            await self._halt(run, as_ours(error))
        if self.is_leaving:
            await asyncio.Event().wait()  # the process ends, and others take over
        await self._lane.put_off(run, number)

    async def _halt(self, run: str, error: LorewrightError) -> None:
        """End a run early, since what happened would happen to every shard of it."""
        self.failures.setdefault(run, error)
        ending = Ending.BUDGET if isinstance(error, BudgetReached) else Ending.FAILED
        try:
            await _away(end_work_run, self._store, run, ending, _in_short(error))
        except StorageError:  # nothing can be written down any more, here
            self.leave()

    def _handler_of(self, work: str) -> Handler:
        handler = self._handlers.get(work)
        if handler is None:
            raise UsageError(
                f"this version of Lorewright knows no work called {work}",
                hint="let a worker of the version that started the run do it",
            )
        return handler

    def _stop_of(self, run: str) -> Stop:
        return stop_of(self._store, run, also=self._stop_when_leaving)

    def _stop_when_leaving(self) -> None:
        if self._leaving.is_set():
            raise Stopped("this worker is leaving; others take over what it leaves")

    @contextmanager
    def _entered(self, run: str, number: int | None) -> Generator[None]:
        self._inside[run, number] += 1  # only ever on the thread of the queue's event loop
        try:
            yield
        finally:
            self._inside[run, number] -= 1

    @contextmanager
    def _counted(self) -> Generator[None]:
        with self._change:
            self._under_way += 1
        try:
            yield
        finally:
            with self._change:
                self._under_way -= 1
                self._change.notify_all()


_away = asyncio.to_thread


async def _queued(note: Future[bool]) -> bool:
    return await asyncio.wrap_future(note)


def _ending(*, done: int, failed: int) -> Ending:
    if not failed:
        return Ending.COMPLETED
    return Ending.PARTIAL if done else Ending.FAILED


def _as_counts(result: ShardResult) -> Counts:
    return Counts(
        done=result.done,
        again=result.again,
        made=result.made,
        failed=result.failed,
        reasons=result.reasons,
    )


def as_ours(error: Exception) -> LorewrightError:
    """An error as people can be told it, whatever it was."""
    if isinstance(error, LorewrightError):
        return error
    ours = LorewrightError(f"something unexpected happened: {type(error).__name__}: {error}")
    ours.__cause__ = error
    return ours


def _in_short(error: LorewrightError) -> str:
    """What went wrong, for whoever looks at the run from elsewhere.

    In words of our own and without the sentence, which may repeat what an endpoint said, and
    with it words of a source.
    """
    if error.__cause__ is not None and type(error) is LorewrightError:
        return f"something unexpected happened: {type(error.__cause__).__name__}"
    said = (type(error).__doc__ or "").strip().splitlines()[0].rstrip(".")
    return f"{said[:1].lower()}{said[1:]}" + (f" ({error.where})" if error.where else "")
