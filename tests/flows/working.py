"""Doing priced work in a test: every piece in turn, kept with its memo."""

import asyncio
from collections.abc import Iterable

from lorewright.jobs import Priced, WaitingPiece
from lorewright.store import Store, memo_key


def do_all(works: Iterable[Priced], store: Store, *, most: int | None = None) -> int:
    """Do works one after the other, at most so many pieces anew; how many were done anew."""
    done = 0
    for work in works:
        for shard in work.shards():
            for piece in work.pieces(shard):
                if most is not None and done >= most:
                    return done
                done += do(piece, work, store)
    return done


def do(piece: WaitingPiece, work: Priced, store: Store) -> bool:
    """Do one piece unless it is done; whether it was done anew."""
    step, ready = work.step, piece.begin()
    memo = memo_key(step.name, code=step.code, inputs=ready.inputs, recipe=step.recipe)
    if store.memo(memo) is not None:
        return False

    async def work_it() -> None:
        records = list(await ready.work())
        store.submit(records, memo=memo).result()

    asyncio.run(work_it())
    return True
