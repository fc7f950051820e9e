"""Money that workers have set aside for calls they are about to make.

What was spent is always the sum over the ledger. What may still be spent is shared by all
workers: each holds a part of it, large enough for many calls, and no two parts overlap.
Because one transaction at a time writes, what is spent and held together never exceeds a
limit. A worker that stays silent for a minute is taken for dead, and its part returns.
"""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lorewright.store.clock import database_seconds
from lorewright.store.tables import calls, holdings

SILENT_S = 60.0
"""A worker that has not been heard of for so long holds nothing any more."""
SHARE_AHEAD = 4
"""A worker sets aside at most this part of what is free for calls to come."""


class Limits(NamedTuple):
    """The most that may be spent, in the ledger's units; None is without end."""

    run: str
    of_run: int | None
    of_all: int | None


class Spent(NamedTuple):
    """What the calls up to one number cost."""

    last: int = 0
    by_run: int = 0
    by_all: int = 0


class Held(NamedTuple):
    """How it stands after a worker asked."""

    amount: int
    """What the worker holds now: what is under way, and what it asked for if there was room."""
    spent: Spent
    alone: int
    """What one call could cost if nobody held anything."""


def hold(
    db: sa.Connection, owner: str, limits: Limits, known: Spent, *, under_way: int, wanted: int
) -> Held:
    """Let `owner` hold what is under way and `wanted` more, if there is room for it.

    Args:
        db: the writing connection.
        owner: the worker.
        limits: what may not be exceeded.
        known: what was spent as far as the owner has read; only what came after is read.
        under_way: the most that the owner's calls under way can cost.
        wanted: the most that its next call can cost; nothing gives back what is not needed.
    """
    now = database_seconds(db)
    db.execute(holdings.delete().where(sa.func.abs(holdings.c.at - now) > SILENT_S))
    spent = _spent(db, limits.run, known)
    others = db.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(holdings.c.amount), 0),
            sa.func.coalesce(
                sa.func.sum(sa.case((holdings.c.run == limits.run, holdings.c.amount), else_=0)), 0
            ),
        ).where(holdings.c.owner != owner)
    ).one()
    alone, free = _least(
        (limits.of_all, spent.by_all, int(others[0])), (limits.of_run, spent.by_run, int(others[1]))
    )
    amount = under_way
    if wanted and under_way + wanted <= free:
        amount += max(wanted, (free - under_way) // SHARE_AHEAD)
    _write(db, owner, limits.run, amount, now)
    return Held(amount, spent, alone)


def let_go(db: sa.Connection, owner: str) -> None:
    """Give back all that `owner` holds."""
    db.execute(holdings.delete().where(holdings.c.owner == owner))


def _least(*limits: tuple[int | None, int, int]) -> tuple[int, int]:
    """What is left under the tightest limit: were nobody to hold anything, and as it is."""
    known = [
        (most - spent, most - spent - held) for most, spent, held in limits if most is not None
    ]
    return min(alone for alone, _ in known), min(free for _, free in known)


def _spent(db: sa.Connection, run: str, known: Spent) -> Spent:
    of_run = sa.case((calls.c.run == run, calls.c.cost), else_=0)
    last, by_all, by_run = db.execute(
        sa.select(
            sa.func.max(calls.c.number), sa.func.sum(calls.c.cost), sa.func.sum(of_run)
        ).where(calls.c.number > known.last)
    ).one()
    if last is None:
        return known
    return Spent(last, known.by_run + int(by_run), known.by_all + int(by_all))


def _write(db: sa.Connection, owner: str, run: str, amount: int, at: float) -> None:
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    values = {"run": run, "amount": amount, "at": at}
    insert = dialect.insert(holdings).values(owner=owner, **values)
    db.execute(insert.on_conflict_do_update(index_elements=["owner"], set_=values))
