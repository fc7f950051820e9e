"""Calls handed over in batches: gathered, written down, waited for, and given out one by one.

A batch is written down before it is handed over, with the keys of its calls, and a call leaves
it when the ledger has what came of it. So whoever asks for a call that is in a batch already,
in this process or in the next, waits for that batch. A batch of which nobody knows whether it
arrived is looked for in the provider's list; when it is not there after a while, it is taken
for one that never arrived.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeVar

import lorewright.store.call_batches as kept
from lorewright.errors import EndpointError, LorewrightError, ModelError
from lorewright.jobs.backoff import backoff
from lorewright.jobs.wanting import THE_WORLD, Wanted, World
from lorewright.llms import BatchModel, BatchState, Reply, Request
from lorewright.settings import TeacherSettings
from lorewright.store import Store
from lorewright.store.call_batches import KeptBatch

T = TypeVar("T")
Outcome = Reply | Exception

QUIET_S = 3.0
"""When no further call came for so long, those that were gathered are handed over."""
MOST_CHARACTERS = 40_000_000
"""A batch that holds so many is handed over at once: providers limit its size."""
LOOK_S = 1.0
"""How often a call that waits looks whether somebody stopped the run; the first wait for a
batch, too, before which each is twice as long."""
LONGEST_LOOK_S = 60.0
GIVE_UP_S = 900.0
"""A provider that cannot be asked about a batch for so long ends the run."""
SKEW_S = 300.0
"""So much may the clock of a provider differ from that of the database."""
GRACE_S = 10.0
"""For a batch to come into the provider's list."""
_CAME_TO_NOTHING = frozenset({"refused_batch", "lost", "no_file"})
"""Faults that say that nothing will ever come of a batch."""


class UnderWay(NamedTuple):
    """The batches that this process waits for, all together."""

    batches: int
    calls: int
    since: float
    """When the first of them was handed over, in seconds since 1970."""


@dataclass(slots=True)
class _Waiting:
    """A call that somebody waits for."""

    request: Request
    outcome: "asyncio.Future[Outcome]"
    batch: str | None = None
    """The mark of the batch that it is in."""


class Batching:
    """Answers calls through a batch API; belongs to one event loop.

    Args:
        batches: takes them.
        store: where they are written down.
        settings: how many may be under way, and how long handing over may take.
        tell: told whenever the batches under way change.
        world: time and chance.
    """

    def __init__(
        self,
        batches: BatchModel,
        store: Store,
        settings: TeacherSettings,
        *,
        tell: Callable[[UnderWay | None], None] = lambda _under_way: None,
        world: World = THE_WORLD,
    ) -> None:
        self._batches = batches
        self._store = store
        self._most = min(settings.under_way, batches.most_requests)
        # The calls are uploaded first and handed over then, so there may be two attempts.
        self._lost_after_s = 2 * settings.timeout_s + GRACE_S
        self._tell = tell
        self._world = world
        self._waiting: dict[str, _Waiting] = {}
        self._open: dict[str, tuple[KeptBatch, asyncio.Task[None]]] = {}
        self._newest = 0.0
        self._gathering: asyncio.Task[None] | None = None
        self._handing: asyncio.Task[float] | None = None
        self._failures = 0
        self._failing_since: float | None = None

    async def ask(self, wanted: Wanted) -> Reply:
        """The reply to a call, when its batch has ended.

        Whoever is stopped waits no longer; the batch goes on at the provider, and the same call
        finds it there.

        Raises:
            ModelError: what befell this call of the batch.
            EndpointError: when no batch can be handed over or asked about; a batch that is
                under way can be waited for another time.
            Stopped: when somebody stopped the run.
        """
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        known_as = wanted.key.hex()
        self._waiting[known_as] = _Waiting(wanted.request, outcome)
        self._gather()
        try:
            while not outcome.done():
                wanted.stop()
                await asyncio.wait({outcome}, timeout=LOOK_S)
        finally:
            del self._waiting[known_as]
        came = outcome.result()
        if isinstance(came, Reply):
            return came
        # One error for many calls would gather the traces of all.
        raise came.with_traceback(None)

    async def close(self) -> None:
        """Leave batches to the provider; one that is just being handed over is written down."""
        if self._handing is not None:
            await asyncio.wait({self._handing})
        tasks = [task for _, task in self._open.values()]
        if self._gathering is not None:
            tasks.append(self._gathering)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._batches.close()

    def _gather(self) -> None:
        self._newest = self._world.clock()
        if self._gathering is None or self._gathering.done():
            self._gathering = asyncio.create_task(self._hand_over_all())

    async def _hand_over_all(self) -> None:
        """Hand over what was gathered, whenever it is enough or nothing more comes."""
        while gathered := {
            known_as: one.request
            for known_as, one in self._waiting.items()
            if one.batch is None and not one.outcome.done()
        }:
            some = _fitting(gathered, self._most)
            quiet_s = self._world.clock() - self._newest
            if len(some) == len(gathered) < self._most and quiet_s < QUIET_S:
                await self._world.sleep(min(LOOK_S, QUIET_S - quiet_s))
                continue
            self._handing = asyncio.create_task(self._hand_over(some))
            wait_s = await asyncio.shield(self._handing)
            if wait_s:
                await self._world.sleep(wait_s)

    async def _hand_over(self, some: Mapping[str, Request]) -> float:
        """Hand over those that are in no batch yet; how long to wait before the next time."""
        try:
            keys = [bytes.fromhex(one) for one in some]
            claimed = await self._write(partial(kept.claim_calls, keys=keys))
            for key, batch in claimed.elsewhere.items():
                self._join(batch, [key.hex()])
            if claimed.new is None:
                return 0.0
            new = {
                key: one for key, one in some.items() if bytes.fromhex(key) not in claimed.elsewhere
            }
            return await self._submit(claimed.new, new)
        except Exception as error:  # noqa: BLE001 - whoever waits must learn of it
            self._settle(some, error)
            return 0.0

    async def _submit(self, batch: KeptBatch, calls: Mapping[str, Request]) -> float:
        mark = batch.mark
        try:
            known_as = await self._batches.submit([*calls.items()], mark=mark)
        except (ModelError, EndpointError) as error:
            if getattr(error, "fault", None) == "unsure":
                self._join(batch, calls)  # as after a crash: it is looked for
                return 0.0
            await self._write(partial(kept.forget_batch, mark=mark))
            return self._not_taken(calls, error)
        self._failures, self._failing_since = 0, None
        await self._write(partial(kept.name_batch, mark=mark, known_as=known_as))
        self._join(batch._replace(known_as=known_as), calls)
        return 0.0

    def _not_taken(self, calls: Iterable[str], error: ModelError | EndpointError) -> float:
        """Keep calls for another time when there may be one; how long to wait for it."""
        if isinstance(error, EndpointError) or not error.again:
            self._settle(calls, error)
            return 0.0
        now = self._world.clock()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since > GIVE_UP_S:
            self._settle(calls, _given_up(error))
            return 0.0
        self._failures += 1
        return error.wait_s or backoff(self._failures, self._world.chance)

    def _join(self, batch: KeptBatch, calls: Iterable[str]) -> None:
        """Let calls wait for a batch."""
        for known_as in calls:
            if known_as in self._waiting:
                self._waiting[known_as].batch = batch.mark
        if batch.mark not in self._open:
            self._open[batch.mark] = batch, asyncio.create_task(self._see_through(batch))
            self._tell_all()

    async def _see_through(self, batch: KeptBatch) -> None:
        """Wait for a batch, and give out what came of it as long as anybody waits for it."""
        try:
            known_as = batch.known_as or await self._name_of(batch)
            if known_as is None:
                for one in self._of(batch.mark):
                    self._waiting[one].batch = None
                self._gather()
            while calls := self._of(batch.mark):
                await self._give_out(known_as or "", calls)
        except Exception as error:  # noqa: BLE001 - whoever waits must learn of it
            self._settle(self._of(batch.mark), error)
        finally:
            del self._open[batch.mark]
            self._tell_all()

    async def _name_of(self, batch: KeptBatch) -> str | None:
        """What the provider calls a batch that may have arrived; None when it did not."""
        wait_s = LOOK_S
        while True:
            found, now = await asyncio.to_thread(kept.batch_now, self._store, batch.mark)
            if found is None or found.known_as is not None:
                return found and found.known_as
            known_as = await self._listed_as(batch)
            if known_as is not None:
                await self._write(partial(kept.name_batch, mark=batch.mark, known_as=known_as))
                return known_as
            if now - found.at > self._lost_after_s:
                await self._write(partial(kept.forget_batch, mark=batch.mark))
                return None
            await self._world.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_LOOK_S)

    async def _listed_as(self, batch: KeptBatch) -> str | None:
        """The batch in the provider's list: by its mark, else by its size and its time."""
        try:
            listed = await self._batches.listed()
        except (ModelError, EndpointError):  # the next look may show it
            return None
        taken = await asyncio.to_thread(kept.named_batches, self._store)
        for one in listed:
            is_alike = one.total == batch.calls and one.at > batch.at - SKEW_S
            is_it = is_alike if one.mark is None else one.mark == batch.mark
            if is_it and one.known_as not in taken:
                return one.known_as
        return None

    async def _give_out(self, known_as: str, calls: Iterable[str]) -> None:
        """Wait until a batch has ended, and settle `calls`."""

        async def fetch() -> None:
            async for call, came in self._batches.results(known_as):
                self._settle([call], came)

        wait_s = LOOK_S
        while (
            await self._patiently(lambda: self._batches.poll(known_as))
        ).state is not BatchState.ENDED:
            await self._world.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_LOOK_S)
        await self._patiently(fetch)
        said = f"the batch {known_as} has ended, and nothing came of this call"
        self._settle(calls, ModelError(said, fault="missing", again=True))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the provider about a batch, and again for as long as anybody would wait."""
        since, failures = self._world.clock(), 0
        while True:
            try:
                return await ask()
            except ModelError as error:
                is_passing = error.fault == "no_file" and error.again
                if error.fault in _CAME_TO_NOTHING and not is_passing:
                    raise
                if self._world.clock() - since > GIVE_UP_S:
                    raise _given_up(error) from error
                failures += 1
                wait_s = error.wait_s or backoff(failures, self._world.chance)
            await self._world.sleep(wait_s)

    async def _write(self, change: Callable[[Any], T]) -> T:
        return await asyncio.wrap_future(self._store.queue(change))

    def _of(self, mark: str) -> list[str]:
        """The calls that wait for a batch."""
        return [
            known_as
            for known_as, one in self._waiting.items()
            if one.batch == mark and not one.outcome.done()
        ]

    def _settle(self, calls: Iterable[str], came: Outcome) -> None:
        """Say to those who wait for calls what came of them."""
        for known_as in calls:
            waiting = self._waiting.get(known_as)
            if waiting is not None and not waiting.outcome.done():
                waiting.outcome.set_result(came)

    def _tell_all(self) -> None:
        batches = [batch for batch, _ in self._open.values()]
        calls = sum(one.calls for one in batches)
        self._tell(
            UnderWay(len(batches), calls, min(one.at for one in batches)) if batches else None
        )


def _fitting(gathered: Mapping[str, Request], most: int) -> dict[str, Request]:
    """The first of them, as many as fit in one batch; at least one."""
    some: dict[str, Request] = {}
    characters = 0
    for known_as, request in gathered.items():
        characters += sum(len(one.text) for one in request.messages)
        if some and (len(some) == most or characters > MOST_CHARACTERS):
            break
        some[known_as] = request
    return some


def _given_up(error: LorewrightError) -> EndpointError:
    return EndpointError(
        f"the provider's batches could not be reached for {GIVE_UP_S / 60:.0f} minutes: "
        f"{error.sentence}",
        where=error.where,
        hint="run the same command again later; a batch that is under way is waited for, and "
        "not handed over twice",
    )
