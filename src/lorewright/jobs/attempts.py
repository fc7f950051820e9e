"""One attempt at a call: money set aside, limits kept, the reply in the ledger."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from decimal import Decimal
from typing import NamedTuple, Protocol

from lorewright.errors import BadReply, EndpointError, ModelError
from lorewright.jobs.batching import Batching
from lorewright.jobs.breaker import Breaker
from lorewright.jobs.budget import Budget
from lorewright.jobs.limits import Allowance, Pause
from lorewright.jobs.wanting import Wanted, World
from lorewright.llms import ChatModel, Reply, Request, Stop, Usage
from lorewright.settings import TeacherSettings
from lorewright.store import Ledger, NewCall, Store, Tokens, seconds

CHARACTERS_PER_TOKEN = 4
"""For the allowance of tokens, until the reply says how many there were."""
RATE_LIMITED = "rate_limited"
"""The fault that says that the endpoint is well, and that it is being asked too often."""
MAY_BE_BILLED = frozenset({"slow", "cut_off"})
"""Faults after which the provider may have done the work, and want to be paid for it."""


class Pricer(Protocol):
    """What calls cost."""

    def worst(self, request: Request) -> Decimal:
        """The most that one attempt at `request` can cost, in US dollars."""
        ...

    def cost(self, usage: Usage, model_name: str) -> Decimal:
        """What a reply of the model called `model_name` costs, in US dollars."""
        ...


class Made(NamedTuple):
    """One attempt that ended, or a call that was found made: what a progress line is told."""

    purpose: str
    cost: Decimal
    usage: Usage
    seconds: float
    again: bool = False
    """Found in the ledger, or asked for by somebody else at the same moment: nothing was paid."""
    fault: str | None = None
    """What went wrong with the attempt, or why its reply ends early."""


class Answered(NamedTuple):
    """An attempt that brought a reply."""

    cost: Decimal
    reply: Reply

    @property
    def fault(self) -> str | None:
        """Why the reply is not complete; None when it is."""
        return None if self.reply.stop is Stop.END else self.reply.stop.value


class Failed(NamedTuple):
    """An attempt that brought none; it may have to be paid for all the same."""

    cost: Decimal
    error: ModelError | EndpointError

    @property
    def fault(self) -> str:
        """What went wrong, as a short key."""
        return self.error.fault if isinstance(self.error, ModelError) else "endpoint"


class Attempts:
    """Makes attempts within the limits that hold for all calls.

    Args:
        chat: makes them.
        store: where limits that workers share stand.
        ledger: where they are kept.
        settings: the limits.
        pricer: what they cost.
        run: who pays.
        tell: told of each.
        world: time and chance.
        batching: makes them instead, in batches; what fails in one says nothing of the endpoint,
            and allowances per minute are for calls.
    """

    def __init__(  # noqa: PLR0913 - one for each thing that a call needs and a test replaces
        self,
        chat: ChatModel,
        store: Store,
        ledger: Ledger,
        settings: TeacherSettings,
        *,
        pricer: Pricer,
        run: str,
        tell: Callable[[Made], None],
        world: World,
        batching: Batching | None = None,
    ) -> None:
        self.pause = Pause(clock=world.clock, sleep=world.sleep)
        self._chat = chat
        self._store = store
        self._ledger = ledger
        self._pricer = pricer
        self._run = run
        self._tell = tell
        self._world = world
        self._batching = batching
        self._at_once = asyncio.Semaphore(settings.under_way)
        self._budget = Budget(
            store, run, of_run=settings.max_cost_usd, of_all=settings.budget_usd, clock=world.clock
        )
        endpoint = chat.record.endpoint or chat.record.provider
        self._breaker = Breaker(endpoint, clock=world.clock, sleep=world.sleep)
        self._requests = self._allowance("requests", settings.requests_per_minute)
        self._tokens = self._allowance("tokens", settings.tokens_per_minute)
        self._commit: tuple[Future[None], asyncio.Future[None]] | None = None

    async def make(self, wanted: Wanted) -> Answered | Failed:
        """One attempt, from the reservation of its money to its row in the ledger.

        Raises:
            BudgetReached: when it could cost more than may still be spent.
            EndpointError: when the endpoint has been failing for too long.
            Stopped: when somebody stopped the run.
        """
        wanted.stop()
        worst = self._pricer.worst(wanted.request)
        reserved = await self._budget.reserve(worst, wanted.stop)
        cost = Decimal(0)
        try:
            async with self._at_once:  # a call is under way until its row has committed
                outcome = await self._admitted(wanted, worst)
                cost = outcome.cost
        finally:
            self._budget.settle(reserved, cost)
        return outcome

    async def close(self) -> None:
        """Give back the money that was not spent, and wait for no batch."""
        if self._batching is not None:
            await self._batching.close()
        await self._budget.close()

    def _allowance(self, of: str, per_minute: int | None) -> Allowance | None:
        if per_minute is None or self._batching is not None:
            return None
        name = f"{of} {self._chat.record.ref}"
        return Allowance(self._store, name, per_minute, self._world.clock, self._world.sleep)

    async def _admitted(self, wanted: Wanted, worst: Decimal) -> Answered | Failed:
        """Ask as soon as the endpoint may be asked."""
        expected = _characters(wanted.request) // CHARACTERS_PER_TOKEN + wanted.request.max_tokens
        if self._requests is not None:
            await self._requests.take(1, wanted.stop)
        if self._tokens is not None:
            await self._tokens.take(expected, wanted.stop)
        used = 0
        try:
            await self.pause.over(wanted.stop)
            outcome, took = await self._behind_breaker(wanted, worst)
            used = sum(outcome.reply.usage) if isinstance(outcome, Answered) else 0
        finally:
            if self._tokens is not None:
                self._tokens.correct(expected - used)
        await self._keep(wanted, outcome, took)
        return outcome

    async def _behind_breaker(
        self, wanted: Wanted, worst: Decimal
    ) -> tuple[Answered | Failed, float]:
        is_probe = await self._breaker.pass_through(wanted.stop)
        try:
            wanted.stop()
            began = self._world.clock()
            outcome = await self._asked(wanted, worst)
            took = self._world.clock() - began
        except BaseException:
            self._breaker.left(is_probe=is_probe)
            raise
        is_alone = self._batching is None
        if is_alone and isinstance(outcome, Failed) and _is_unwell(outcome.error):
            self._breaker.failed(outcome.error.sentence, is_probe=is_probe)
        else:
            self._breaker.came_back()
        return outcome, took

    async def _asked(self, wanted: Wanted, worst: Decimal) -> Answered | Failed:
        try:
            if self._batching is None:
                reply = await self._chat.complete(wanted.request)
            else:
                reply = await self._batching.ask(wanted)
        except (ModelError, EndpointError) as error:
            if self._batching is not None and isinstance(error, EndpointError):
                raise  # its batch may be under way, and goes on being so: nothing is to be kept
            return Failed(worst if _may_be_billed(error) else Decimal(0), error)
        return Answered(self._pricer.cost(reply.usage, reply.model), reply)

    async def _keep(self, wanted: Wanted, outcome: Answered | Failed, took: float) -> None:
        reply = outcome.reply if isinstance(outcome, Answered) else None
        error = outcome.error if isinstance(outcome, Failed) else None
        usage = reply.usage if reply else Usage()
        raw = error.raw if isinstance(error, BadReply) else None
        call = NewCall(
            key=wanted.key,
            language_model=self._chat.record.ref,
            purpose=wanted.purpose.name,
            draw=wanted.purpose.draw,
            about=wanted.purpose.about,
            run=self._run,
            state="failed" if reply is None else "unusable" if outcome.fault else "complete",
            seconds=seconds(took),
            cost_usd=outcome.cost,
            tokens=Tokens(*usage),
            characters=_characters(wanted.request),
            stop=reply.stop.value if reply else None,
            fault=outcome.fault,
            answered_by=reply.model if reply else "",
            text=reply.text if reply else None,
            raw=reply.raw if reply else raw,
            error=error.sentence if error else None,
        )
        await self._committed(self._ledger.keep(call))
        self._tell(Made(wanted.purpose.name, outcome.cost, usage, took, fault=outcome.fault))

    async def _committed(self, future: Future[None]) -> None:
        """Wait for a commit; calls that share one are woken together."""
        if self._commit is None or self._commit[0] is not future:
            self._commit = (future, asyncio.wrap_future(future))
        await asyncio.shield(self._commit[1])


def _is_unwell(error: ModelError | EndpointError) -> bool:
    """Whether `error` says that the endpoint itself is not well: down, slow, overloaded."""
    return isinstance(error, ModelError) and error.again and error.fault != RATE_LIMITED


def _may_be_billed(error: ModelError | EndpointError) -> bool:
    return isinstance(error, BadReply) or getattr(error, "fault", None) in MAY_BE_BILLED


def _characters(request: Request) -> int:
    return sum(len(one.text) for one in request.messages)
