"""The slots of devices: which job holds which, and no slot is held twice."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock, work_shards, workers
from lorewright.store.run_views import LIVE_S
from lorewright.store.training_jobs import TrainingJob, jobs_where
from lorewright.store.training_tables import training_jobs


class Device(NamedTuple):
    """Where training processes run, and how many at the same time."""

    name: str
    """`cpu`, `cuda:0`, ..."""
    slots: int


def claim_slot(
    store: Store, job: str, host: str, devices: Sequence[Device], *, together: int = 1
) -> str | None:
    """Bind a job to a free slot of one of the devices, and say which; None when none is free.

    What a job holds it keeps. Only one process at a time writes, so no slot is given twice;
    for jobs of one device the database would refuse it, too.

    Args:
        store: where everything is kept.
        job: who asks.
        host: the machine.
        devices: what it has, the first choice first.
        together: how many devices the job needs. It gets all of them, named like `cuda:0,1`,
            or none.
    """

    def change(db: sa.Connection) -> str | None:
        own = (training_jobs.c.id == job,)
        columns = (training_jobs.c.host, training_jobs.c.device, training_jobs.c.slot)
        held = db.execute(
            sa.select(*columns).where(*own, training_jobs.c.slot.is_not(None))
        ).one_or_none()
        if held is not None and held.host == host:
            db.execute(training_jobs.update().where(*own).values(slot_at=clock(db)))
            return str(held.device)
        used = db.execute(
            sa.select(*columns).where(
                training_jobs.c.host == host, training_jobs.c.slot.is_not(None)
            )
        )
        taken = {(one, row.slot) for row in used for one in devices_of(str(row.device))}
        found = _free(devices, taken, together)
        if found is None:
            return None
        name, slot = found
        values = {"host": host, "device": name, "slot": slot}
        db.execute(training_jobs.update().where(*own).values(**values, slot_at=clock(db)))
        return name

    return store.write(change)


def devices_of(name: str) -> tuple[str, ...]:
    """The single devices of a name: of `cuda:0,1` they are `cuda:0` and `cuda:1`."""
    kind, _, numbers = name.partition(":")
    return tuple(f"{kind}:{one}" for one in numbers.split(",")) if kind == "cuda" else (name,)


def _free(
    devices: Sequence[Device], taken: set[tuple[str, int]], together: int
) -> tuple[str, int] | None:
    """The name of free devices and their slot; the same slot of each."""
    if together == 1:
        return next(
            (
                (device.name, slot)
                for device in devices
                for slot in range(device.slots)
                if (device.name, slot) not in taken
            ),
            None,
        )
    for slot in range(max(device.slots for device in devices)):
        free = [
            device.name
            for device in devices
            if slot < device.slots and (device.name, slot) not in taken
        ][:together]
        if len(free) == together:
            return "cuda:" + ",".join(name.removeprefix("cuda:") for name in free), slot
    return None


def slots_left_behind(store: Store, host: str) -> list[TrainingJob]:
    """Jobs that hold a slot of `host` and that no living worker has in hand.

    Their processes may still run: who asks looks, and frees the slots of those that do not.
    """
    is_held = (
        sa.exists()
        .where(work_shards.c.run == training_jobs.c.run, work_shards.c.state == "doing")
        .where(workers.c.id == work_shards.c.worker)
    )
    with store.database.read() as db:
        alive = is_held.where(workers.c.at > clock(db) - LIVE_S)
        names = list(
            db.scalars(
                sa.select(training_jobs.c.id).where(
                    training_jobs.c.host == host, training_jobs.c.slot.is_not(None), ~alive
                )
            )
        )
    return jobs_where(store, training_jobs.c.id.in_(names)) if names else []


def free_slot(store: Store, job: TrainingJob) -> None:
    """Take its slot from a job, unless somebody has claimed it again since `job` was read."""
    store.write(
        lambda db: db.execute(
            training_jobs.update()
            .where(training_jobs.c.id == job.id, training_jobs.c.slot_at == job.slot_at)
            .values(slot=None, slot_at=None)
        )
    )
