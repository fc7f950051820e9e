"""Training over HTTP: order, list, look, follow, cancel, resume, and hear of jobs elsewhere."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from lorewright.api.house import Here, House
from lorewright.api.orders import JobOrder
from lorewright.api.stream import events_of
from lorewright.errors import NotFound, Refused
from lorewright.flows.job_words import job_told
from lorewright.flows.training import order_training
from lorewright.flows.training_jobs import (
    JobView,
    cancel_jobs,
    history_of,
    left_by,
    newest_views,
    pause_jobs,
    resume_jobs,
    views_named,
)
from lorewright.flows.webhooks import ID_HEADER, hear_report
from lorewright.store.training_jobs import TrainingState
from lorewright.train.executors.signing import HEADER

Name = Annotated[str, Path(max_length=64, description="A job.")]
Told = dict[str, Any]


def _one(here: House, job: str) -> JobView:
    """A job of this very name; that of a run is not meant here.

    Raises:
        NotFound: when there is none.
    """
    view = views_named(here.workspace, here.store, job)[0]
    if view.job.id != job:
        raise NotFound(f"there is no training job called {job}", hint="this is the name of a run")
    return view


def _known(job: Name, here: Here) -> JobView:
    """The same before a stream begins, when an error can still be said."""
    return _one(here, job)


routes = APIRouter(prefix="/api/training", tags=["training"])


@routes.post("/jobs", status_code=202)
@routes.post("/start-job", status_code=202)
def order(asked: JobOrder, here: Here) -> Told:
    """Order an adapter and its control; workers train them.

    Whoever orders the same again gets the run that is there.
    """
    settings = asked.settled(here.settings)
    run = order_training(here.workspace, here.store, settings, dataset=asked.dataset)
    if run is None:
        return {"success": True, "run": None, "training_job_id": None, "jobs": []}
    return _ordered(run, views_named(here.workspace, here.store, run))


@routes.get("/jobs")
def jobs(
    here: Here,
    limit: Annotated[int, Query(ge=1, le=1_000, description="How many at most.")] = 50,
) -> Told:
    """The newest jobs first."""
    found = newest_views(here.workspace, here.store, limit=limit)
    return {"jobs": [job_told(view) for view in found]}


@routes.get("/jobs/{job}")
def one_job(job: Name, here: Here) -> Told:
    """One job, with what it left."""
    view = _one(here, job)
    return {**job_told(view), "artifacts": [one._asdict() for one in left_by(here.store, job)]}


@routes.delete("/jobs/{job}")
def cancel(job: Name, here: Here) -> Told:
    """Cancel a job and the one that belongs to it; each writes a checkpoint first."""
    view = _one(here, job)
    if view.job.state in {TrainingState.COMPLETED, TrainingState.CANCELLED}:
        raise Refused(f"this job is {view.job.state} already", where=job)
    return {"jobs": [job_told(one) for one in cancel_jobs(here.workspace, here.store, job)]}


@routes.post("/jobs/{job}/pause")
def pause(job: Name, here: Here) -> Told:
    """Let a job and the one that belongs to it rest; each writes a checkpoint first."""
    _one(here, job)
    return {"jobs": [job_told(one) for one in pause_jobs(here.workspace, here.store, job)]}


@routes.post("/jobs/{job}/resume", status_code=202)
def resume(
    job: Name,
    here: Here,
    on: Annotated[
        str | None, Query(max_length=32, description="The place; where it was when left out.")
    ] = None,
) -> Told:
    """Let a job go on from its last checkpoint when a worker comes."""
    _one(here, job)
    run = resume_jobs(here.workspace, here.store, here.settings, job, on=on)
    return _ordered(run, views_named(here.workspace, here.store, run))


@routes.get("/jobs/{job}/metrics")
def metrics(
    job: Name,
    here: Here,
    since: Annotated[int, Query(ge=-1, description="Steps after this one.")] = -1,
) -> Told:
    """Every step of a job: loss, held-out loss, learning rate, gradient norm, tokens."""
    view = _one(here, job)  # looking is what writes down the newest steps
    steps = history_of(here.store, view.job.id, since=since)
    return {"job": job, "metrics": [one._asdict() for one in steps]}


@routes.get("/jobs/{job}/events", response_class=EventSourceResponse)
async def events(
    job: Annotated[JobView, Depends(_known)],
    here: Here,
    last_event_id: Annotated[int, Header(ge=-1, description="The last step seen.")] = -1,
) -> AsyncGenerator[ServerSentEvent]:
    """A job as it goes: `metric` for each step, `job` when it changes, `end` at the end."""
    async for event in events_of(here.workspace, here.store, job.job.id, since=last_event_id):
        yield event


@routes.post("/webhook")
async def webhook(request: Request, here: Here) -> Told:
    """Hear of a job that another machine works on; signed, and heard once."""
    body = await request.body()
    heard = await asyncio.to_thread(
        hear_report,
        here.store,
        here.settings.webhooks,
        body,
        signature=request.headers.get(HEADER),
        key=request.headers.get(ID_HEADER),
    )
    return {"success": True, "job": heard.job, "again": heard.is_again}


def _ordered(run: str, views: list[JobView]) -> Told:
    first = views[0]
    low, high = first.estimated_cost_usd or (None, None)
    seconds = first.job.estimated_seconds_high
    return {
        "success": True,
        "run": run,
        "training_job_id": first.job.id,
        "status": first.state,
        "jobs": [job_told(view) for view in views],
        "estimated_duration_minutes": None if seconds is None else round(seconds / 60, 2),
        "estimated_cost_usd": None if low is None else [low, high],
    }
