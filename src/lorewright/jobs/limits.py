"""How much may be asked of an endpoint: calls at once, requests and tokens per minute.

Calls at once are counted in each process. Allowances per minute are shared by all workers of
a database: a process takes a slice at a time, so that a write is made once for many calls.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from lorewright.store import Store, take_allowance

AHEAD_S = 1.0
"""A slice is what the allowance grants in so many seconds."""
HOLD_S = 2.0
"""What is left of a slice after so many seconds is not used any more."""
LOOK_S = 0.5
"""How often a call that waits looks whether somebody stopped the run."""


@dataclass
class Allowance:
    """One allowance per minute, as one process lives on it.

    Args:
        store: where the allowance that all share stands.
        name: the allowance.
        per_minute: how much it grants.
        clock: seconds that only ever grow.
        sleep: waits so many seconds.
    """

    store: Store
    name: str
    per_minute: int
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    _left: float = 0.0
    _taken_at: float = 0.0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, amount: float, stop: Callable[[], None]) -> None:
        """Wait until `amount` may be used, first come first served.

        Raises:
            Stopped: when `stop` says so.
        """
        async with self._turn:
            while not self._is_there(amount):
                await self._lease(amount, stop)
            self._left -= amount

    def correct(self, amount: float) -> None:
        """Give back `amount` of what was taken; a negative one was used on top of it."""
        self._left += amount

    def _is_there(self, amount: float) -> bool:
        if self._left > 0 and self.clock() - self._taken_at > HOLD_S:
            self._left = 0.0
        return self._left >= amount

    async def _lease(self, amount: float, stop: Callable[[], None]) -> None:
        least = amount - self._left
        most = max(least, self.per_minute / 60 * AHEAD_S)
        grant = await asyncio.wrap_future(
            self.store.queue(
                partial(
                    take_allowance, name=self.name, per_minute=self.per_minute, least=least,
                    most=most,
                )
            )
        )  # fmt: skip
        if grant.taken:
            self._left += grant.taken
            self._taken_at = self.clock()
            return
        stop()
        await self.sleep(min(max(grant.wait_s, 0.01), LOOK_S))


class Pause:
    """A pause that one call's reply imposes on all calls of the process.

    Args:
        clock: seconds that only ever grow.
        sleep: waits so many seconds.
    """

    def __init__(
        self, *, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._until = 0.0

    def extend(self, seconds: float) -> None:
        """Make no call for so many seconds from now; a longer pause under way stays."""
        self._until = max(self._until, self._clock() + seconds)

    async def over(self, stop: Callable[[], None]) -> None:
        """Wait for the end of the pause.

        Raises:
            Stopped: when `stop` says so.
        """
        while (left := self._until - self._clock()) > 0:
            stop()
            await self._sleep(min(left, LOOK_S))
