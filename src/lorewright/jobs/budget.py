"""Hard stops for money: the next call is made only when its worst case still fits.

At any moment: what was spent, by whichever worker, and the worst case of all calls under way
is at most the run's limit and at most the workspace's. The part of the limits that this
process may use lies in the store; calls are fitted into it here without asking the store.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from time import monotonic
from uuid import uuid4

from lorewright.errors import BudgetReached, StorageError
from lorewright.store import Held, Limits, Spent, Store, hold, let_go, units_of, usd_of

REFRESH_S = 10.0
"""How often a worker says that it is alive, and gives back what it did not need."""
STALE_S = 45.0
"""A part that was not refreshed for so long is not used: others may hold it by now."""
LOOK_S = 0.25
"""How often a call that waits for money looks whether others gave some back."""


class Budget:
    """The money that one process may still spend.

    Args:
        store: where spent and held money stands.
        run: the run whose calls are counted.
        of_run: the most that the run may cost; None is without end.
        of_all: the most that all runs of the workspace may cost; None is without end.
        owner: this worker, as others see it.
        clock: seconds that only ever grow.
    """

    def __init__(
        self,
        store: Store,
        run: str,
        *,
        of_run: Decimal | None,
        of_all: Decimal | None,
        owner: str | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._limits = Limits(run, _units(of_run), _units(of_all))
        self._owner = owner or uuid4().hex
        self._clock = clock
        self._held = 0
        self._held_at = -STALE_S
        self._under_way = 0
        self._settled = 0
        self._settled_before = 0
        self._spent = Spent()
        self._turn = asyncio.Lock()
        self._came_back = asyncio.Event()
        self._refreshing: asyncio.Task[None] | None = None

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit at all."""
        return self._limits.of_run is not None or self._limits.of_all is not None

    async def reserve(self, worst: Decimal, stop: Callable[[], None]) -> int:
        """Set aside what a call can cost at most; `settle` ends it.

        Waits while calls under way may still come back cheaper than they could have been.

        Raises:
            BudgetReached: when it would not fit even if nothing else were under way.
            Stopped: when `stop` says so.
        """
        amount = units_of(worst)
        if not amount or not self.is_limited:
            return 0
        async with self._turn:
            while not self._fits(amount):
                self._came_back.clear()
                held = await self._lease(amount)
                if amount > held.alone:
                    raise self._reached(worst, held)
                if not self._fits(amount):
                    stop()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._came_back.wait(), LOOK_S)
            self._under_way += amount
        return amount

    def settle(self, reserved: int, cost: Decimal) -> None:
        """Say what a call cost, after the ledger has it."""
        if reserved:
            self._under_way -= reserved
            self._settled += units_of(cost)
            self._came_back.set()

    async def close(self) -> None:
        """Give back what is left."""
        if self._refreshing is None:
            return
        self._refreshing.cancel()
        # A store that fails is told by whoever asked it to keep something.
        with suppress(asyncio.CancelledError, StorageError):
            await self._refreshing
        self._refreshing = None
        with suppress(StorageError):
            await asyncio.wrap_future(self._store.queue(lambda db: let_go(db, self._owner)))

    def _fits(self, amount: int) -> bool:
        if self._clock() - self._held_at > STALE_S:
            return False
        settled = self._settled - self._settled_before
        return self._under_way + settled + amount <= self._held

    async def _lease(self, wanted: int) -> Held:
        # What settles while the store is asked may or may not be in its sum: it is counted
        # here once more, until the next time.
        settled, under_way, known = self._settled, self._under_way, self._spent
        held = await asyncio.wrap_future(
            self._store.queue(
                lambda db: hold(
                    db, self._owner, self._limits, known, under_way=under_way, wanted=wanted
                )
            )
        )
        self._held, self._held_at = held.amount, self._clock()
        self._settled_before, self._spent = settled, held.spent
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh())
        return held

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            async with self._turn:
                await self._lease(0)

    def _reached(self, worst: Decimal, held: Held) -> BudgetReached:
        of_run, of_all = self._limits.of_run, self._limits.of_all
        left_of_run = None if of_run is None else of_run - held.spent.by_run
        if of_run is not None and left_of_run == held.alone:
            limit, spent, of = of_run, held.spent.by_run, "this run"
            more = "--max-cost or teacher.max_cost_usd"
        else:
            limit, spent, of = of_all or 0, held.spent.by_all, "this workspace"
            more = "teacher.budget_usd"
        return BudgetReached(
            f"the next call could cost up to {_told(worst)}, and {_told(usd_of(spent))} of the "
            f"{_told(usd_of(limit))} that {of} may cost are spent",
            hint=f"raise {more} and run the same command again; it continues, and no finished "
            "call is paid for twice",
        )


def _units(limit: Decimal | None) -> int | None:
    """A limit in whole units, never more than it is."""
    return None if limit is None else units_of(-limit) * -1


def _told(usd: Decimal) -> str:
    """An amount with cents, and with more places where it has them."""
    short = f"{usd:.6f}".rstrip("0")
    whole, _, part = short.partition(".")
    return f"${whole}.{part:0<2}"
