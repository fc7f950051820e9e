"""What making a record cost, kept beside it and outside its name."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from lorewright.lineage import Ref
from lorewright.store.clock import now, seal
from lorewright.store.tables import makings


@dataclass(frozen=True, slots=True)
class Making:
    """How long a record took and what it cost."""

    step: str
    seconds: Decimal
    cost_usd: Decimal = Decimal(0)


def insert_makings(
    db: sa.Connection, made: Iterable[tuple[Making, Sequence[Ref]]], keys: Mapping[Ref, int]
) -> None:
    """Write one row for each record; the time and the cost are those of the whole step.

    Args:
        db: the writing connection.
        made: each making with what was made.
        keys: the keys of the records among them.
    """
    at, host = now(), platform.machine() + " " + platform.system()
    rows = [
        _row(making, ref, keys[ref], at, host)
        for making, refs in made
        for ref in dict.fromkeys(refs)
    ]
    if rows:
        db.execute(makings.insert(), rows)


def _row(making: Making, ref: Ref, key: int, at: str, host: str) -> dict[str, str | int]:
    seconds, cost = str(making.seconds), str(making.cost_usd)
    return {
        "record": key,
        "step": making.step,
        "at": at,
        "seconds": seconds,
        "cost_usd": cost,
        "host": host,
        "seal": seal(ref, making.step, at, seconds, cost, host),
    }
