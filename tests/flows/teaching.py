"""Doing the work of a teacher piece by piece, as a run does it, and keeping what it makes."""

import asyncio
from collections.abc import Awaitable, Iterable

from flows.small_workspace import Small
from lorewright import jobs
from lorewright.flows.teacher_analyses import AnalysisChoice, analysis_works
from lorewright.jobs import Piece, Prepared, Priced, Report, WaitingPiece
from lorewright.llms import Asker
from lorewright.records import Record
from scripted import MODEL


def teach(here: Small, asker: Asker, choice: AnalysisChoice | None = None) -> list[Report]:
    """Do every work of a teacher; one report for each."""
    here.store.put(MODEL)
    return [do(here, work) for work in analysis_works(here.store, here.settings, asker, choice)]


def do(here: Small, work: Priced) -> Report:
    """Do one work."""
    pieces = (piece for shard in work.shards() for piece in work.pieces(shard))
    return jobs.run(map(_at_once, pieces), step=work.step, store=here.store)


def _at_once(piece: WaitingPiece) -> Piece:
    def begin() -> Prepared:
        ready = piece.begin()

        def work() -> Iterable[Record]:
            return asyncio.run(_wait(ready.work()))

        return Prepared(ready.inputs, work, ready.weight)

    return Piece(piece.label, begin)


async def _wait(work: Awaitable[Iterable[Record]]) -> list[Record]:
    return list(await work)
