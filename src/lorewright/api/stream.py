"""A training job as a stream of events, which a caller who was cut off can take up again."""

import asyncio
import json
from collections.abc import AsyncGenerator

from fastapi.sse import ServerSentEvent

from lorewright.flows.job_words import job_told
from lorewright.flows.training_jobs import JobView, history_of, views_named
from lorewright.store import Store, Workspace
from lorewright.store.training_metrics import Metrics

LOOK_S = 0.5


async def events_of(
    workspace: Workspace, store: Store, job: str, *, since: int
) -> AsyncGenerator[ServerSentEvent]:
    """How a job stands whenever that changes, and every step that it has done.

    An event `metric` is a step, with the step's number as its id: whoever comes back with the
    last id that he has seen misses none and hears none twice. An event `job` is the whole of
    how it stands. An event `end` says that nothing follows unless somebody resumes the job.

    Args:
        workspace: where the job's folder is.
        store: where the job is.
        job: its name.
        since: the last step that the caller knows; -1 for none.
    """
    known = ""
    while True:
        view, steps = await asyncio.to_thread(_look, workspace, store, job, since)
        for step in steps:
            since = step.step
            yield ServerSentEvent(data=step._asdict(), event="metric", id=str(since))
        told = json.dumps(job_told(view), default=str, sort_keys=True)
        if told != known:
            known = told
            yield ServerSentEvent(raw_data=told, event="job")
        if view.is_over:
            yield ServerSentEvent(data={"state": view.state}, event="end")
            return
        await asyncio.sleep(LOOK_S)


def _look(
    workspace: Workspace, store: Store, job: str, since: int
) -> tuple[JobView, list[Metrics]]:
    # Looked at before its steps are read: looking is what writes down the newest ones.
    view = views_named(workspace, store, job)[0]
    return view, history_of(store, view.job.id, since=since)
