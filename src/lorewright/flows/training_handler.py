"""Does the shards of training runs: each starts or adopts the process of one adapter.

The process does not care who follows it. A worker that leaves lets it go on, one that dies
cannot harm it, and whoever takes the shard next finds it where it is.
"""

import asyncio
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

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
from lorewright.flows.attempts import (
    Attempt,
    ElsewhereAttempt,
    HereAttempt,
    leave_behind,
)
from lorewright.flows.destinations import Brought, Destination, chosen, executor_of
from lorewright.flows.hearing import Hearing
from lorewright.flows.training_devices import processes_of, slots_of
from lorewright.flows.training_keeping import Keeping
from lorewright.flows.training_orders import TrainingOrder, attach_jobs, devices_for
from lorewright.flows.training_preparing import OnPreflight, Preparing, Ready, Watch
from lorewright.jobs import Here, ShardResult, here
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from lorewright.store.training_jobs import (
    TrainingJob,
    TrainingState,
    job_named,
    jobs_of_run,
    move_job,
    note_job,
    price_job,
)
from lorewright.store.training_slots import Device, claim_slot, free_slot, slots_left_behind
from lorewright.store.work_runs import Ending, Wish, standing_of
from lorewright.store.work_shards import Shard
from lorewright.train import Event
from lorewright.train.claim import holder
from lorewright.train.events import now, tick
from lorewright.train.memory import Memory
from lorewright.train.preflight import Preflight
from lorewright.train.prices import price_of

POLL_S = 0.2
LOOK_AT_COST_S = 1.0
LOOK_BEHIND_S = 30.0
"""How often a place elsewhere is asked for processes that nobody follows."""

_away = asyncio.to_thread


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
        self._workspace = workspace
        self._store = store
        self._whole_settings = settings
        self._settings = settings.jobs
        self.watch = watch
        """Is told what the processes say."""
        self._poll_s = poll_s
        self._preparing = Preparing(
            workspace,
            store,
            settings,
            watch=self._say,
            on_preflight=on_preflight,
            poll_s=poll_s,
        )
        self._keeping = Keeping(workspace, store, tell=self._tell)
        self._host = platform.node()[:64]
        self._looked_behind: dict[str, float] = {}

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
        await _away(self._keeping.end_of_run, place.run, order)
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
        ready = await self._preparing.prepared(place, order, job)
        if ready.made is not None:
            await _away(self._keeping.complete, ready, ready.made)
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
        await _away(self._keeping.keep, ready, order)
        return False

    def _together(self, ready: Ready) -> int:
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

    async def _one_attempt(self, place: Here, ready: Ready, device: str) -> None:
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

    def _attempt(self, ready: Ready, device: str) -> Attempt:
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

    @property
    def findings(self) -> dict[str, Preflight]:
        """What was found before a run, by its name."""
        return self._preparing.findings

    def _say(self, what: str, event: Event) -> None:
        """As `watch` is when it happens, which may be another one by then."""
        self.watch(what, event)

    def _tell(self, ready: Ready, note: str | None) -> None:
        if note is not None:
            self.watch(ready.plan.role, Event(phase="done", time=now(), note=note))

    async def _follow(self, place: Here, ready: Ready, attempt: Attempt) -> None:
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

    def _hearing(self, ready: Ready) -> Hearing:
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

    def _shrink(self, ready: Ready, fits: Memory) -> None:
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


def _told_to_stop(job: str, run: str, *, goes: bool) -> LorewrightError:
    """A process said that it was told to stop: by whoever stopped the run, or by a stranger."""
    if not goes:
        return Stopped("the training run was stopped", where=run)
    return TrainingFailed(
        "the training process was told to stop, and not by Lorewright",
        where=job,
        hint=f"`lorewright jobs resume {job}` goes on from its last checkpoint",
    )


def _of(to: Destination) -> tuple[str, Sequence[Device]]:
    return to.host, to.devices
