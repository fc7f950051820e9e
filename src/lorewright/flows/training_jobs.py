"""Training jobs as people and programs see and steer them, from any process.

A job is looked at where it is: the tables say what was heard, and when nobody follows its
process here, what it said meanwhile is heard first. Steering writes a wish for the run; where
no worker is there to do it, whoever wishes ends the process himself.
"""

import json
import os
import platform
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lorewright import train
from lorewright.errors import Refused
from lorewright.flows.attempts import stop_elsewhere
from lorewright.flows.destinations import Brought, again, chosen
from lorewright.flows.hearing import Hearing
from lorewright.flows.runs import start_run
from lorewright.flows.training_orders import WORK, TrainingOrder, attach_jobs, limits_of
from lorewright.jobs.controls import cancel as cancel_run
from lorewright.jobs.controls import pause as pause_run
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from lorewright.store.training_jobs import (
    TrainingJob,
    TrainingState,
    job_named,
    jobs_of_run,
    limit_jobs,
    move_job,
    newest_jobs,
    note_job,
)
from lorewright.store.training_metrics import Artifact, Metrics, artifacts_of, metrics_of
from lorewright.store.work_runs import order_of
from lorewright.train.claim import holder
from lorewright.train.events import EVENTS_FILE, read_events, tick
from lorewright.train.pulse import STALLED_AT_LEAST_S, age_s, is_stalled

STALLED = "stalled"
UNREACHABLE = "unreachable"
LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class JobView:
    """A job at one moment."""

    job: TrainingJob
    state: str
    """As the job has it, or `stalled`: it runs and has said nothing for too long; or
    `unreachable`: the place where it runs does not answer."""
    age_s: float | None
    """How long ago its process said something, where that can be told."""
    eta_s: float | None
    """Seconds to its last step at the pace of this attempt; None when it does not run."""
    cost_usd: Decimal
    """Of all attempts so far, the silence since its last word included."""
    machine_seconds: float

    @property
    def progress(self) -> float | None:
        """The share of its loss tokens that is done, over all attempts; None before the first."""
        job = self.job
        if job.state is TrainingState.COMPLETED:
            return 1.0
        if not job.total_loss_tokens:
            return None
        return min(1.0, job.loss_tokens / job.total_loss_tokens)

    @property
    def is_over(self) -> bool:
        """Whether nothing happens any more unless somebody says so."""
        return self.job.state.is_resumable or self.job.state is TrainingState.COMPLETED

    @property
    def gpu_hours(self) -> float:
        """Hours of a GPU; none where it ran on CPUs."""
        on_gpu = self.job.device not in {None, "cpu", "ssh:cpu", "ssh:any", "sky:cpu"}
        return self.machine_seconds / 3600 if on_gpu else 0.0

    @property
    def estimated_cost_usd(self) -> tuple[Decimal, Decimal] | None:
        """At least and at most, as it was estimated before; None when nothing was known."""
        low, high = self.job.estimated_seconds_low, self.job.estimated_seconds_high
        if low is None or high is None:
            return None
        return self.job.at_this_price(low), self.job.at_this_price(high)


def look(
    workspace: Workspace,
    store: Store,
    jobs: Iterable[TrainingJob],
    *,
    stalled_after_s: float = STALLED_AT_LEAST_S,
) -> list[JobView]:
    """How jobs stand now, with what their processes said a moment ago.

    Args:
        workspace: where their folders are.
        store: where everything is kept.
        jobs: as their rows have them.
        stalled_after_s: nobody is called stalled before so many seconds.
    """
    return [_look(workspace, store, job, stalled_after_s) for job in jobs]


def newest_views(workspace: Workspace, store: Store, *, limit: int = 20) -> list[JobView]:
    """The newest jobs first."""
    return look(workspace, store, newest_jobs(store, limit=limit))


def views_named(workspace: Workspace, store: Store, name: str) -> list[JobView]:
    """The job of a name, or the jobs of a run of that name.

    Raises:
        NotFound: when there is neither.
    """
    return look(workspace, store, jobs_named(store, name))


def jobs_named(store: Store, name: str) -> list[TrainingJob]:
    """The job of a name, or the jobs of a run of that name.

    Raises:
        NotFound: when there is neither.
    """
    found = jobs_of_run(store, name)
    return found or [job_named(store, name)]


def history_of(store: Store, job: str, *, since: int = -1) -> list[Metrics]:
    """The steps of a job after step `since`."""
    return metrics_of(store, job, since=since)


def left_by(store: Store, job: str) -> list[Artifact]:
    """What a job left on the disk and in the store."""
    return artifacts_of(store, job)


def cancel_jobs(workspace: Workspace, store: Store, name: str) -> list[JobView]:
    """Stop a job and the one that belongs to it: checkpoint, terminate, in the end kill.

    The adapter and its control are one run, since either is worth nothing without the other.
    `resume_jobs` goes on from the checkpoints.

    Raises:
        NotFound: when there is no such job.
        Refused: when it has ended.
    """
    return _stop(workspace, store, name, TrainingState.CANCELLED)


def pause_jobs(workspace: Workspace, store: Store, name: str) -> list[JobView]:
    """The same, for a while.

    Raises:
        NotFound: when there is no such job.
        Refused: when it has ended.
    """
    return _stop(workspace, store, name, TrainingState.PAUSED)


def resume_jobs(
    workspace: Workspace, store: Store, settings: Settings, name: str, *, on: str | None = None
) -> str:
    """Let jobs that rest go on from their last checkpoints, with the limits of `settings`.

    Nothing is done here: workers find it, or `see_through` does it. With
    `jobs.retry_out_of_memory` a job that ran out of memory goes on with the smallest change that
    may fit.

    Args:
        workspace: where their folders are.
        store: where everything is kept.
        settings: limits, places, and who is told.
        name: a job, or a run.
        on: the place where they go on; None where they were.

    Returns:
        The run that goes on; another one when the old one cannot.

    Raises:
        NotFound: when there is no such job.
        Refused: when nothing is left of it.
        BadSettings: when there is no such place.
    """
    jobs = jobs_named(store, name)
    before = jobs[0].run
    if all(job.state is TrainingState.COMPLETED for job in jobs_of_run(store, before)):
        raise Refused(
            "this training is completed; nothing is left to resume",
            where=name,
            hint="`lorewright jobs show` says what came of it",
        )
    order = TrainingOrder.of(order_of(store, before).request)
    if settings.jobs.retry_out_of_memory:
        _make_smaller(workspace, store, before)
    run = start_run(store, WORK, order.as_request())
    elsewhere = settings.elsewhere
    to = again(elsewhere, jobs[0].destination) if on is None else chosen(elsewhere, on)
    url = settings.webhooks.url
    attach_jobs(store, run, order, settings.jobs, webhook_url=url, destination=to)
    limit_jobs(store, run, limits_of(settings.jobs))
    return run


def watch_jobs(
    workspace: Workspace,
    store: Store,
    name: str,
    tell: Callable[[Sequence[JobView]], None],
    *,
    look_s: float = LOOK_S,
) -> list[JobView]:
    """Tell how jobs stand, over and over, until all of them are over.

    Raises:
        NotFound: when there is no such job.
    """
    names = [job.id for job in jobs_named(store, name)]
    while True:
        views = look(workspace, store, [job_named(store, one) for one in names])
        tell(views)
        if all(view.is_over for view in views):
            return views
        time.sleep(look_s)


def _look(workspace: Workspace, store: Store, job: TrainingJob, stalled_after_s: float) -> JobView:
    if not job.state.is_active:
        return JobView(job, job.state, None, None, job.cost_usd, job.machine_seconds)
    if job.destination is not None:
        return _look_elsewhere(job)
    folder = _here(workspace, job)
    is_alive = folder is not None and holder(folder) is not None
    if folder is not None:
        Hearing(store, job, folder, workspace.folder).listen()
        job = job_named(store, job.id)
    now = tick()
    age = age_s(job.last_tick, now) if folder is not None else None
    silent = age if is_alive and age is not None else 0.0
    took = job.machine_seconds + silent
    stalls = is_alive and job.phase in {"train", "checkpoint"}
    stalled = stalls and is_stalled(age, job.step_s, at_least_s=stalled_after_s)
    eta = None if job.eta_s is None else max(0.0, job.eta_s - silent)
    state = STALLED if stalled else job.state
    return JobView(job, state, age, eta, job.cost_of(took), took)


def _look_elsewhere(job: TrainingJob) -> JobView:
    """As whoever follows it heard last; what the place says now costs seconds to ask."""
    is_heard = job.heard_at is not None and job.last_tick is not None
    age = max(0.0, job.now - (job.heard_at or 0.0)) if is_heard else None
    took = job.machine_seconds + (age or 0.0)
    state = job.state if job.unreachable_since is None else UNREACHABLE
    eta = None if job.eta_s is None else max(0.0, job.eta_s - (age or 0.0))
    return JobView(job, state, age, eta, job.cost_of(took), took)


def _make_smaller(workspace: Workspace, store: Store, run: str) -> None:
    """Let the jobs of a run that ran out of memory go on with less."""
    for job in jobs_of_run(store, run):
        folder = _here(workspace, job)
        if job.destination is not None and job.folder is not None:
            folder = workspace.folder / job.folder  # what it said there is mirrored here
        if job.state is not TrainingState.FAILED or folder is None or not folder.is_dir():
            continue
        said, _ = read_events(folder / EVENTS_FILE)
        fits = said[-1].fits if said else None
        if fits is not None:
            train.with_memory(folder, fits)
            retries = json.dumps([*job.retries, fits.in_words()])
            note_job(store, job.id, retry_count=job.retry_count + 1, retries=retries)


def _here(workspace: Workspace, job: TrainingJob) -> Path | None:
    """The folder of a job whose process is on this machine."""
    if job.folder is None or job.destination is not None or job.host != platform.node()[:64]:
        return None
    folder = workspace.folder / job.folder
    return folder if folder.is_dir() else None


def _stop(workspace: Workspace, store: Store, name: str, to: TrainingState) -> list[JobView]:
    run = jobs_named(store, name)[0].run
    wish = cancel_run if to is TrainingState.CANCELLED else pause_run
    wish(store, run)
    end_processes(workspace, store, run, to)
    return look(workspace, store, jobs_of_run(store, run))


def end_processes(workspace: Workspace, store: Store, run: str, to: TrainingState) -> None:
    """End what still trains for a run that was told to stop, whether or not a worker is there."""
    folders = [
        folder
        for job in jobs_of_run(store, run)
        if job.state.is_active and (folder := _here(workspace, job)) is not None
    ]
    for folder in folders:  # all of them are told before the first is waited for
        if (process := holder(folder)) is not None:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)
    for folder in folders:
        train.cancel(folder)
    for job in jobs_of_run(store, run):
        if job.state.is_active:
            _end_elsewhere(workspace, store, job)
    for view in look(workspace, store, jobs_of_run(store, run)):
        move_job(store, view.job.id, to)


def _end_elsewhere(workspace: Workspace, store: Store, job: TrainingJob) -> None:
    """End the process of a job that was brought to another place, and hear its last words."""
    brought = Brought.of(job)
    if brought is None or job.folder is None:
        return
    stop_elsewhere(store, job.id, brought)
    folder = workspace.folder / job.folder
    if folder.is_dir():
        hearing = Hearing(store, job_named(store, job.id), folder, workspace.folder)
        hearing.listen()
        hearing.note_checkpoints()
