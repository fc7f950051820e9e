"""Laying a training job down, so that its process finds all that it needs."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from lorewright import train
from lorewright.flows.adapting import POCKET, AdapterPlan, Adapting, Hands, Role
from lorewright.flows.current import refuse_erased
from lorewright.flows.destinations import Destination, going_to
from lorewright.flows.hearing import MAKING_BASE
from lorewright.flows.preflight import Ground, before_training
from lorewright.flows.training_orders import TrainingOrder
from lorewright.jobs import Here
from lorewright.records import Adapter, BaseLanguageModel, Dataset
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, refuse_withdrawn
from lorewright.store.run_engine import only_one
from lorewright.store.training_jobs import TrainingJob, job_named, jobs_of_run, note_job
from lorewright.train import Event
from lorewright.train.estimate import write_expected
from lorewright.train.events import tick
from lorewright.train.preflight import Preflight

TELL_BASE_S = 1.0
"""How often the jobs of a run are told how far the making of their base is."""

Watch = Callable[[str, Event], None]
"""Is told what is being trained (`pocket`, `tuned`, `permuted-control`) and what happened."""

OnPreflight = Callable[[Preflight], None]
"""Is told what was found before anything is trained."""


class Ready(NamedTuple):
    """A job with all that its process needs on the disk."""

    job: TrainingJob
    plan: AdapterPlan
    base: BaseLanguageModel
    made: Adapter | None
    """The adapter, when it was made before."""


class Preparing:
    """Lays the jobs of one worker down; a pocket base is made by one process at a time.

    Args:
        workspace: where jobs have their folders.
        store: where everything is kept.
        settings: of the operator of this process.
        watch: is told how the making of a base goes.
        on_preflight: is told what is found in the way of a job that nobody has begun.
        poll_s: how often to look whether another process has made a base.
    """

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        settings: Settings,
        *,
        watch: Watch,
        on_preflight: OnPreflight,
        poll_s: float,
    ) -> None:
        self.findings: dict[str, Preflight] = {}
        """What was found before a run, by its name; each is looked at once."""
        self._workspace = workspace
        self._store = store
        self._settings = settings
        self._watch = watch
        self._on_preflight = on_preflight
        self._poll_s = poll_s
        self._base = asyncio.Lock()
        self._bases: dict[str, tuple[BaseLanguageModel, train.BaseFolder]] = {}
        self._told_base = 0.0

    async def prepared(self, place: Here, order: TrainingOrder, job: TrainingJob) -> Ready:
        """Lay the job down.

        Raises:
            Refused: when something must be mended before it may begin.
            Incomplete: when its run was told to rest.
        """
        async with self._base:
            while True:
                ready = await asyncio.to_thread(self._prepare, place, order, job)
                if ready is not None:
                    return ready
                place.stop()
                await asyncio.sleep(self._poll_s)

    def _prepare(self, place: Here, order: TrainingOrder, job: TrainingJob) -> Ready | None:
        role: Role = "tuned" if job.role == "tuned" else "permuted-control"
        data = self._store.get(order.dataset, Dataset)
        refuse_withdrawn(self._store, [data.ref], doing="training on")
        refuse_erased(self._store, data.ref, doing="training on")
        adapting = Adapting(self._workspace, self._store, order.settings, data)
        with only_one(self._store, f"base-{order.dataset.id[:16]}") as is_mine:
            if not is_mine:
                return None
            place.stop()
            hands = Hands(partial(self._making_base, job.run), place.stop)
            base, folder = self._bases.get(order.settings.base) or adapting.base(hands)
            if base.origin == "outside":  # looked at once: its files are hashed
                self._bases[order.settings.base] = (base, folder)
            plan = adapting.plan(role, base, folder.name, forced=order.forced)
            made = self._store.memo(plan.memo)
            found: Preflight | None = None
            if made is None and job.folder != self._workspace.local_path(plan.folder):
                found = self._looked(job, order, data, folder)
                forced = sorted({*order.forced, *found.forced})
                plan = adapting.plan(role, base, folder.name, forced=forced)
                made = self._store.memo(plan.memo)
            if made is not None:
                return Ready(job, plan, base, self._store.get(made[0], Adapter))
            self._lay_down(adapting, plan, folder, order)
            if found is not None and found.estimate is not None and job.destination is None:
                write_expected(plan.folder, found.estimate.expected)
        where = self._workspace.local_path(plan.folder)
        fresh = {} if job.folder == where else {"events_read": 0, "last_tick": None}
        if job_named(self._store, job.id).phase == MAKING_BASE:
            fresh |= {"phase": "queue", "current_step": 0, "total_steps": None}
        told = {**fresh, **_expected(job, found)}
        note_job(self._store, job.id, folder=where, base_model=str(base.ref), **told)
        return Ready(job_named(self._store, job.id), plan, base, None)

    def _making_base(self, run: str, event: Event) -> None:
        """Let whoever looks at the jobs of a run see what all of them wait for."""
        self._watch(POCKET, event)
        if tick() < self._told_base:
            return
        self._told_base = tick() + TELL_BASE_S
        for job in jobs_of_run(self._store, run):
            steps = {"current_step": event.step or 0, "total_steps": event.steps}
            note_job(self._store, job.id, phase=MAKING_BASE, **steps)

    def _looked(
        self, job: TrainingJob, order: TrainingOrder, data: Dataset, base: train.BaseFolder
    ) -> Preflight:
        """Look at what is about to be begun, once for all jobs of a run.

        Whoever ordered it could not look at a base that was not made, nor at this machine.

        Raises:
            Refused: when something must be mended first.
        """
        found = self.findings.get(job.run)
        if found is None:
            place = going_to(Destination.of(job.destination))
            settings = self._settings.model_copy(
                update={"training": order.settings, "elsewhere": place}
            )
            ground = Ground(self._workspace, self._store, data, settings)
            found = before_training(ground, base.folder)
            self._on_preflight(found)
            found = self.findings[job.run] = replace(found, tokens_of=())
        found.refuse_if_blocked()
        return found

    def _lay_down(
        self, adapting: Adapting, plan: AdapterPlan, base: train.BaseFolder, order: TrainingOrder
    ) -> None:
        # Two processes side by side; the share is the same when only one is left to train,
        # since a job that goes on must be the job that was begun.
        threads = max(1, order.settings.threads // 2)
        settings = order.settings.model_copy(update={"threads": threads})
        plan.keep_recipe()
        adapting.remember(plan.folder)
        train.prepare(
            plan.folder,
            adapting.lessons(plan.role),
            base=base,
            settings=settings,
            most_gb=self._settings.jobs.memory_gb,
            recipes=adapting.recipes,
        )


def _expected(job: TrainingJob, found: Preflight | None) -> dict[str, float]:
    """How long a job may take, where nobody said so when it was ordered."""
    is_known = job.estimated_seconds_low is not None
    if found is None or found.estimate is None or is_known or job.destination is not None:
        return {}
    low, _, high = found.estimate.seconds
    return {"estimated_seconds_low": round(low, 1), "estimated_seconds_high": round(high, 1)}
