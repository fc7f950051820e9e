"""Does work that waits, one piece after the other, as a run does: once, and kept at once."""

import asyncio
from collections.abc import Iterable

from lorewright.errors import LorewrightError
from lorewright.jobs import Work
from lorewright.lineage import Ref
from lorewright.store import Store, memo_key


def do(store: Store, works: Iterable[Work]) -> tuple[list[Ref], list[str]]:
    """All works: what they made, the last work's last, and what failed."""
    made, failed = list[Ref](), list[str]()
    for work in works:
        for shard in work.shards():
            for piece in work.pieces(shard):
                try:
                    ready = piece.begin()
                    step = work.step
                    key = memo_key(
                        step.name, code=step.code, inputs=ready.inputs, recipe=step.recipe
                    )
                    known = store.memo(key)
                    if known is None:
                        records = list(asyncio.run(wait_for(ready.work())))
                        store.submit(records, memo=key).result()
                        known = [one.ref for one in records]
                    made += known
                except LorewrightError as error:
                    failed.append(f"{piece.label}: {error.sentence}")
    return made, failed


async def wait_for(work):
    return await work
