"""What the run engine asks of those who know the work; it knows no verb itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

from lorewright.store.work_shards import Shard


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What became of the pieces of one shard."""

    done: int
    again: int = 0
    made: int = 0
    failed: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict[str, int])
    """Why records were turned down, with how often."""


class Handler(Protocol):
    """Cuts a request into shards, and does one.

    Requests and shards hold names of records and of settings, never their text: they are kept
    with the run, where erasing does not look. Both methods run on one event loop beside others,
    so what takes long belongs into a thread.
    """

    async def shards(self, request: Mapping[str, JsonValue]) -> Iterable[Shard]:
        """Everything there is to do; asked once for each run."""
        ...

    async def do(self, request: Mapping[str, JsonValue], shard: tuple[str, ...]) -> ShardResult:
        """Do one shard; done again after a crash, it must find what was done before.

        `lorewright.jobs.here()` says which run it is for, when to stop and where to count calls.
        """
        ...


Handlers = Mapping[str, Handler]
"""Who does which work, by its name."""
