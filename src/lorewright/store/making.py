"""What making a record cost, kept beside it and outside its name."""

import platform
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from lorewright.lineage import Ref
from lorewright.store.clock import now, seal
from lorewright.store.rows import living_keys
from lorewright.store.tables import makings


@dataclass(frozen=True, slots=True)
class Making:
    """How long a record took and what it cost."""

    step: str
    seconds: Decimal
    cost_usd: Decimal = Decimal(0)


def insert_making(db: sa.Connection, refs: list[Ref], making: Making) -> None:
    """Write one row for each of `refs`; the time and the cost are those of the whole step."""
    at, host = now(), platform.machine() + " " + platform.system()
    seconds, cost = str(making.seconds), str(making.cost_usd)
    rows = [
        {
            "record": key,
            "step": making.step,
            "at": at,
            "seconds": seconds,
            "cost_usd": cost,
            "host": host,
            "seal": seal(ref, making.step, at, seconds, cost, host),
        }
        for ref, key in living_keys(db, refs).items()
    ]
    if rows:
        db.execute(makings.insert(), rows)
