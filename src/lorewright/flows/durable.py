"""Works that ask a language model as durable runs: shared by processes, resumed by any of them.

Whoever starts a run plans it and sees it through; whoever helps is told only names: which work,
which choice, which of its rounds. A process that joins plans the same round from the store and
finds the same pieces, since a plan is made of what is stored and of nothing else.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice

from pydantic import JsonValue

from lorewright.errors import Incomplete, LorewrightError, NotYet, OutsideError
from lorewright.flows.teaching import Allowed, asked_of, in_batches, open_teacher
from lorewright.jobs import Priced, here, run_waiting
from lorewright.jobs.attempts import Made
from lorewright.jobs.batching import UnderWay
from lorewright.jobs.handler import ShardResult
from lorewright.jobs.turns import Turns, Urgency
from lorewright.jobs.working import as_ours
from lorewright.llms import Asker
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import Store
from lorewright.store.work_shards import Shard

Request = Mapping[str, JsonValue]
Plan = Callable[[Store, Settings, Asker, Request], Iterable[Priced]]
"""From a choice to its works, each planned when the one before is done."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the request of a run says: names and numbers only."""

    choice: Mapping[str, JsonValue]
    """What is to be done, as the work itself understands it."""
    number: int
    """Which of the works of the choice, from 0."""
    teacher: str
    """The language model, as `plug-in:name`."""
    account: str
    """What its calls are kept under, and what its limit counts."""
    max_cost: Decimal | None
    batch: bool = False
    """Whether calls are handed over in batches."""
    urgency: Urgency = Urgency.NORMAL
    """Which of the runs that a worker has goes first."""

    def as_request(self) -> dict[str, JsonValue]:
        """As it is kept with the run."""
        return {
            "choice": dict(self.choice),
            "number": self.number,
            "teacher": self.teacher,
            "account": self.account,
            "max_cost": None if self.max_cost is None else str(self.max_cost),
            **({"batch": True} if self.batch else {}),
            **({"priority": self.urgency.name} if self.urgency is not Urgency.NORMAL else {}),
        }

    @classmethod
    def of(cls, request: Request) -> "Ordered":
        """Read it again.

        Raises:
            LorewrightError: when another version wrote it.
        """
        match request:
            case {
                "choice": dict() as choice,
                "number": int() as number,
                "teacher": str() as teacher,
                "account": str() as account,
                "max_cost": str() | None as most,
            }:
                limit = None if most is None else Decimal(most)
                urgency = Urgency[str(request.get("priority", Urgency.NORMAL.name))]
                return cls(choice, number, teacher, account, limit, "batch" in request, urgency)
            case _:
                raise LorewrightError(
                    "the order of this run cannot be read by this version",
                    hint="cancel it, and run the command that started it again",
                )


@dataclass(slots=True)
class _Opened:
    """A work and what must be closed when no shard needs it any more."""

    work: Priced
    teacher: TeacherSettings
    urgency: Urgency
    closing: AsyncExitStack
    users: int = 0


class PricedHandler:
    """Does shards of works that ask a language model, all of one process through one asker.

    One serves one run engine, whose event loop it gets to know.

    Args:
        store: where everything is kept.
        settings: of the operator of this process: its key, its limits.
        plan: from a choice to its works.
        around: puts something around the asker, such as an estimator that learns.
        on_batch: told whenever the batches that are under way change.
        seat: from the settings and the name of a language model to the settings with that one in
            the teacher's chair.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        plan: Plan,
        *,
        around: Callable[[Asker], Asker] = lambda asker: asker,
        on_batch: Callable[[UnderWay | None], None] = lambda _under_way: None,
        seat: Callable[[Settings, str], Settings] = asked_of,
    ) -> None:
        self.failed: list[tuple[str, LorewrightError]] = []
        """Pieces that failed in this process."""
        self.trouble: LorewrightError | None = None
        """The first thing that went wrong with a whole shard."""
        self._store = store
        self._settings = settings
        self._plan = plan
        self._around = around
        self._on_batch = on_batch
        self._seat = seat
        self._gate = asyncio.Lock()
        # All shards together: of what is equally urgent, what was begun first is finished first,
        # so that a run that is stopped has few pieces half done.
        self._pieces = {
            batch: Turns(in_batches(settings, batch=batch).teacher.under_way)
            for batch in (False, True)
        }
        self._opened: dict[str, _Opened] = {}

    async def shards(self, request: Request) -> Iterable[Shard]:
        """The shards of the work that is meant."""
        async with self._opening(request) as opened:
            work = opened.work
            return await asyncio.to_thread(lambda: [*map(partial(_counted, work), work.shards())])

    async def do(self, request: Request, shard: tuple[str, ...]) -> ShardResult:
        """Do the pieces of one shard; what was done before is found done."""
        try:
            async with self._opening(request) as opened:
                report = await run_waiting(
                    opened.work.pieces(shard),
                    step=opened.work.step,
                    store=self._store,
                    at_once=opened.teacher.under_way,
                    watch=here().tally.watch,
                    gate=self._pieces[opened.teacher.batch].of(opened.urgency),
                )
        except (OutsideError, Incomplete):
            raise
        except Exception as error:
            self.trouble = self.trouble or as_ours(error)
            raise
        self.failed += report.failed
        return ShardResult(
            done=report.pieces,
            again=report.again,
            made=report.accepted,
            failed=len(report.failed),
            reasons=report.rejected,
        )

    @asynccontextmanager
    async def _opening(self, request: Request) -> AsyncGenerator[_Opened]:
        """The work of a request; who needs it first opens its asker, who needs it last closes."""
        name = json.dumps(request, sort_keys=True)
        async with self._gate:
            opened = self._opened.get(name) or await self._open(Ordered.of(request))
            self._opened[name] = opened
            opened.users += 1
        try:
            yield opened
        finally:
            async with self._gate:
                opened.users -= 1
                if not opened.users:
                    del self._opened[name]
                    await opened.closing.aclose()

    async def _open(self, ordered: Ordered) -> _Opened:
        settings = self._seat(self._settings, ordered.teacher)
        settings = in_batches(settings, batch=ordered.batch)
        allowed = Allowed(ordered.max_cost, ordered.account, lambda: here().stop())
        async with AsyncExitStack() as opening:
            asker = self._around(
                await opening.enter_async_context(
                    open_teacher(
                        self._store, settings, allowed, on_call=_count, on_batch=self._on_batch
                    )
                )
            )
            work = await asyncio.to_thread(self._nth, settings, asker, ordered)
            return _Opened(work, settings.teacher, ordered.urgency, opening.pop_all())

    def _nth(self, settings: Settings, asker: Asker, ordered: Ordered) -> Priced:
        works = iter(self._plan(self._store, settings, asker, ordered.choice))
        found = next(islice(works, ordered.number, None), None)
        if found is None:
            raise NotYet(
                "this run rests on another one that is not done",
                hint="run the command that started it again; what is done is not done twice",
            )
        return found


def _counted(work: Priced, names: tuple[str, ...]) -> Shard:
    """A shard with the number of its pieces, which its names alone do not tell."""
    return Shard(names, sum(1 for _ in work.pieces(names)))


def _count(made: Made) -> None:
    """Let the shard that asked count a call that was really made."""
    if not made.again:
        here().tally.call(
            cost_usd=made.cost,
            input_tokens=made.usage.input + made.usage.cache_read + made.usage.cache_write,
            output_tokens=made.usage.output,
            failed=made.fault is not None,
        )
