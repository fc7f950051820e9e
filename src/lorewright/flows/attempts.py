"""One attempt at a training job, wherever it runs: begun or adopted, looked at, stopped, fetched.

What happens here and what happens elsewhere differ in this alone; queue, slots, limits and
tables do not ask where a process is.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from lorewright import train
from lorewright.errors import Busy, LorewrightError, Unreachable
from lorewright.flows.destinations import Brought, Destination, executor_of
from lorewright.lineage import Ref
from lorewright.settings import ElsewhereSettings
from lorewright.store import Store, forget_file, remember_file
from lorewright.store.training_jobs import TrainingJob, job_named, note_job
from lorewright.train.claim import holder
from lorewright.train.events import EVENTS_FILE, tick
from lorewright.train.executors import Place  # noqa: TC001 - beside what is used at run time
from lorewright.train.job import PATIENCE_S

GIVEN_BACK_S = (2.0, 8.0, 20.0)
"""How long to wait, time after time, until a rented machine is given back."""


class Attempt(Protocol):
    """A process that works on a job, here or elsewhere."""

    def begin(self) -> int:
        """Start it or adopt the one that runs.

        Returns:
            The byte of the job's events from which its last words count.
        """
        ...

    def is_alive(self) -> bool:
        """Whether it still works, as far as anybody knows.

        What it said is then in the file of its events here, and once it does not work any more
        what it reached is here as well.
        """
        ...

    def stop(self) -> None:
        """Let it write a checkpoint and end, and bring that back."""
        ...

    def silent_s(self, job: TrainingJob, last_tick: float | None) -> float:
        """For how long it has said nothing that is counted already."""
        ...


class HereAttempt:
    """A process on this machine.

    Args:
        store: where the job is.
        job: its name.
        folder: the job's folder.
        device: the only device that it sees.
    """

    def __init__(self, store: Store, job: str, folder: Path, device: str) -> None:
        self._store, self._job, self._folder, self._device = store, job, folder, device
        self._child: train.Child | None = None

    def begin(self) -> int:
        """Start it or adopt the one that runs."""
        is_new = holder(self._folder) is None
        if is_new:  # what was silent between two attempts is no time of theirs
            note_job(self._store, self._job, last_tick=None)
        since = _size(self._folder / EVENTS_FILE) if is_new else 0
        self._child = train.start(self._folder, device=self._device)
        return since

    def is_alive(self) -> bool:
        """Whether it still works."""
        return self._child is not None and self._child.is_alive()

    def stop(self) -> None:
        """Let it write a checkpoint and end."""
        if self._child is not None:
            self._child.stop()

    def silent_s(self, job: TrainingJob, last_tick: float | None) -> float:
        """By the clock of this machine, which is that of the process."""
        del job
        return max(0.0, tick() - last_tick) if last_tick else 0.0


class ElsewhereAttempt:
    """A process at another place, asked now and then.

    Args:
        store: where the job is.
        job: its name.
        folder: the job's folder on this machine.
        destination: the place.
        settings: how often to ask, and when to give up.
        device: the device of the place that it has.
        on_fetched: is told that a checkpoint was brought back.
    """

    def __init__(
        self,
        store: Store,
        job: str,
        folder: Path,
        destination: Destination,
        settings: ElsewhereSettings,
        *,
        device: str | None = None,
        on_fetched: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._job, self._folder = store, job, folder
        self._to, self._settings, self._on_fetched = destination, settings, on_fetched
        self._executor = executor_of(destination, device=device)
        self._place: Place | None = None
        self._is_alive = False
        self._is_behind = False
        self._ask_at = 0.0
        self._fetch_at = 0.0
        self._silent_from: float | None = None

    def begin(self) -> int:
        """Bring the job there and start it, or adopt it where it was brought before.

        Raises:
            Unreachable: when it was never brought there and the place does not answer.
            Refused: when the place has another Lorewright.
        """
        self._put_off_fetching()
        if train.is_finished(self._folder):
            return 0
        before = Brought.of(job_named(self._store, self._job))
        if before is not None:
            look = self._executor.poll(before.place)
            note_job(self._store, self._job, cleanup=None)
            if look.trouble is not None or look.is_alive or look.is_whole:
                self._place, self._is_alive = look.place, True
                self._keep_place(unreachable_since=look.unreachable_since)
                self._wait_or_give_up(look.trouble)
                return 0
        since = _size(self._folder / EVENTS_FILE)
        note_job(self._store, self._job, last_tick=None)
        self._place = self._executor.submit(self._folder)
        self._is_alive = True
        self._keep_place(unreachable_since=None)
        remember_elsewhere(self._store, self._job, Brought(destination=self._to, place=self._place))
        return since

    def is_alive(self) -> bool:
        """Whether it still works, as it was when it was last asked.

        Raises:
            Unreachable: when the place has not answered for longer than is waited.
        """
        if self._place is None or tick() < self._ask_at:
            return self._is_alive
        look = self._executor.poll(self._place)
        self._ask_at = tick() + float(self._settings.poll_seconds)
        self._place, trouble = look.place, look.trouble
        if trouble is None and not look.is_alive:
            trouble = self._brought_back()
        self._wait_or_give_up(trouble)
        if trouble is None:
            self._is_alive = bool(look.is_alive)
            if look.is_alive and tick() >= self._fetch_at:
                self._fetch_checkpoint()
        return self._is_alive

    def stop(self) -> None:
        """Stop it with a checkpoint and fetch that; a place that does not answer is noted."""
        if self._place is not None:
            brought = Brought(destination=self._to, place=self._place)
            stop_elsewhere(self._store, self._job, brought)
            self._on_fetched()

    def silent_s(self, job: TrainingJob, last_tick: float | None) -> float:
        """By the database's clock; that of the other machine is another one."""
        if last_tick is None or job.heard_at is None:
            return 0.0
        return max(0.0, job.now - job.heard_at)

    def _wait_or_give_up(self, trouble: str | None) -> None:
        """Note when the place was last heard, if it does not answer now."""
        assert self._place is not None
        if trouble is None:
            if self._silent_from is not None:
                self._keep_place(unreachable_since=None)
            self._silent_from = None
            return
        if self._silent_from is None:
            self._silent_from = tick()
            self._keep_place(unreachable_since=self._place.heard_at)
        waited = tick() - self._silent_from
        if waited > float(self._settings.unreachable_minutes) * 60:
            raise Unreachable(
                f"{self._to.name} has not answered for {waited / 60:.0f} minutes: {trouble}",
                where=self._job,
                hint=f"`lorewright jobs resume {self._job}` waits again; with `--on here`, or "
                "another place, it goes on there from the newest checkpoint that was brought back",
            )

    def _keep_place(self, *, unreachable_since: float | None) -> None:
        assert self._place is not None
        brought = Brought(destination=self._to, place=self._place)
        note_job(
            self._store,
            self._job,
            place=brought.as_text(),
            unreachable_since=unreachable_since,
        )

    def _brought_back(self) -> str | None:
        """Fetch what a process that ended has left; why not, if the place does not answer."""
        assert self._place is not None
        try:
            self._executor.fetch(self._place)
        except Unreachable as error:
            return error.sentence
        self._on_fetched()
        return None

    def _fetch_checkpoint(self) -> None:
        """Bring the newest checkpoint back; one that fails to come is noted, and fetched later."""
        assert self._place is not None
        self._put_off_fetching()
        try:
            self._executor.fetch(self._place)
        except (LorewrightError, OSError) as error:
            said = f"its newest checkpoint could not be brought back: {error}"
            note_job(self._store, self._job, cleanup=said)
            self._is_behind = True
            return
        self._on_fetched()
        if self._is_behind:
            note_job(self._store, self._job, cleanup=None)
            self._is_behind = False

    def _put_off_fetching(self) -> None:
        self._fetch_at = tick() + float(self._settings.fetch_minutes) * 60


def remember_elsewhere(store: Store, job: str, brought: Brought) -> None:
    """Let erasing say that words of the job's dataset lie at a place, until they are removed."""
    dataset = Ref.parse(job_named(store, job).dataset)
    remember_file(store, brought.path, "job", record=dataset)


def stop_elsewhere(store: Store, job: str, brought: Brought) -> bool:
    """Stop what works on a job elsewhere, and bring its newest checkpoint back.

    Returns:
        Whether the place did so; if not, the job says what to do by hand.
    """
    executor = executor_of(brought.destination)
    try:
        executor.cancel(brought.place, patience_s=PATIENCE_S)
        executor.fetch(brought.place)
    except LorewrightError as error:
        note_job(
            store,
            job,
            cleanup=f"its process on {brought.destination.name} could not be stopped "
            f"({error.sentence}); by hand: {brought.ends_by_hand}",
        )
        return False
    return True


def clear_elsewhere(store: Store, job: str, brought: Brought, *, with_base: bool = False) -> str:
    """Remove what lies elsewhere of a job, and note what came of it.

    Args:
        store: where the job is.
        job: its name.
        brought: where it was brought.
        with_base: also its base, where nothing else there needs it.

    Returns:
        What came of it, as a sentence.
    """
    name = brought.destination.name
    try:
        _removed(brought, with_base=with_base)
        forget_file(store, brought.path)
        said = f"nothing of it is left on {name}"
    except LorewrightError as error:
        said = (
            f"it could not be removed from {name} ({error.sentence}); by hand: "
            f"{brought.clears_by_hand}"
        )
    before = job_named(store, job).cleanup
    whole = said if before is None else f"{before}; {said}"
    note_job(store, job, cleanup=whole, place=None, unreachable_since=None)
    return said


def _removed(brought: Brought, *, with_base: bool) -> None:
    """Remove it, when need be after its machine was given back."""
    executor = executor_of(brought.destination)
    for wait_s in (*GIVEN_BACK_S, None):
        try:
            executor.remove(brought.place, with_base=with_base)
        except Busy:
            if wait_s is None:
                raise
            time.sleep(wait_s)
        else:
            return


def leave_behind(store: Store, job: TrainingJob) -> str | None:
    """Before a job goes on at another place: stop it where it was, and take what it reached.

    Returns:
        What came of it, as a sentence; None when nothing of it is at another place.
    """
    brought, to = Brought.of(job), Destination.of(job.destination)
    if brought is None or (to is not None and to.reached_by == brought.destination.reached_by):
        return None
    if stop_elsewhere(store, job.id, brought):
        return clear_elsewhere(store, job.id, brought)
    note_job(store, job.id, place=None, unreachable_since=None)
    return job_named(store, job.id).cleanup


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
