"""Messages between training jobs and other programs: delivered until heard, heard once.

Both ways a message carries a signature over its moment and its body. A message of ours also
carries its name, so that whoever hears it twice knows.
"""

import asyncio
import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lorewright.errors import LorewrightError, MissingExtra, NotFound, Refused, UsageError
from lorewright.settings import Settings, WebhookSettings
from lorewright.store import Store
from lorewright.store.outbox import (
    Webhook,
    take_due_webhooks,
    webhook_failed,
    webhook_heard,
)
from lorewright.store.training_jobs import TrainingState
from lorewright.store.training_metrics import Metrics
from lorewright.store.training_reports import Hearing, Reported, note_report
from lorewright.train.executors.signing import HEADER, check, sign
from lorewright.train.executors.worker.reports import JobStatus

if TYPE_CHECKING:
    import aiohttp

ID_HEADER = "Idempotency-Key"
PATIENCE_S = 10.0
LOOK_S = 2.0
MOST_BYTES = 64 * 1024
"""Of a report; a longer one is not read."""


STATES: Mapping[JobStatus, TrainingState | None] = {
    "queued": None,
    "preprocessing": TrainingState.INITIALIZING,
    "model_loaded": TrainingState.INITIALIZING,
    "training": TrainingState.RUNNING,
    "completed": None,
    "failed": TrainingState.FAILED,
    "cancelled": TrainingState.CANCELLED,
}
"""What a worker's word means for the job here; None changes nothing by itself."""


class ReportedMetrics(BaseModel):
    """The numbers of one step."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    loss: float | None = None
    held_out_loss: float | None = None
    learning_rate: float | None = None
    grad_norm: float | None = None
    epoch: float | None = Field(default=None, ge=0)
    loss_tokens: int | None = Field(default=None, ge=0, lt=2**62)
    tokens_per_s: float | None = None


class JobReport(BaseModel):
    """What a worker on another machine says of a job."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    job_id: str = Field(min_length=1, max_length=64)
    status: JobStatus
    step: int | None = Field(default=None, ge=0, lt=2**31)
    total_steps: int | None = Field(default=None, ge=1, lt=2**31)
    metrics: ReportedMetrics = ReportedMetrics()
    timestamp: float
    lora_artifact_path: str | None = Field(default=None, max_length=2_000)
    error_message: str | None = Field(default=None, max_length=2_000)


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message."""

    job: str
    is_again: bool


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the messages that were due."""

    heard: int
    failed: int


def secret_of(settings: WebhookSettings) -> str:
    """The secret that both sides share.

    Raises:
        UsageError: when the environment holds none.
    """
    secret = os.environ.get(settings.secret_variable, "").strip()
    if not secret:
        raise UsageError(
            f"the variable {settings.secret_variable} holds no secret, so no message can be signed "
            "or believed",
            hint=f"export {settings.secret_variable}=..., the same on both sides",
        )
    return secret


def hear_report(
    store: Store,
    settings: WebhookSettings,
    body: bytes,
    *,
    signature: str | None,
    key: str | None,
) -> Heard:
    """Take in a signed report of another machine; one that was heard before changes nothing.

    A report that a job is completed does not complete it: it is completed here once its files
    are here and whole.

    Args:
        store: where the job is.
        settings: the secret and how old a signature may be.
        body: the bytes as they came.
        signature: the header of that name.
        key: what the message calls itself; without it the signature and the body name it.

    Raises:
        Refused: when the signature is wrong or too old, or the job is not of another machine.
        UsageError: when it is no report.
        NotFound: when there is no such job.
    """
    check(secret_of(settings), signature, body, now=time.time(), window_s=settings.window_s)
    try:
        report = JobReport.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"this is no report of a training job: {first['msg'].lower()}", where=place or None
        ) from error
    name = hashlib.sha256((key or f"{signature}").encode() + b"\n" + report.job_id.encode())
    told = Reported(
        message=name.hexdigest(),
        job=report.job_id,
        step=_step(report),
        values=_values(report),
        state=_state(report),
    )
    outcome = note_report(store, told, keep_s=4.0 * settings.window_s)
    _refuse(outcome, report.job_id)
    return Heard(report.job_id, outcome is Hearing.AGAIN)


async def deliver_due(
    store: Store, secret: str, session: "aiohttp.ClientSession", *, limit: int = 20
) -> Delivered:
    """Deliver the messages whose time has come; what is not heard is tried again later."""
    due = await asyncio.to_thread(take_due_webhooks, store, limit=limit)
    faults = await asyncio.gather(*(_deliver(session, secret, one) for one in due))
    for message, fault in zip(due, faults, strict=True):
        if fault is None:
            await asyncio.to_thread(webhook_heard, store, message.id)
        else:
            await asyncio.to_thread(webhook_failed, store, message.id, fault)
    failed = sum(fault is not None for fault in faults)
    return Delivered(len(due) - failed, failed)


@contextmanager
def delivering(store: Store, settings: Settings, *, look_s: float = LOOK_S) -> Generator[None]:
    """Deliver messages beside whatever is done inside; nothing when nobody is to be told.

    Raises:
        UsageError: when there is somebody to tell and no secret to sign with.
        MissingExtra: when aiohttp is not installed.
    """
    if settings.webhooks.url is None:
        yield
        return
    secret = secret_of(settings.webhooks)
    _session_of()
    ends = threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_deliver_until(store, secret, ends, look_s)),
        name="lorewright-webhooks",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join(PATIENCE_S + look_s)


async def _deliver_until(store: Store, secret: str, ends: threading.Event, look_s: float) -> None:
    async with _session_of()() as session:
        is_last = False
        while not is_last:
            is_last = ends.is_set()  # what was told just before the end is delivered as well
            with contextlib.suppress(LorewrightError):  # the next look may find the database again
                await deliver_due(store, secret, session)
            if not is_last:
                await asyncio.to_thread(ends.wait, look_s)


async def _deliver(session: "aiohttp.ClientSession", secret: str, message: Webhook) -> str | None:
    """Send one message; what went wrong, or None when it was heard."""
    import aiohttp

    body = message.body.encode()
    headers = {
        "Content-Type": "application/json",
        HEADER: sign(secret, int(time.time()), body),
        ID_HEADER: message.id,
    }
    try:
        async with session.post(
            message.url,
            data=body,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
        ) as reply:
            return None if reply.ok and reply.status < 300 else f"the answer was {reply.status}"
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return f"{type(error).__name__}: {error}"


def _session_of() -> "type[aiohttp.ClientSession]":
    try:
        import aiohttp
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "telling other programs needs aiohttp, which is not installed",
            hint='pip install "lorewright[web]"',
        ) from error
    return aiohttp.ClientSession


def _step(report: JobReport) -> Metrics | None:
    numbers = report.metrics
    if report.step is None or numbers == ReportedMetrics():
        return None
    return Metrics(
        report.step,
        numbers.epoch,
        numbers.loss,
        numbers.held_out_loss,
        numbers.learning_rate,
        numbers.grad_norm,
        numbers.loss_tokens,
        numbers.tokens_per_s,
    )


def _values(report: JobReport) -> dict[str, object]:
    """The columns of the job that the report speaks of."""
    numbers = report.metrics
    said = {
        "current_step": report.step,
        "total_steps": report.total_steps,
        "current_epoch": numbers.epoch,
        "loss": numbers.loss,
        "held_out_loss": numbers.held_out_loss,
        "loss_tokens": numbers.loss_tokens,
        "tokens_per_s": numbers.tokens_per_s,
        "phase": "fetch" if report.status == "completed" else None,
    }
    if report.status == "failed":
        said["error_kind"] = "TrainingFailed"
        said["error_sentence"] = report.error_message or "training failed on the other machine"
    return {name: value for name, value in said.items() if value is not None}


def _state(report: JobReport) -> TrainingState | None:
    # Completed is what has its files here, whatever anybody says.
    return STATES[report.status]


def _refuse(outcome: Hearing, job: str) -> None:
    if outcome is Hearing.UNKNOWN:
        raise NotFound(f"there is no training job called {job}")
    if outcome is Hearing.HERE:
        raise Refused(
            "this job is not worked on by another machine, so nobody reports on it from there",
            where=job,
        )
    if outcome is Hearing.OVER:
        raise Refused("this job is not being worked on now", where=job)
