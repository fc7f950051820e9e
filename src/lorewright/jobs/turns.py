"""Whose turn it is where several runs share what may be under way at the same time."""

import asyncio
import heapq
from contextlib import AbstractAsyncContextManager
from enum import IntEnum
from itertools import count
from types import TracebackType


class Urgency(IntEnum):
    """How soon the pieces of a run should have their turn."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class Turns:
    """Lets so many through at a time; of those that wait the most urgent goes first.

    Among equals whoever came first goes first. It serves one event loop.

    Args:
        at_once: how many.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._number = count()

    def of(self, urgency: Urgency) -> AbstractAsyncContextManager[None]:
        """A gate that everything of this urgency passes; it may be passed any number of times."""
        return _Gate(self, urgency)

    async def take(self, urgency: Urgency) -> None:
        """Wait for a turn."""
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._number), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back()  # it was let through just when it was called off
            raise

    def give_back(self) -> None:
        """End a turn: the next one has it."""
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


class _Gate:
    """What one run passes."""

    def __init__(self, turns: Turns, urgency: Urgency) -> None:
        self._turns = turns
        self._urgency = urgency

    async def __aenter__(self) -> None:
        await self._turns.take(self._urgency)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._turns.give_back()
