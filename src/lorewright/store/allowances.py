"""What may be asked of an endpoint per minute, shared by all workers of one database.

A token bucket per endpoint stands in the database. A worker takes a slice of it in one
transaction and lives on that for a second or so. The slice of a worker that dies is never
given back: the bucket fills up again by itself, so nothing is lost but that second.
"""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lorewright.store.clock import database_seconds
from lorewright.store.tables import allowances

SHARE_AT_ONCE = 10
"""The bucket holds at most this part of a minute's allowance: no bursts beyond that."""
WINDOW_S = 62.0
"""A minute, and the time for which a slice may lie in a worker's hands."""


class Grant(NamedTuple):
    """What was taken from a bucket."""

    taken: float
    wait_s: float = 0.0
    """When nothing was taken: how long it takes until enough is there."""


def take_allowance(
    db: sa.Connection, name: str, *, per_minute: int, least: float, most: float
) -> Grant:
    """Take between `least` and `most` out of the bucket `name`, or nothing.

    In any minute no more than `per_minute` leaves the bucket. A demand that is larger than
    the bucket is met once it is full; the bucket then owes, and fills up from below zero.
    """
    holds = max(1.0, per_minute / SHARE_AT_ONCE)
    per_second = (per_minute - holds + 1) / WINDOW_S
    now = database_seconds(db)
    row = db.execute(sa.select(allowances).where(allowances.c.name == name)).one_or_none()
    if row is None:
        level = holds
    else:
        # A clock that was set back gives nothing; one that was set far ahead at most a minute.
        passed = min(max(now - row.at, 0.0), WINDOW_S)
        level = min(holds, row.level + passed * per_second)
    needed = min(least, holds)
    if level < needed:
        _write(db, name, level, now)
        return Grant(0.0, (needed - level) / per_second)
    taken = max(least, min(most, level))
    _write(db, name, level - taken, now)
    return Grant(taken)


def _write(db: sa.Connection, name: str, level: float, at: float) -> None:
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    values = {"level": level, "at": at}
    insert = dialect.insert(allowances).values(name=name, **values)
    db.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))
