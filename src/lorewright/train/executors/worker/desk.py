"""The desk of a worker: job folders that came in, at most one of them in work."""

import re
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, model_validator

from lorewright.errors import BadRecord, Busy, LorewrightError, NotFound, TrainingFailed, UsageError
from lorewright.records import Value
from lorewright.train.claim import holder
from lorewright.train.events import EVENTS_FILE, Event, read_events
from lorewright.train.executors import parcel
from lorewright.train.executors.landing import (
    CHECKPOINTS,
    arriving,
    checkpoints_in,
    flush_below,
    result_files,
)
from lorewright.train.executors.local import start_claimed
from lorewright.train.executors.there import devices
from lorewright.train.executors.versions import version_here
from lorewright.train.executors.worker.download import download
from lorewright.train.executors.worker.reports import (
    Hook,
    JobStatus,
    is_due,
    message_of,
    status_of,
)
from lorewright.train.job import PATIENCE_S, cancel, is_finished, result_of
from lorewright.train.spec import SPEC_FILE, read_spec, write_spec

JOB_ID = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
MOST_JOB_BYTES = 2**32
WATCH_S = 0.2
NOTICE_S = 20.0
"""How long a job may take for its checkpoint when the machine ends."""


class Order(Value):
    """A job to be started."""

    job_id: str = Field(pattern=JOB_ID)
    dataset_url: str | None = None
    """Where the job's folder is fetched, as a parcel; None when it was uploaded."""
    dataset_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Of that parcel."""
    base_model: str | None = None
    """A folder among the worker's bases; None finds it by the hashes in the job."""
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> "Order":
        if (self.dataset_url is None) != (self.dataset_sha256 is None):
            raise ValueError("dataset_url and dataset_sha256 belong together")
        if (self.webhook_url is None) != (self.webhook_secret is None):
            raise ValueError("webhook_url and webhook_secret belong together")
        return self


class Status(Value):
    """How a job stands."""

    job_id: str
    status: JobStatus
    step: int | None = None
    total_steps: int | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    heard_at: float | None = None
    """When the training process last said something, in seconds since 1970, UTC."""
    lora_artifact_path: str | None = None
    error_message: str | None = None
    webhooks_sent: int = 0
    webhooks_lost: int = 0
    webhook_trouble: str | None = None


@dataclass(slots=True)
class Desk:
    """Takes jobs, runs one at a time, and reports.

    Args:
        folder: where jobs and base models lie.
        most_job_bytes: the largest job folder that is taken.
        ends_machine: whether the machine ends with the worker, as a container does; then a job
            in work is stopped with a checkpoint.
    """

    folder: Path
    most_job_bytes: int = MOST_JOB_BYTES
    ends_machine: bool = False
    _hooks: dict[str, Hook] = field(default_factory=dict[str, Hook])
    _watchers: dict[str, threading.Thread] = field(default_factory=dict[str, threading.Thread])
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        for shelf in ("jobs", "bases"):
            (self.folder / shelf).mkdir(parents=True, exist_ok=True)

    def health(self) -> dict[str, Any]:
        """What this worker is, and whether it is free."""
        return {
            "status": "ok",
            "version": version_here().model_dump(),
            "devices": devices(),
            "running": self.running(),
        }

    def running(self) -> str | None:
        """The job in work, also when it was started before this process."""
        for place in (self.folder / "jobs").glob(f"*/{SPEC_FILE}"):
            if holder(place.parent) is not None:
                return place.parent.name
        return None

    def take_job(self, job_id: str, tar: Path) -> None:
        """Take the folder of a job, as a parcel.

        Raises:
            BadRecord: when it is not whole, or another job has this id.
        """
        place = self._jobdir(job_id, must_exist=False)
        with arriving(place.parent) as folder:
            _unpack(tar, folder, most_bytes=self.most_job_bytes)
            spec = read_spec(folder)
            if not place.exists():
                folder.rename(place)
            elif read_spec(place).fingerprint != spec.fingerprint:
                raise BadRecord("another job has this id", where=job_id, hint="choose another id")

    def take_base(self, tar: Path) -> str:
        """Take a base model, as a parcel; it is called by the hash of its files."""
        with arriving(self.folder / "bases") as folder:
            files = _unpack(tar, folder, most_bytes=None)
            flush_below(folder)
            name = parcel.name_of(files)
            place = self.folder / "bases" / name
            if not place.exists():
                folder.rename(place)
        return name

    def start(self, order: Order) -> Status:
        """Start a job, or go on with it.

        Raises:
            Busy: when another one is in work.
            NotFound: when the job or its base model is not here.
        """
        with self._starting:
            running = self.running()
            if running is not None and running != order.job_id:
                raise Busy(f"the job {running} is in work", hint="stop it, or wait for its end")
            if order.dataset_url is not None and order.dataset_sha256 is not None:
                self._fetch(order.job_id, order.dataset_url, order.dataset_sha256)
            jobdir = self._jobdir(order.job_id)
            self._set_base(jobdir, order.base_model)
            self._set_hook(order)
            read_to = _size(jobdir / EVENTS_FILE)
            start_claimed(jobdir)
            watcher = self._watchers.get(order.job_id)
            if watcher is None or not watcher.is_alive():
                self._start_watcher(order.job_id, read_to)
        return self.status(order.job_id)

    def status(self, job_id: str) -> Status:
        """How a job stands.

        Raises:
            NotFound: when there is none of that id.
        """
        jobdir = self._jobdir(job_id)
        is_running = holder(jobdir) is not None
        events, _ = read_events(jobdir / EVENTS_FILE)
        last = events[-1] if events else None
        status = _ended(jobdir, last) if not is_running else _going(last)
        said = message_of(job_id, status, last)
        error = _why(jobdir) if status == "failed" else None
        hook = self._hooks.get(job_id)
        return Status(
            job_id=job_id,
            status=status,
            step=said.get("step"),
            total_steps=said.get("total_steps"),
            metrics=said.get("metrics", {}),
            heard_at=last.time if last else None,
            lora_artifact_path=said.get("lora_artifact_path"),
            error_message=error,
            webhooks_sent=hook.sent if hook else 0,
            webhooks_lost=hook.lost if hook else 0,
            webhook_trouble=hook.trouble if hook else None,
        )

    def stop(self, job_id: str, *, patience_s: float = PATIENCE_S) -> Status:
        """Stop a job; it writes a checkpoint first."""
        cancel(self._jobdir(job_id), patience_s=patience_s)
        return self.status(job_id)

    def result(self, job_id: str) -> dict[str, Path]:
        """The files of a finished job."""
        jobdir = self._jobdir(job_id)
        if not is_finished(jobdir):
            raise NotFound("this job has no result", where=job_id, hint="ask for its status")
        return result_files(jobdir)

    def checkpoint(self, job_id: str) -> tuple[str, dict[str, Path]]:
        """The newest checkpoint of a job, and its files."""
        jobdir = self._jobdir(job_id)
        newest = max(checkpoints_in(jobdir), default=None)
        if newest is None:
            raise NotFound("this job has no checkpoint", where=job_id)
        return newest, parcel.files_below(jobdir / CHECKPOINTS / newest)

    def close(self) -> None:
        """Stop reporting; a job in work goes on and is found again, unless the machine ends."""
        running = self.running() if self.ends_machine else None
        if running is not None:
            cancel(self._jobdir(running), patience_s=NOTICE_S)
        self._closing.set()

    def _jobdir(self, job_id: str, *, must_exist: bool = True) -> Path:
        place = self.folder / "jobs" / job_id
        if not re.fullmatch(JOB_ID, job_id):
            raise UsageError("this is no id of a job", where=repr(job_id[:80]))
        if must_exist and not (place / SPEC_FILE).exists():
            raise NotFound("there is no such job here", where=job_id, hint="upload its folder")
        return place

    def _fetch(self, job_id: str, url: str, sha256: str) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            tar = Path(scratch) / "job.tar"
            download(url, tar, sha256=sha256, most_bytes=self.most_job_bytes)
            self.take_job(job_id, tar)

    def _set_base(self, jobdir: Path, name: str | None) -> None:
        spec = read_spec(jobdir)
        if name is not None and not NAME.fullmatch(name):
            raise UsageError("this is no name of a base model", where=repr(name[:80]))
        place = self.folder / "bases" / (name or parcel.name_of(spec.base_files))
        if not place.is_dir():
            raise NotFound(
                "the base model of this job is not here",
                where=place.name,
                hint="upload it, or mount it into the worker's folder `bases`",
            )
        write_spec(jobdir, spec.model_copy(update={"base_folder": str(place)}))

    def _set_hook(self, order: Order) -> None:
        if order.webhook_url is not None and order.webhook_secret is not None:
            secret = order.webhook_secret.get_secret_value()
            self._hooks[order.job_id] = Hook(order.webhook_url, secret)

    def _start_watcher(self, job_id: str, read_to: int) -> None:
        watcher = threading.Thread(target=self._watch, args=(job_id, read_to), daemon=True)
        self._watchers[job_id] = watcher
        watcher.start()

    def _watch(self, job_id: str, read_to: int) -> None:
        """Report until the process has ended, however it ends."""
        jobdir, hook = self._jobdir(job_id), self._hooks.get(job_id)
        status: JobStatus = "queued"
        while not self._closing.is_set():
            is_alive = holder(jobdir) is not None  # before reading, for the last words
            events, read_to = read_events(jobdir / EVENTS_FILE, since=read_to)
            for event in events:
                reached = status_of(event, status)
                if hook and is_due(event, is_change=reached != status):
                    hook.tell(message_of(job_id, reached, event), stop=self._closing)
                status = reached
            if not is_alive:
                break
            time.sleep(WATCH_S)
        ended = self.status(job_id)
        if hook and ended.status != status and not self._closing.is_set():
            died = message_of(job_id, ended.status, None)
            hook.tell({**died, "error_message": ended.error_message}, stop=self._closing)


def _going(last: Event | None) -> JobStatus:
    """Of a job that runs; what an earlier attempt said last is over."""
    status: JobStatus = status_of(last, "queued") if last else "queued"
    return status if status in {"queued", "preprocessing", "training"} else "preprocessing"


def _ended(jobdir: Path, last: Event | None) -> JobStatus:
    if is_finished(jobdir):
        return "completed"
    if last is None:
        return "queued"
    return "cancelled" if last.phase == "cancelled" else "failed"


def _why(jobdir: Path) -> str:
    try:
        result_of(jobdir)
    except TrainingFailed as error:
        return error.sentence  # its `where` is a piece of a log, and stays here
    except LorewrightError as error:
        return ": ".join(part for part in (error.sentence, error.where) if part)
    return "it ended"


def _unpack(tar: Path, folder: Path, *, most_bytes: int | None) -> list[Any]:
    with tar.open("rb") as stream:
        return list(parcel.unpack(stream, folder, most_bytes=most_bytes))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
