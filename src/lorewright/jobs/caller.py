"""Making calls that are found again, limited, paid for once, and kept before they are read.

For every call, in this order: is it made already; did somebody stop the run; is there money
for its worst case; may the endpoint be asked now; the attempt; the ledger. Whoever asked
learns of the reply only when it is committed, so nothing that was read can be lost.
"""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Self
from uuid import uuid4

from lorewright.errors import EndpointError, ModelError
from lorewright.jobs.attempts import Answered, Attempts, Made, Pricer
from lorewright.jobs.backoff import LONGEST_ASKED_S, asked_wait, backoff
from lorewright.jobs.batching import Batching
from lorewright.jobs.limits import Pause
from lorewright.jobs.looking_up import LookUp
from lorewright.jobs.metering import Meter, meter_here
from lorewright.jobs.wanting import THE_WORLD, Wanted, World
from lorewright.llms import Call, ChatModel, Purpose, Reply, Request, Stop, Usage
from lorewright.settings import TeacherSettings
from lorewright.store import Ledger, Store, call_key

__all__ = ["Caller", "Made", "Pricer", "World"]


class Caller:
    """An `Asker` around one chat model; open it with `async with`, in one event loop.

    Args:
        chat: makes single attempts.
        store: where calls are kept.
        settings: the limits that hold.
        pricer: what calls cost.
        stop: raises Stopped when the run was paused or cancelled; read before every attempt.
        run: the run that pays for the calls; without one this opening counts as a run of its own.
        on_call: told of every attempt that ended and of every call that was found.
        batching: makes the calls in batches; None makes each by itself.
        world: time and chance.
    """

    def __init__(  # noqa: PLR0913 - one for each thing that a call needs and a test replaces
        self,
        chat: ChatModel,
        store: Store,
        settings: TeacherSettings,
        *,
        pricer: Pricer,
        stop: Callable[[], None] = lambda: None,
        run: str | None = None,
        on_call: Callable[[Made], None] = lambda _made: None,
        batching: Batching | None = None,
        world: World = THE_WORLD,
    ) -> None:
        self.model = chat.record.ref
        self.can = chat.can
        self.most_tokens = settings.most_tokens
        self.temperature = settings.temperature
        self.asks_again = settings.asks_again
        self.run = run or uuid4().hex
        self._chat = chat
        self._store = store
        self._tries = settings.attempts
        self._stop = stop
        self._tell = on_call
        self._world = world
        self._ledger = Ledger(store)
        self._look_up = LookUp(self._ledger.find)
        self._under_way: dict[bytes, asyncio.Task[Call]] = {}
        self._attempts = Attempts(
            chat, store, self._ledger, settings, pricer=pricer, run=self.run, tell=on_call,
            world=world, batching=batching,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await asyncio.wrap_future(self._store.submit([self._chat.record]))
        self._ledger.admit([self.model])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait for calls under way, give money back, and let go of the connections."""
        if self._under_way:
            await asyncio.wait(self._under_way.values())
        await self._attempts.close()
        await self._chat.close()

    async def call(self, request: Request, purpose: Purpose) -> Call:
        """Make the call, or find it made; the reply is committed before it is returned.

        The same call asked for twice at once is made once. A task that is cancelled leaves
        its call under way: what is paid for is kept.

        Raises:
            ModelError: when it failed for good.
            EndpointError: when the endpoint cannot be used at all.
            BudgetReached: when it could cost more than may still be spent.
            Stopped: when somebody paused or cancelled the run.
            NotFound: when it is about something that is not stored.
        """
        key = call_key(request.fingerprint, self.model, purpose.name, purpose.draw)
        if key not in self._under_way:
            if (found := await self._found(key)) is not None:
                return self._free(found, purpose)
            self._ledger.admit(purpose.about)
        # From here to the task nothing waits, so nobody else can begin the same call.
        if (making := self._under_way.get(key)) is not None:
            call = await asyncio.shield(making)
            return self._free(call, purpose)
        meter = meter_here()
        call = await asyncio.shield(self._begin(Wanted(key, request, purpose, self._both(meter))))
        meter.cost += call.cost
        return call

    async def discard(self, keys: Sequence[bytes]) -> None:
        """Never find these calls made again; what was said is kept."""
        await asyncio.wrap_future(self._ledger.mark_unusable(keys))

    async def _found(self, key: bytes) -> Call | None:
        kept = await self._look_up.find(key)
        if kept is None:
            return None
        usage = Usage(*kept.tokens)
        reply = Reply(kept.text, Stop(kept.stop), usage, kept.raw, kept.answered_by)
        return Call(reply, Decimal(0), key)

    def _free(self, call: Call, purpose: Purpose) -> Call:
        self._tell(Made(purpose.name, Decimal(0), call.reply.usage, 0.0, again=True))
        return Call(call.reply, Decimal(0), call.key)

    def _both(self, meter: Meter) -> Callable[[], None]:
        def stop() -> None:
            self._stop()
            meter.stop()

        return stop

    def _begin(self, wanted: Wanted) -> "asyncio.Task[Call]":
        def ended(making: asyncio.Task[Call]) -> None:
            del self._under_way[wanted.key]
            if not making.cancelled():
                making.exception()  # whoever asked may be gone: then it is no news

        making = self._under_way[wanted.key] = asyncio.create_task(self._make(wanted))
        making.add_done_callback(ended)
        return making

    async def _make(self, wanted: Wanted) -> Call:
        """Try until a reply is there or the call has failed for good."""
        failures, cost = 0, Decimal(0)
        while True:
            outcome = await self._attempts.make(wanted)
            self.can = self._chat.can  # it may have learnt what its server refuses
            cost += outcome.cost
            if isinstance(outcome, Answered):
                return Call(outcome.reply, cost, wanted.key)
            error, failures = outcome.error, failures + 1
            if isinstance(error, EndpointError) or not error.again or failures >= self._tries:
                raise error
            await self._wait(error, failures, wanted.stop)

    async def _wait(self, error: ModelError, failures: int, stop: Callable[[], None]) -> None:
        """Wait before the next attempt; when the endpoint asks for a pause, all calls do.

        Raises:
            EndpointError: when it asks for a longer one than anybody waits for.
        """
        chance = self._world.chance
        if error.wait_s is None:
            own = Pause(clock=self._world.clock, sleep=self._world.sleep)
            own.extend(backoff(failures, chance))
            await own.over(stop)
        elif error.wait_s <= LONGEST_ASKED_S:
            self._attempts.pause.extend(asked_wait(error.wait_s, chance))
        else:
            raise EndpointError(
                f"the endpoint asks for a pause of {error.wait_s / 60:.0f} minutes: "
                f"{error.sentence}",
                where=error.where,
                hint="run the same command again after that; it continues",
            ) from error
