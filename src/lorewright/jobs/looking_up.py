"""Looking things up in the store: what is asked for together, in one query."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

AT_ONCE = 64
"""Most keys of one query: what is found is brought along, and replies may be long."""


class LookUp(Generic[K, V]):
    """Gathers the keys that are asked for in one turn of the event loop.

    Args:
        find: gives what is known of some keys.
    """

    def __init__(self, find: Callable[[Sequence[K]], Mapping[K, V]]) -> None:
        self._find = find
        self._waiting: dict[K, asyncio.Future[V | None]] = {}

    async def find(self, key: K) -> V | None:
        """What is known of `key`; None when nothing is."""
        waiting = self._waiting.get(key)
        if waiting is None:
            loop = asyncio.get_running_loop()
            waiting = self._waiting[key] = loop.create_future()
            if len(self._waiting) == 1:
                loop.call_soon(self._look)
        return await asyncio.shield(waiting)

    def _look(self) -> None:
        waiting, self._waiting = self._waiting, {}
        keys = list(waiting)
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            try:
                found = self._find(part)
            except Exception as error:  # noqa: BLE001 - whoever waits must learn of it
                for key in part:
                    waiting[key].set_exception(error)
            else:
                for key in part:
                    waiting[key].set_result(found.get(key))
