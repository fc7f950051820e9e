"""The same shell round verbs that wait for the network: many pieces under way at once."""

import asyncio
import time
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Any

from lorewright.errors import (
    BudgetReached,
    Erased,
    Incomplete,
    LorewrightError,
    OutsideError,
    Stopped,
)
from lorewright.jobs.looking_up import LookUp
from lorewright.jobs.metering import metered
from lorewright.jobs.report import Progress, Report, Step, Watch, reasons
from lorewright.jobs.work import WaitingPiece
from lorewright.lineage import Ref
from lorewright.store import (
    Making,
    MemoKey,
    RunItem,
    RunState,
    Store,
    begin_run,
    end_run,
    memo_key,
    run_item_row,
    seconds,
)


async def run_waiting(  # noqa: PLR0913 - what is done, where it is kept, and who is told
    pieces: Iterable[WaitingPiece],
    *,
    step: Step,
    store: Store,
    at_once: int,
    watch: Watch = lambda _progress: None,
    report: Report | None = None,
    names: bool = False,
    gate: AbstractAsyncContextManager[None] | None = None,
) -> Report:
    """Do every piece once, `at_once` at a time; keep what it makes and go on when one fails.

    Pieces are pulled at most twice as far ahead as are under way, and memory does not grow
    with their number. What a piece makes is committed together with the memo that it was done
    and with what its calls cost. When something ends the run early (no money is left, somebody
    stops it, the endpoint is down, this task is cancelled), the calls under way are waited for
    and what they brought is kept; then that is raised. Cancelled a second time, it waits no
    longer.

    Args:
        pieces: what is to be done.
        step: what is done to them, by which code, with which settings.
        store: where it is kept.
        at_once: pieces under way at the same time.
        watch: told of every piece that is settled.
        report: filled in while the run goes on, for those who want it when the run ends early.
        names: whether the report lists the names of all that was made.
        gate: what pieces pass while they are under way, where several runs share one limit;
            None makes one of `at_once`.

    Raises:
        BudgetReached: when the next call could cost more than may still be spent.
        Stopped: when somebody paused or cancelled the run.
        OutsideError: when the endpoint or the store cannot be used.
    """
    report = report or Report(step.name)
    started = time.monotonic()
    gate = gate or asyncio.Semaphore(at_once)
    current = _WaitingRun(report, step, store, watch, gate=gate, ahead=2 * at_once, names=names)
    try:
        await current.do(pieces)
    except BaseException as error:
        with suppress(OutsideError):  # when the store is what failed, that is told already
            current.end(_state_after(error))
        raise
    finally:
        report.took_s = time.monotonic() - started
    current.end("partial" if report.failed else "done")
    return report


def _state_after(error: BaseException) -> RunState:
    match error:
        case BudgetReached():
            return "budget"
        case Stopped() | asyncio.CancelledError():
            return "stopped"
        case _:
            return "interrupted"


@dataclass(slots=True)
class _Done:
    """A piece that is done or found done, or that failed."""

    label: str
    weight: int = 1
    memo: MemoKey | None = None
    made: list[Ref] = field(default_factory=list[Ref])
    again: bool = False
    error: LorewrightError | None = None


class _WaitingRun:
    """One run while it lasts."""

    def __init__(
        self,
        report: Report,
        step: Step,
        store: Store,
        watch: Watch,
        *,
        gate: AbstractAsyncContextManager[None],
        ahead: int,
        names: bool,
    ) -> None:
        self._report = report
        self._step = step
        self._store = store
        self._watch = watch
        self._names = names
        self._number = begin_run(store, step.name)
        self._memos = LookUp(store.memos)
        self._gate = gate
        self._room = asyncio.Semaphore(ahead)
        self._under_way: set[asyncio.Task[None]] = set()
        self._ended: BaseException | None = None

    async def do(self, pieces: Iterable[WaitingPiece]) -> None:
        """Start pieces as long as there is room, and wait for all that were started."""
        try:
            await self._start_all(pieces)
            await self._settled()
        except BaseException as error:  # noqa: BLE001 - raised below, when all have ended
            self._ended = self._ended or error
            await self._settled_or_cancelled()
        if self._ended is not None:
            raise self._ended

    def end(self, state: RunState) -> None:
        end_run(self._store, self._number, state)

    async def _start_all(self, pieces: Iterable[WaitingPiece]) -> None:
        for position, piece in enumerate(pieces):
            await self._room.acquire()
            if self._ended is not None:
                return
            task = asyncio.create_task(self._one(position, piece))
            self._under_way.add(task)
            task.add_done_callback(self._leave)

    async def _settled(self) -> None:
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _settled_or_cancelled(self) -> None:
        """Wait for the pieces under way; who cancels now does not want to wait."""
        try:
            await self._settled()
        except asyncio.CancelledError:
            for task in self._under_way:
                task.cancel()
            raise

    def _leave(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._room.release()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._ended = self._ended or error

    async def _one(self, position: int, piece: WaitingPiece) -> None:
        """One piece from its beginning to the commit of what it made and of its note."""
        try:
            async with self._gate:
                if self._ended is not None:
                    return
                done, commit = await self._work(position, piece)
            await asyncio.wrap_future(commit)
        except (OutsideError, Incomplete):
            raise
        except LorewrightError as error:
            # What led to the error holds the piece and all its texts; the error does not need it.
            error.__cause__ = error.__context__ = None
            done = _Done(piece.label, error=error.with_traceback(None))
            await asyncio.wrap_future(self._store.submit((), rows=[self._note(position, done)]))
        self._count(done)

    async def _work(self, position: int, piece: WaitingPiece) -> tuple[_Done, Future[None]]:
        began = time.monotonic()
        ready = piece.begin()
        memo = memo_key(
            self._step.name, code=self._step.code, inputs=ready.inputs, recipe=self._step.recipe
        )
        known = await self._memos.find(memo)
        if isinstance(known, Erased):
            raise known
        if known is not None:
            done = _Done(piece.label, ready.weight, memo, known, again=True)
            return done, self._store.submit((), rows=[self._note(position, done)])
        with metered(self._stop) as meter:
            records = list(await ready.work())
        done = _Done(piece.label, ready.weight, memo, [record.ref for record in records])
        making = Making(self._step.name, seconds(time.monotonic() - began), meter.cost)
        note = self._note(position, done)
        return done, self._store.submit(records, memo=memo, making=making, rows=[note])

    def _stop(self) -> None:
        """What every call of a piece asks before it is made."""
        if self._ended is not None:
            raise Stopped("the run has ended")

    def _note(self, position: int, done: _Done) -> tuple[Any, dict[str, Any]]:
        if done.error is not None:
            item = RunItem(done.label, "failed", done.error.sentence)
        else:
            item = RunItem(done.label, "again" if done.again else "made", memo=done.memo)
        return run_item_row(self._number, position, item)

    def _count(self, done: _Done) -> None:
        report = self._report
        report.pieces += 1
        report.again += done.again
        if done.error is not None:
            report.failed.append((done.label, done.error))
        report.count(done.made, names=self._names)
        report.rejected.update(reasons(done.made, self._store))
        self._watch(Progress(done.label, done.weight, len(done.made)))
