"""Batches of calls at a provider: written down before they are handed over.

A batch is known by a mark of our own until the provider has given it a name. Its calls are
known by their keys, nothing else of them is kept, and a call leaves its batch in the very
transaction in which the ledger keeps what came of it. So a process that is killed at any
moment leaves behind which calls somebody is answering already.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import uuid4

import sqlalchemy as sa

from lorewright.store.clock import database_seconds
from lorewright.store.record_store import Store
from lorewright.store.rows import AT_ONCE, batches
from lorewright.store.tables import batched_calls, call_batches


class KeptBatch(NamedTuple):
    """A batch as it was written down."""

    mark: str
    known_as: str | None
    """What the provider calls it; None when that is not known, or not yet."""
    calls: int
    at: float
    """When it was about to be handed over, in seconds since 1970 by the database's clock."""


class Claimed(NamedTuple):
    """Who answers some calls."""

    new: KeptBatch | None
    """A batch, not handed over yet, of all those that are in none so far."""
    elsewhere: dict[bytes, KeptBatch]
    """Calls that stand in a batch already."""


def claim_calls(db: sa.Connection, keys: Sequence[bytes]) -> Claimed:
    """Write down that those of `keys` that are in no batch are about to be handed over."""
    elsewhere: dict[bytes, KeptBatch] = {}
    for some in batches(keys, AT_ONCE):
        rows = db.execute(
            sa.select(batched_calls.c.key, call_batches)
            .join(call_batches, call_batches.c.mark == batched_calls.c.batch)
            .where(batched_calls.c.key.in_(some))
        )
        elsewhere.update((key, KeptBatch(*batch)) for key, *batch in rows)
    left = [key for key in keys if key not in elsewhere]
    if not left:
        return Claimed(None, elsewhere)
    new = KeptBatch(uuid4().hex, None, len(left), database_seconds(db))
    db.execute(call_batches.insert().values(new._asdict()))
    db.execute(batched_calls.insert(), [{"key": key, "batch": new.mark} for key in left])
    return Claimed(new, elsewhere)


def name_batch(db: sa.Connection, mark: str, known_as: str) -> None:
    """Write down what the provider calls a batch."""
    db.execute(call_batches.update().where(call_batches.c.mark == mark).values(known_as=known_as))


def forget_batch(db: sa.Connection, mark: str) -> None:
    """Strike off a batch that the provider never took, so that its calls may go into others."""
    db.execute(batched_calls.delete().where(batched_calls.c.batch == mark))
    db.execute(call_batches.delete().where(call_batches.c.mark == mark))


def leave_batches(db: sa.Connection, keys: Iterable[bytes]) -> None:
    """Take calls out of the batches that they are in: what came of them is kept."""
    for some in batches(keys, AT_ONCE):
        db.execute(batched_calls.delete().where(batched_calls.c.key.in_(some)))


def batch_now(store: Store, mark: str) -> tuple[KeptBatch | None, float]:
    """A batch as it stands, None when it was struck off; and the time, by the same clock."""
    with store.database.read() as db:
        row = db.execute(sa.select(call_batches).where(call_batches.c.mark == mark)).one_or_none()
        return (None if row is None else KeptBatch(*row)), database_seconds(db)


def named_batches(store: Store) -> set[str]:
    """What providers call the batches that are known."""
    with store.database.read() as db:
        found = db.scalars(
            sa.select(call_batches.c.known_as).where(call_batches.c.known_as.is_not(None))
        )
        return {one for one in found if one is not None}
