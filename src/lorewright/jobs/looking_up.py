"""Finding calls that were made before: those that are asked for together, in one query."""

import asyncio

from lorewright.store import KeptReply, Ledger

AT_ONCE = 64
"""Most keys of one query: what is found is brought along, and replies may be long."""


class LookUp:
    """Gathers what is asked for in one turn of the event loop."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: dict[bytes, asyncio.Future[KeptReply | None]] = {}

    async def find(self, key: bytes) -> KeptReply | None:
        """The complete reply of the call with this key; None when it is still to be made."""
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
                found = self._ledger.find(part)
            except Exception as error:  # noqa: BLE001 - whoever waits must learn of it
                for key in part:
                    waiting[key].set_exception(error)
            else:
                for key in part:
                    waiting[key].set_result(found.get(key))
