"""What training jobs said, step by step, and what they left on the disk."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock
from lorewright.store.training_tables import (
    model_artifacts,
    training_jobs,
    training_metrics_history,
)

ArtifactType = Literal["lora_adapter", "merged_model", "checkpoint"]
DeploymentStatus = Literal["stored", "testing", "production", "archived"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a job from what its process said up to some byte."""

    events_read: int = 0
    last_tick: float | None = None
    attempt: int = 0
    phase: str = "queue"
    machine_seconds: float = 0.0
    current_step: int = 0
    total_steps: int | None = None
    current_epoch: float | None = None
    loss_tokens: int = 0
    total_loss_tokens: int | None = None
    loss: float | None = None
    held_out_loss: float | None = None
    tokens_per_s: float | None = None
    step_s: float | None = None
    eta_s: float | None = None


class Metrics(NamedTuple):
    """One step of a job."""

    step: int
    epoch: float | None
    loss: float | None
    held_out_loss: float | None
    learning_rate: float | None
    grad_norm: float | None
    loss_tokens: int | None
    tokens_per_s: float | None


class Artifact(NamedTuple):
    """Something that a job left."""

    artifact_type: ArtifactType
    path: str
    """Within the workspace, or `blob:` and a name."""
    bytes: int
    sha256: str
    step: int | None = None
    validation_loss: float | None = None
    deployment_status: DeploymentStatus = "stored"


def note_heard(store: Store, job: str, since: int, heard: Heard, steps: Iterable[Metrics]) -> bool:
    """Write down what was heard after byte `since`; False when another process did so before.

    Steps that are done again after a crash take the place of those that were lost.
    """
    rows = [{"job": job, **step._asdict()} for step in steps]

    def change(db: sa.Connection) -> bool:
        now = clock(db)
        changed = db.execute(
            training_jobs.update()
            .where(training_jobs.c.id == job, training_jobs.c.events_read == since)
            .values(**asdict(heard), heard_at=now, updated_at=now)
        ).rowcount
        if changed and rows:
            put_steps(db, rows)
        return changed == 1

    return store.write(change)


def metrics_of(store: Store, job: str, *, since: int = -1) -> list[Metrics]:
    """The steps of a job after step `since`, in order."""
    columns = [training_metrics_history.c[name] for name in Metrics._fields]
    query = (
        sa.select(*columns)
        .where(training_metrics_history.c.job == job, training_metrics_history.c.step > since)
        .order_by(training_metrics_history.c.step)
    )
    with store.database.read() as db:
        return [Metrics(*row) for row in db.execute(query)]


def note_artifacts(store: Store, job: str, kind: ArtifactType, found: Sequence[Artifact]) -> None:
    """Say that these are all the artifacts of one kind that a job has now."""

    def change(db: sa.Connection) -> None:
        is_kind = (model_artifacts.c.job == job, model_artifacts.c.artifact_type == kind)
        paths = [one.path for one in found]
        db.execute(model_artifacts.delete().where(*is_kind, model_artifacts.c.path.not_in(paths)))
        known = set(db.scalars(sa.select(model_artifacts.c.path).where(*is_kind)))
        rows = [{"job": job, **one._asdict()} for one in found if one.path not in known]
        for row in rows:
            db.execute(model_artifacts.insert().values(**row, created_at=clock(db)))

    store.write(change)


def artifacts_of(store: Store, job: str) -> list[Artifact]:
    """What a job left, the oldest first."""
    columns = [model_artifacts.c[name] for name in Artifact._fields]
    query = sa.select(*columns).where(model_artifacts.c.job == job).order_by(model_artifacts.c.key)
    with store.database.read() as db:
        return [Artifact(*row) for row in db.execute(query)]


def deploy_artifact(store: Store, job: str, path: str, status: DeploymentStatus) -> bool:
    """Say where an artifact is in use; False when there is none of that path."""
    is_it = (model_artifacts.c.job == job, model_artifacts.c.path == path)
    return store.write(
        lambda db: (
            db.execute(
                model_artifacts.update().where(*is_it).values(deployment_status=status)
            ).rowcount
            == 1
        )
    )


def earlier_pace(store: Store, base: str, device: str, *, host: str | None = None) -> float | None:
    """The machine seconds of the newest completed job on this base and device; None without.

    Args:
        store: where everything is kept.
        base: what was trained on.
        device: where.
        host: the place elsewhere that the device belongs to; None is no such place.
    """
    is_there = (
        training_jobs.c.destination.is_(None)
        if host is None
        else sa.and_(training_jobs.c.destination.is_not(None), training_jobs.c.host == host)
    )
    query = (
        sa.select(training_jobs.c.machine_seconds)
        .where(
            training_jobs.c.base == base,
            training_jobs.c.device == device,
            training_jobs.c.state == "completed",
            training_jobs.c.machine_seconds > 0,
            is_there,
        )
        .order_by(training_jobs.c.completed_at.desc())
        .limit(1)
    )
    with store.database.read() as db:
        return db.scalar(query)


def put_steps(db: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Write down steps, each with its job, within the transaction `db`; newer words win."""
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(training_metrics_history)
    names = [*Metrics._fields[1:], "recorded_at"]
    newer = {name: insert.excluded[name] for name in names}
    statement = insert.on_conflict_do_update(index_elements=["job", "step"], set_=newer)
    at = db.scalar(sa.select(clock(db)))
    db.execute(statement, [{**row, "recorded_at": at} for row in rows])
