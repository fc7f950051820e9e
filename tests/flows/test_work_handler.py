"""Shards of one run share what was opened for it and the room that there is."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable, Mapping
from contextlib import asynccontextmanager

from pydantic import JsonValue

from lorewright.flows.work_handler import WorkHandler
from lorewright.jobs import Progress, Report, Step, WaitingPiece, WaitingPrepared, Watch, Work
from lorewright.jobs.handler import ShardResult
from lorewright.jobs.tally import Here, Tally, stand
from lorewright.lineage import Ref
from lorewright.records import Record
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import Store
from lorewright.store.work_shards import HeldShard

STEP = Step("try", "code", Ref("recipe", "0" * 64))


class Opened:
    """A work of numbers, which sees how often it is opened and how much is under way."""

    step = STEP

    def __init__(self) -> None:
        self.opened = self.closed = self.under_way = self.most = 0

    @asynccontextmanager
    async def open(
        self, store: Store, settings: Settings, request: Mapping[str, JsonValue]
    ) -> AsyncGenerator[Work]:
        del store, settings, request
        self.opened += 1
        yield self
        self.closed += 1

    def shards(self) -> Iterable[tuple[str, ...]]:
        return (("a", "b"), ("c",))

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        return (WaitingPiece(name, lambda: WaitingPrepared((), self._work)) for name in shard)

    async def _work(self) -> Iterable[Record]:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0.01)
        self.under_way -= 1
        return ()


def run_all(
    pieces: Iterable[WaitingPiece], *, step: Step, store: Store, at_once: int, watch: Watch
) -> Awaitable[Report]:
    """Runs all pieces at once and counts them."""

    async def one(piece: WaitingPiece, report: Report) -> None:
        await piece.begin().work()
        report.pieces += 1
        watch(Progress(piece.label, 1, 0))

    async def run() -> Report:
        report = Report(step.name)
        await asyncio.gather(*(one(piece, report) for piece in pieces))
        return report

    return run()


def a_place(store: Store) -> Here:
    held = HeldShard("try-0", 0, "me", 1, ())
    return Here("try-0", lambda: None, Tally(store, held))


def test_shards_share_one_opening_and_the_room_for_pieces(store: Store) -> None:
    opened = Opened()
    settings = Settings(teacher=TeacherSettings(at_once=3))
    shard = tuple(str(number) for number in range(8))

    async def both() -> list[ShardResult]:
        handler = WorkHandler(store, settings, opened.open, run_all)
        stand(a_place(store))
        return list(await asyncio.gather(*(handler.do({}, shard) for _ in range(2))))

    results = asyncio.run(both())

    assert [result.done for result in results] == [8, 8]
    assert (opened.opened, opened.closed, opened.most) == (1, 1, 3)


def test_the_shards_are_those_of_the_work(store: Store) -> None:
    opened = Opened()
    handler = WorkHandler(store, Settings(), opened.open, run_all)

    assert list(asyncio.run(_shards(handler))) == [("a", "b"), ("c",)]
    assert opened.opened == opened.closed == 1


async def _shards(handler: WorkHandler) -> Iterable[tuple[str, ...]]:
    return await handler.shards({})
