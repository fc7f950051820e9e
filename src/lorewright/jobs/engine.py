"""The run engine: the only place that speaks to DBOS.

A run is one workflow; its shards are child workflows on a queue of the run's own, from which
every process takes that works on it. Workflows carry a run's name and a shard's number, nothing
else, and neither steps nor results: those stand in the store.
"""

import asyncio
import os
import platform
import secrets
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Self

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID

from lorewright.errors import Busy, LorewrightError
from lorewright.jobs.engine_log import Complaints
from lorewright.jobs.handler import Handlers
from lorewright.jobs.steward import Pace, Steward
from lorewright.jobs.working import Working
from lorewright.store import Store
from lorewright.store.run_engine import RunsDatabase, engine_for_runs, one_at_a_time, only_one
from lorewright.store.workers import beat, say_goodbye

VERSION = "1"
"""Of the two workflows below. Workflows of another version are left to whoever knows them."""
LAUNCH = "launch"
"""The lock that a worker holds while DBOS makes or renews its tables."""


class Engine:
    """The run engine of this process; there can be one at a time.

    Inside `with` it works on runs; at the end it lets calls that are under way finish.

    Args:
        store: the open store; the engine's own database lies beside it.
        handlers: who does which work.
        run: the only run to work on; None takes any.
        pace: how often to look, and how much to take on.
    """

    def __init__(
        self, store: Store, handlers: Handlers, *, run: str | None = None, pace: Pace | None = None
    ) -> None:
        self.executor = f"{platform.node()[:64]}-{os.getpid()}-{secrets.token_hex(4)}"
        """A name that no other process has, so that none takes this one's work for its own."""
        self.complaints = Complaints()
        self._store = store
        self._run = run
        self._pace = pace or Pace()
        self._lane = _DbosLane(self._pace, self.executor)
        self.working = Working(store, handlers, self._lane, self.executor, poll_s=self._pace.poll_s)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            opening.enter_context(_alone_in_this_process(self))
            # DBOS builds indexes beside others' work, which waits for every transaction that
            # sees anything just then: also for that by which another worker says that it lives.
            with one_at_a_time(self._store, LAUNCH):
                if not opening.enter_context(only_one(self._store, self.executor)):
                    raise Busy("another process has this worker's name", where=self.executor)
                beat(self._store, self.executor, self._run)
                opening.callback(say_goodbye, self._store, self.executor)
                database = engine_for_runs(self._store)
                opening.callback(database.engine.dispose)
                opening.enter_context(self.complaints)
                opening.callback(DBOS.destroy)
                self._launch(database)
            steward = Steward(
                self._store,
                self._lane,
                self.executor,
                self._run,
                self._pace,
                is_at=self.working.is_at,
            )
            opening.enter_context(steward)
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.working.leave()
        try:
            self._take_no_more()
            self.working.wait()
        finally:
            self._open.close()

    @property
    def failures(self) -> dict[str, LorewrightError]:
        """The first thing that went wrong with each run in this process."""
        return self.working.failures

    def _launch(self, database: RunsDatabase) -> None:
        config: DBOSConfig = {
            "name": "lorewright",
            "system_database_engine": database.engine,
            "application_version": VERSION,
            "executor_id": self.executor,
            "serializer": DBOSPortableJSONSerializer(),
            "use_listen_notify": False,
            "enable_otlp": False,
        }
        if database.schema is not None:
            config["dbos_system_schema"] = database.schema
        self._dbos = DBOS(config=config)
        if self._run is not None:
            DBOS.listen_queues([self._run])
        DBOS.launch()

    def _take_no_more(self) -> None:
        """Leave the queue alone before DBOS ends, which would drop what it takes meanwhile."""
        for event in self._dbos.background_thread_stop_events:
            event.set()
        for thread in threading.enumerate():
            if thread.name.startswith("queue-worker-"):
                thread.join()


class _DbosLane:
    """The queue of a run, kept by DBOS."""

    def __init__(self, pace: Pace, executor: str) -> None:
        self._pace = pace
        self._executor = executor

    def open(self, run: str) -> None:
        if DBOS.retrieve_queue(run) is None:
            DBOS.register_queue(
                run,
                # The workflow of the run itself takes one place in one of the workers.
                worker_concurrency=self._pace.shards_at_once + 1,
                polling_interval_sec=self._pace.poll_s,
                on_conflict="always_update",
            )
        if not DBOS.list_workflows(workflow_ids=[run], load_input=False, load_output=False):
            with SetWorkflowID(run):
                DBOS.enqueue_workflow(run, _run_workflow, run)

    async def add_shard(self, run: str, number: int) -> None:
        with SetWorkflowID(_workflow_of(run, number)):
            await DBOS.enqueue_workflow_async(run, _shard_workflow, run, number)

    async def put_off(self, run: str, number: int | None) -> None:
        # Not as part of the workflow, whose record would say on its next start that it is done.
        cancel = partial(DBOS.cancel_workflow, _workflow_of(run, number))
        await asyncio.get_running_loop().run_in_executor(None, cancel)

    def put_off_all(self, run: str) -> None:
        if DBOS.retrieve_queue(run) is not None:
            DBOS.cancel_workflow(run, cancel_children=True)
            DBOS.delete_queue(run)

    def put_off_ones(self, run: str) -> list[int | None]:
        found = DBOS.list_workflows(
            workflow_id_prefix=run, status="CANCELLED", load_input=False, load_output=False
        )
        return [_number_of(one.workflow_id) for one in found]

    def taken(self, run: str) -> list[int | None]:
        found = DBOS.list_workflows(
            workflow_id_prefix=run,
            status="PENDING",
            executor_id=self._executor,
            load_input=False,
            load_output=False,
        )
        return [_number_of(one.workflow_id) for one in found]

    def take_up(self, run: str, which: list[int | None]) -> None:
        # Each by itself: DBOS does not resume the children of what it resumes.
        DBOS.resume_workflows([_workflow_of(run, one) for one in which], queue_name=run)

    def forget(self, run: str) -> None:
        if DBOS.list_workflows(workflow_ids=[run], load_input=False, load_output=False):
            DBOS.delete_workflow(run, delete_children=True)

    def free(self, worker: str) -> None:
        # Atomic for each workflow: it goes back into its queue only while it is that worker's.
        DBOS._recover_pending_workflows([worker])  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _workflow_of(run: str, number: int | None) -> str:
    return run if number is None else f"{run}/{number}"


def _number_of(workflow: str) -> int | None:
    _, is_shard, number = workflow.partition("/")
    return int(number) if is_shard else None


_gate = threading.Lock()
_here: list[Engine] = []


@contextmanager
def _alone_in_this_process(engine: Engine) -> Generator[None]:
    """DBOS is one for each process, and so are its workflows."""
    if not _gate.acquire(blocking=False):
        raise Busy("this process has a run engine already")
    _here.append(engine)
    try:
        yield
    finally:
        _here.clear()
        _gate.release()


@DBOS.workflow(name="lorewright.run", max_recovery_attempts=None)
async def _run_workflow(run: str) -> None:
    await _here[0].working.on_run(run)


@DBOS.workflow(name="lorewright.shard", max_recovery_attempts=None)
async def _shard_workflow(run: str, number: int) -> None:
    await _here[0].working.on_shard(run, number)
