"""Does work that waits, one piece after the other, as a run does: once, and kept at once."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from lorewright.errors import LorewrightError
from lorewright.jobs import Step, WaitingPiece, Work
from lorewright.lineage import Ref
from lorewright.records import Record
from lorewright.store import Store, memo_key


class Done(NamedTuple):
    """What works made, the last of it last, and what failed."""

    made: list[Ref]
    failed: list[str]


def do(store: Store, works: Iterable[Work], *, until: int | None = None) -> Done:
    """Do all works, or stop as if killed after `until` pieces."""
    done, left = Done([], []), until
    for work in works:
        for shard in work.shards():
            for piece in work.pieces(shard):
                if left == 0:
                    return done
                _do(store, work.step, piece, done)
                left = left and left - 1
    return done


def _do(store: Store, step: Step, piece: WaitingPiece, done: Done) -> None:
    try:
        ready = piece.begin()
        key = memo_key(step.name, code=step.code, inputs=ready.inputs, recipe=step.recipe)
        made = store.memo(key)
        if made is None:

            async def wait() -> list[Record]:
                return list(await ready.work())

            records = asyncio.run(wait())
            store.submit(records, memo=key).result()
            made = [one.ref for one in records]
        done.made.extend(made)
    except LorewrightError as error:
        done.failed.append(f"{piece.label}: {error.sentence}")
