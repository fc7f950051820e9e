"""Does the shards of training runs: each starts or adopts the process of one adapter.

The process does not care who follows it. A worker that leaves lets it go on, one that dies
cannot harm it, and whoever takes the shard next finds it where it is.
"""

import asyncio
import json
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import JsonValue

from lorewright import train
from lorewright.errors import (
    BudgetReached,
    Incomplete,
    LorewrightError,
    OutOfMemory,
    Stopped,
    TrainingFailed,
)
from lorewright.flows.adapting import POCKET, AdapterPlan, Adapting, Hands, Role
from lorewright.flows.attempts import (
    Attempt,
    ElsewhereAttempt,
    HereAttempt,
    clear_elsewhere,
    leave_behind,
)
from lorewright.flows.current import refuse_erased
from lorewright.flows.destinations import Brought, Destination, chosen, executor_of, going_to
from lorewright.flows.hearing import MAKING_BASE, Hearing
from lorewright.flows.naming import set_newest
from lorewright.flows.preflight import Ground, before_training
from lorewright.flows.training_devices import processes_of, slots_of
from lorewright.flows.training_orders import TrainingOrder, attach_jobs, devices_for
from lorewright.jobs import Here, ShardResult, here
from lorewright.lineage import Ref
from lorewright.records import Adapter, BaseLanguageModel, Dataset
from lorewright.settings import Settings
from lorewright.store import Making, Store, Workspace, forget_file, refuse_withdrawn, seconds
from lorewright.store.run_engine import only_one
from lorewright.store.training_jobs import (
    Device,
    TrainingJob,
    TrainingState,
    claim_slot,
    free_slot,
    job_named,
    jobs_in,
    jobs_of_run,
    move_job,
    note_job,
    price_job,
    slots_left_behind,
)
from lorewright.store.training_metrics import Artifact, note_artifacts
from lorewright.store.work_runs import Ending, Wish, standing_of
from lorewright.store.work_shards import Shard
from lorewright.train import Event
from lorewright.train.claim import holder
from lorewright.train.estimate import write_expected
from lorewright.train.events import now, tick
from lorewright.train.memory import Memory
from lorewright.train.preflight import Preflight
from lorewright.train.prices import price_of

POLL_S = 0.2
LOOK_AT_COST_S = 1.0
LOOK_BEHIND_S = 30.0
"""How often a place elsewhere is asked for processes that nobody follows."""
ADAPTER_FILE = "adapter_model.safetensors"

Watch = Callable[[str, Event], None]
"""Is told what is being trained (`pocket`, `tuned`, `permuted-control`) and what happened."""

OnPreflight = Callable[[Preflight], None]
"""Is told what was found before anything is trained."""

_away = asyncio.to_thread


class _Ready(NamedTuple):
    """A job with all that its process needs on the disk."""

    job: TrainingJob
    plan: AdapterPlan
    base: BaseLanguageModel
    made: Adapter | None
    """The adapter, when it was made before."""


class TrainingHandler:
    """Sees training jobs through; one serves one run engine.

    Args:
        workspace: where jobs have their folders.
        store: where everything is kept.
        settings: of the operator of this process: slots, limits, prices.
        watch: is told what the processes say, as long as they are followed here.
        on_preflight: is told what is found in the way of a job that nobody has begun.
        poll_s: how often to look.
    """

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        settings: Settings,
        *,
        watch: Watch = lambda _role, _event: None,
        on_preflight: OnPreflight = lambda _found: None,
        poll_s: float = POLL_S,
    ) -> None:
        self.followed: set[str] = set()
        """The jobs whose processes are or were followed here."""
        self.findings: dict[str, Preflight] = {}
        """What was found before a run, by its name; each is looked at once."""
        self._workspace = workspace
        self._store = store
        self._whole_settings = settings
        self._settings = settings.jobs
        self.watch = watch
        """Is told what the processes say."""
        self._on_preflight = on_preflight
        self._poll_s = poll_s
        self._base = asyncio.Lock()
        self._bases: dict[str, tuple[BaseLanguageModel, train.BaseFolder]] = {}
        self._host = platform.node()[:64]
        self._looked_behind: dict[str, float] = {}
        self._told_base = 0.0

    async def shards(self, request: Mapping[str, JsonValue]) -> Iterable[Shard]:
        """One shard for each adapter."""
        return [Shard((role,), 1) for role in TrainingOrder.of(request).roles]

    async def do(self, request: Mapping[str, JsonValue], shard: tuple[str, ...]) -> ShardResult:
        """See one adapter through, from wherever it is."""
        place, order = here(), TrainingOrder.of(request)
        job = await _away(self._job, place.run, order, shard[0])
        try:
            again = await self._see_through(place, order, job)
        except Incomplete as error:
            await _away(self._rest, job.id, place.run, error)
            raise
        except LorewrightError as error:
            await _away(self._failed, job.id, error)
            raise
        await _away(self._end_of_run, place.run, order)
        return ShardResult(done=1, made=1, again=int(again))

    def _job(self, run: str, order: TrainingOrder, role: str) -> TrainingJob:
        known = {job.role: job for job in jobs_of_run(self._store, run)}
        if role not in known:
            to = chosen(self._whole_settings.elsewhere)
            attach_jobs(self._store, run, order, self._settings, destination=to)
            known = {job.role: job for job in jobs_of_run(self._store, run)}
        if known[role].state.is_resumable:
            move_job(self._store, known[role].id, TrainingState.QUEUED)
        return known[role]

    async def _see_through(self, place: Here, order: TrainingOrder, job: TrainingJob) -> bool:
        """Bring a job to its end; whether it had been done before."""
        async with self._base:
            ready = await self._prepared(place, order, job)
        if ready.made is not None:
            await _away(self._complete, ready, ready.made)
            return True
        together = await _away(self._together, ready)
        while (device := await _away(self._claim, job.id, together)) is None:
            place.stop()
            await asyncio.sleep(self._poll_s)
        retries = 1 if self._settings.retry_out_of_memory else 0
        while True:
            try:
                await self._one_attempt(place, ready, device)
            except OutOfMemory as error:
                if not retries or not isinstance(error.fits, Memory):
                    raise
                retries -= 1
                await _away(self._shrink, ready, error.fits)
            else:
                break
        await _away(self._keep, ready, order)
        return False

    async def _prepared(self, place: Here, order: TrainingOrder, job: TrainingJob) -> _Ready:
        """Lay the job down; only one process makes a pocket base at a time."""
        while True:
            ready = await _away(self._prepare, place, order, job)
            if ready is not None:
                return ready
            place.stop()
            await asyncio.sleep(self._poll_s)

    def _prepare(self, place: Here, order: TrainingOrder, job: TrainingJob) -> _Ready | None:
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
                return _Ready(job, plan, base, self._store.get(made[0], Adapter))
            self._lay_down(adapting, plan, folder, order)
            if found is not None and found.estimate is not None and job.destination is None:
                write_expected(plan.folder, found.estimate.expected)
        where = self._workspace.local_path(plan.folder)
        fresh = {} if job.folder == where else {"events_read": 0, "last_tick": None}
        if job_named(self._store, job.id).phase == MAKING_BASE:
            fresh |= {"phase": "queue", "current_step": 0, "total_steps": None}
        told = {**fresh, **_expected(job, found)}
        note_job(self._store, job.id, folder=where, base_model=str(base.ref), **told)
        return _Ready(job_named(self._store, job.id), plan, base, None)

    def _making_base(self, run: str, event: Event) -> None:
        """Let whoever looks at the jobs of a run see what all of them wait for."""
        self.watch(POCKET, event)
        if tick() < self._told_base:
            return
        self._told_base = tick() + LOOK_AT_COST_S
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
            settings = self._whole_settings.model_copy(
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
            most_gb=self._settings.memory_gb,
            recipes=adapting.recipes,
        )

    def _together(self, ready: _Ready) -> int:
        """The slots that a job takes at once; what an hour of them costs is noted with it."""
        if ready.job.destination is not None:
            return 1  # a place has a price and slots of its own, whatever its machine holds
        devices = devices_for(self._settings)
        processes = processes_of(ready.plan.folder, devices)
        if processes > 1:
            price = price_of(devices[0].name, self._settings.prices)
            price_job(self._store, ready.job.id, price.usd_per_hour * processes)
        return slots_of(processes, devices)

    def _claim(self, job: str, together: int) -> str | None:
        to = Destination.of(job_named(self._store, job).destination)
        host, devices = (self._host, devices_for(self._settings)) if to is None else _of(to)
        claim = partial(claim_slot, self._store, job, host, devices, together=together)
        device = claim()
        if device is not None:
            return device
        if to is not None and tick() < self._looked_behind.get(host, 0.0):
            return None
        self._looked_behind[host] = tick() + LOOK_BEHIND_S
        for other in slots_left_behind(self._store, host):
            if not self._runs(other):
                free_slot(self._store, other)
        return claim()

    def _runs(self, job: TrainingJob) -> bool:
        """Whether a process works on a job that nobody follows, as far as anybody can tell."""
        if job.destination is None:
            return self._is_alive(job)
        brought = Brought.of(job)
        if brought is None:
            return False
        try:
            return executor_of(brought.destination).poll(brought.place).is_alive is not False
        except LorewrightError:
            return True

    async def _one_attempt(self, place: Here, ready: _Ready, device: str) -> None:
        """Start or adopt the process and follow it to its end."""
        folder, job = ready.plan.folder, ready.job
        begin = partial(move_job, self._store, job.id, TrainingState.INITIALIZING, phase="load")
        if not await _away(begin):
            raise Stopped("the training job was told to rest", where=job.id)
        left = await _away(leave_behind, self._store, job_named(self._store, job.id))
        self._tell(ready, left)
        attempt = self._attempt(ready, device)
        since = await _away(attempt.begin)
        self.followed.add(job.id)
        try:
            await self._follow(place, ready, attempt)
            await _away(partial(train.result_of, folder, since=since))
        except BaseException as error:
            goes = await _away(self._goes, place.run)
            if goes and isinstance(error, Stopped | asyncio.CancelledError):
                raise  # only this worker leaves; the process goes on and is adopted
            await _away(attempt.stop)
            await _away(self._hearing(ready).listen)
            if isinstance(error, Incomplete) and not isinstance(error, Stopped | BudgetReached):
                raise _told_to_stop(job.id, place.run, goes=goes) from error
            raise

    def _attempt(self, ready: _Ready, device: str) -> Attempt:
        folder, job = ready.plan.folder, job_named(self._store, ready.job.id)
        to = Destination.of(job.destination)
        if to is None:
            return HereAttempt(self._store, job.id, folder, device)
        return ElsewhereAttempt(
            self._store,
            job.id,
            folder,
            to,
            self._whole_settings.elsewhere,
            device=device,
            on_fetched=lambda: self._hearing(ready).note_checkpoints(),
        )

    def _tell(self, ready: _Ready, note: str | None) -> None:
        if note is not None:
            self.watch(ready.plan.role, Event(phase="done", time=now(), note=note))

    async def _follow(self, place: Here, ready: _Ready, attempt: Attempt) -> None:
        hearing, looked_at = self._hearing(ready), tick()
        while True:
            # Asked before listening, so that the last words of one that just ended are heard.
            is_alive = await _away(attempt.is_alive)
            for event in await _away(hearing.listen):
                self.watch(ready.plan.role, event)
            if not is_alive:
                return
            place.stop()
            if tick() - looked_at > LOOK_AT_COST_S:
                looked_at = tick()
                await _away(self._refuse_beyond_limits, ready.job.id, hearing, attempt)
            await asyncio.sleep(self._poll_s)

    def _hearing(self, ready: _Ready) -> Hearing:
        job = job_named(self._store, ready.job.id)
        return Hearing(self._store, job, ready.plan.folder, self._workspace.folder)

    def _refuse_beyond_limits(self, name: str, hearing: Hearing, attempt: Attempt) -> None:
        """Stop when the process, with the silence since its last word, took what it may.

        Raises:
            BudgetReached: saying what was reached.
        """
        job = job_named(self._store, name)
        took = hearing.heard.machine_seconds + attempt.silent_s(job, hearing.heard.last_tick)
        if job.max_seconds is not None and took >= job.max_seconds:
            raise BudgetReached(
                f"the process took the {job.max_seconds / 60:g} minutes that it may",
                where=name,
                hint=f"`lorewright jobs resume {name} --max-minutes N` goes on with more",
            )
        if job.max_cost_usd is None:
            return
        others = [one for one in jobs_of_run(self._store, job.run) if one.id != name]
        cost = job.cost_of(took) + sum(one.cost_usd for one in others)
        if cost >= job.max_cost_usd:
            raise BudgetReached(
                f"training cost the ${job.max_cost_usd} that it may",
                where=name,
                hint=f"`lorewright jobs resume {name} --max-cost USD` goes on with more",
            )

    def _shrink(self, ready: _Ready, fits: Memory) -> None:
        job = job_named(self._store, ready.job.id)
        train.with_memory(ready.plan.folder, fits)
        note_job(
            self._store,
            job.id,
            retry_count=job.retry_count + 1,
            retries=json.dumps([*job.retries, fits.in_words()]),
        )

    def _goes(self, run: str) -> bool:
        return standing_of(self._store, run).goes

    def _rest(self, name: str, run: str, error: Incomplete) -> None:
        """Say why a job rests; one whose worker is only leaving stays as it is."""
        standing = standing_of(self._store, run)
        if standing.goes and not isinstance(error, BudgetReached):
            job = job_named(self._store, name)
            is_here = job.destination is None or job.place is None
            if job.state is TrainingState.INITIALIZING and is_here and not self._is_alive(job):
                move_job(self._store, name, TrainingState.QUEUED)
            return
        if standing.wish is Wish.CANCEL:
            to = TrainingState.CANCELLED
        elif isinstance(error, BudgetReached) or standing.ending is Ending.BUDGET:
            to = TrainingState.BUDGET
        else:
            to = TrainingState.PAUSED
        move_job(self._store, name, to)

    def _is_alive(self, job: TrainingJob) -> bool:
        return job.folder is not None and holder(self._workspace.folder / job.folder) is not None

    def _failed(self, name: str, error: LorewrightError) -> None:
        move_job(
            self._store,
            name,
            TrainingState.FAILED,
            error_kind=type(error).__name__,
            error_sentence=error.sentence,
            error_where=error.where,
            error_hint=error.hint,
        )

    def _keep(self, ready: _Ready, order: TrainingOrder) -> None:
        """Keep the adapter of a finished job, once, whoever does it how often."""
        job = job_named(self._store, ready.job.id)
        adapter = train.adapter_record(
            ready.plan.folder,
            made_from=(order.dataset, ready.base.ref, ready.plan.step.recipe),
            put_blob=self._store.put_blob,
        )
        making = Making("train", seconds(job.machine_seconds), job.cost_usd)
        self._store.submit([adapter], memo=ready.plan.memo, making=making).result()
        if (brought := Brought.of(job)) is not None:
            # A pocket is made of the operator's own sections; other bases stay for the next job.
            is_pocket = order.settings.base == POCKET
            said = clear_elsewhere(self._store, job.id, brought, with_base=is_pocket)
            self._tell(ready, said)
        self._complete(ready, adapter)

    def _complete(self, ready: _Ready, adapter: Adapter) -> None:
        weights = next((one for one in adapter.files if one.path == ADAPTER_FILE), adapter.files[0])
        artifact = Artifact(
            "lora_adapter",
            f"blob:{weights.blob.sha256}",
            weights.blob.size,
            weights.blob.sha256,
            step=adapter.steps,
            validation_loss=None if adapter.held_out_loss is None else float(adapter.held_out_loss),
        )
        note_artifacts(self._store, ready.job.id, "lora_adapter", [artifact])
        known = {} if ready.made is None else _as_made(ready.made)
        move_job(
            self._store,
            ready.job.id,
            TrainingState.COMPLETED,
            adapter=str(adapter.ref),
            base_model=str(ready.base.ref),
            phase="done",
            eta_s=None,
            **known,
        )

    def _end_of_run(self, run: str, order: TrainingOrder) -> None:
        """When all adapters are there: let the newest be the newest, and clear away folders."""
        jobs = jobs_of_run(self._store, run)
        if not all(job.state is TrainingState.COMPLETED for job in jobs):
            return
        for job in jobs:
            if job.role == "tuned" and job.adapter:
                set_newest(self._store, Ref.parse(job.adapter))
            note_artifacts(self._store, job.id, "checkpoint", [])
            if job.folder is not None:
                self._clear(self._workspace.folder / job.folder)
        self._clear_base(order, jobs[0].base_model)

    def _clear_base(self, order: TrainingOrder, base: str | None) -> None:
        """Remove the folder of a pocket base that no other job reads from."""
        going = jobs_in(
            self._store, TrainingState.QUEUED, TrainingState.INITIALIZING, TrainingState.RUNNING
        )
        if base is None or order.settings.base != POCKET:
            return
        if not any(job.base_model == base for job in going):
            self._clear(self._workspace.jobs / f"base-{Ref.parse(base).id[:16]}")

    def _clear(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        forget_file(self._store, self._workspace.local_path(folder))


def _told_to_stop(job: str, run: str, *, goes: bool) -> LorewrightError:
    """A process said that it was told to stop: by whoever stopped the run, or by a stranger."""
    if not goes:
        return Stopped("the training run was stopped", where=run)
    return TrainingFailed(
        "the training process was told to stop, and not by Lorewright",
        where=job,
        hint=f"`lorewright jobs resume {job}` goes on from its last checkpoint",
    )


def _as_made(adapter: Adapter) -> dict[str, int | float | None]:
    """How far a job is whose adapter was made before it was ordered."""
    held_out = adapter.held_out_loss
    return {
        "current_step": adapter.steps,
        "total_steps": adapter.steps,
        "loss_tokens": adapter.loss_tokens,
        "total_loss_tokens": adapter.loss_tokens,
        "loss": float(adapter.train_loss),
        "held_out_loss": None if held_out is None else float(held_out),
    }


def _expected(job: TrainingJob, found: Preflight | None) -> dict[str, float]:
    """How long a job may take, where nobody said so when it was ordered."""
    is_known = job.estimated_seconds_low is not None
    if found is None or found.estimate is None or is_known or job.destination is not None:
        return {}
    low, _, high = found.estimate.seconds
    return {"estimated_seconds_low": round(low, 1), "estimated_seconds_high": round(high, 1)}


def _of(to: Destination) -> tuple[str, Sequence[Device]]:
    return to.host, to.devices
