"""Work in shards as the run engine does it: one opening, one limit, many pieces at once."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from pydantic import JsonValue

from lorewright.jobs import Report, Step, WaitingPiece, WaitingPrepared, Watch, Work
from lorewright.jobs.handler import ShardResult
from lorewright.jobs.tally import here
from lorewright.records import Record
from lorewright.settings import Settings
from lorewright.store import Store

OpenWork = Callable[[Store, Settings, Mapping[str, JsonValue]], AbstractAsyncContextManager[Work]]
"""Opens what a request asks for, such as a language model, and closes it at the end."""


class RunPieces(Protocol):
    """Runs pieces that wait for others, and says what became of them."""

    def __call__(
        self,
        pieces: Iterable[WaitingPiece],
        *,
        step: Step,
        store: Store,
        at_once: int,
        watch: Watch,
    ) -> Awaitable[Report]:
        """Run them all; `Stopped`, `BudgetReached` and `OutsideError` come out of it."""
        ...


@dataclass(slots=True)
class _Opened:
    work: Work
    close: AsyncExitStack
    users: int = 0


class WorkHandler:
    """Does the shards of one kind of `Work` in this process.

    Shards of a run share what was opened for it, and all shards together have at most
    `at_once` pieces under way.
    """

    def __init__(
        self, store: Store, settings: Settings, open_work: OpenWork, run_pieces: RunPieces
    ) -> None:
        self._store = store
        self._settings = settings
        self._open_work = open_work
        self._run_pieces = run_pieces
        self._at_once = settings.teacher.at_once
        self._room = asyncio.Semaphore(self._at_once)
        self._opened: dict[str, _Opened] = {}
        self._door = asyncio.Lock()

    async def shards(self, request: Mapping[str, JsonValue]) -> Iterable[tuple[str, ...]]:
        """Everything there is to do."""
        async with self._open_work(self._store, self._settings, request) as work:
            return await asyncio.to_thread(list, work.shards())

    async def do(self, request: Mapping[str, JsonValue], shard: tuple[str, ...]) -> ShardResult:
        """Do the pieces of one shard."""
        place = here()
        async with self._work(place.run, request) as work:
            report = await self._run_pieces(
                self._in_room(work.pieces(shard)),
                step=work.step,
                store=self._store,
                at_once=self._at_once,
                watch=place.tally.watch,
            )
        return ShardResult(
            done=report.pieces,
            again=report.again,
            made=report.accepted,
            failed=len(report.failed),
            reasons=dict(report.rejected),
        )

    @asynccontextmanager
    async def _work(self, run: str, request: Mapping[str, JsonValue]) -> AsyncGenerator[Work]:
        """The work that this run's shards share; closed when the last of them leaves."""
        async with self._door:
            if run not in self._opened:
                close = AsyncExitStack()
                opening = self._open_work(self._store, self._settings, request)
                work = await close.enter_async_context(opening)
                self._opened[run] = _Opened(work, close)
            opened = self._opened[run]
            opened.users += 1
        try:
            yield opened.work
        finally:
            async with self._door:
                opened.users -= 1
                if opened.users == 0:
                    del self._opened[run]
                    await opened.close.aclose()

    def _in_room(self, pieces: Iterable[WaitingPiece]) -> Iterator[WaitingPiece]:
        return (replace(piece, begin=partial(self._begin, piece)) for piece in pieces)

    def _begin(self, piece: WaitingPiece) -> WaitingPrepared:
        ready = piece.begin()

        async def work() -> Iterable[Record]:
            async with self._room:
                return await ready.work()

        return replace(ready, work=work)
