"""Work that takes its time and writes down every call it makes, for runs to be tried with."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import JsonValue

from lorewright.errors import BadReply, BudgetReached, EndpointError
from lorewright.jobs.handler import Handlers, ShardResult
from lorewright.jobs.steward import Pace
from lorewright.jobs.tally import here
from lorewright.settings import Settings
from lorewright.store import Store
from lorewright.store.work_shards import Shard

QUICK = Pace(poll_s=0.05, look_s=0.1, beat_s=0.3)
"""For tests: the same engine, in a hurry."""

PLANTED = "heliotrope"


class Call(NamedTuple):
    """One call that was begun, and by whom."""

    name: str
    process: int


def a_request(
    log: Path, *, shards: int = 6, size: int = 2, ms: int = 20, **more: JsonValue
) -> dict[str, Any]:
    return {"log": str(log), "shards": shards, "size": size, "ms": ms, **more}


def calls_in(log: Path) -> list[Call]:
    lines = log.read_text().splitlines() if log.exists() else []
    return [Call(name, int(process)) for name, process in map(str.split, lines)]


def counted(log: Path) -> Counter[str]:
    return Counter(call.name for call in calls_in(log))


def names(request: Mapping[str, Any]) -> set[str]:
    return {
        f"{shard}.{number}"
        for shard in range(request["shards"])
        for number in range(request["size"])
    }


class Calls:
    """Makes one call for each name, one after the other within a shard.

    A name that stands in `ready` was done before: that is how real work, which keeps what it
    makes, behaves when a shard is begun again.
    """

    def __init__(self, _store: Store, _settings: Settings) -> None:
        self._made: set[str] = set()

    async def shards(self, request: Mapping[str, JsonValue]) -> Iterable[Shard]:
        shards, size = int(str(request["shards"])), int(str(request["size"]))
        return [
            Shard(tuple(f"{shard}.{number}" for number in range(size)), size)
            for shard in range(shards)
        ]

    async def do(self, request: Mapping[str, JsonValue], shard: tuple[str, ...]) -> ShardResult:
        log, again = Path(str(request["log"])), 0
        known = {path.name for path in log.parent.glob("*.done")}
        for name in shard:
            if f"{name}.done" in known:
                again += 1
                continue
            here().stop()
            self._fail(request, name)
            await self._call(log, name, int(str(request["ms"])))
            here().tally.call(cost_usd=Decimal("0.001"), input_tokens=10, output_tokens=5)
        return ShardResult(
            done=len(shard), again=again, made=len(shard) - again, reasons={"too_long": 1}
        )

    async def _call(self, log: Path, name: str, ms: int) -> None:
        with log.open("a") as file:
            file.write(f"{name} {os.getpid()}\n")
        await asyncio.sleep(ms / 1000)
        (log.parent / f"{name}.done").touch()

    def _fail(self, request: Mapping[str, JsonValue], name: str) -> None:
        if request.get("bug") == name:
            raise ValueError(f"a reader stumbled over {PLANTED}")
        if request.get("bad") == name:
            raise BadReply(f"not whole: {PLANTED}", fault="truncated", raw=PLANTED.encode())
        if request.get("broke") == name and not Path(str(request["log"]) + ".paid").exists():
            raise BudgetReached(f"the next call of {PLANTED} is too dear")
        if request.get("down") == name:
            raise EndpointError(f"the server said {PLANTED}", where="http://localhost:9")


def calls(store: Store, settings: Settings) -> Handlers:
    """Who does the only work there is here."""
    return {"calls": Calls(store, settings)}
