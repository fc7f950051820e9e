"""Where a piece of work finds the run that it belongs to: its name, its check, its tally."""

import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass, replace
from decimal import Decimal

from lorewright.errors import LorewrightError
from lorewright.jobs.controls import Stop
from lorewright.jobs.report import Progress
from lorewright.store import Store
from lorewright.store.work_runs import Counts
from lorewright.store.work_shards import HeldShard, tell_shard

TELL_EVERY_S = 0.5
"""How often at most the progress of one shard is written down."""


class Tally:
    """Counts what happens in one shard and writes it down twice a second at most.

    Rows do not grow with the number of calls: each shard has one, and it is overwritten.
    """

    def __init__(self, store: Store, held: HeldShard) -> None:
        self._store = store
        self._held = held
        self._counts = Counts()
        self._lock = threading.Lock()
        self._told = time.monotonic()

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        return self._counts

    def watch(self, progress: Progress) -> None:
        """Count a piece that is settled."""
        self.add(Counts(done=1, made=progress.made))

    def call(
        self,
        *,
        cost_usd: Decimal = Decimal(0),
        input_tokens: int = 0,
        output_tokens: int = 0,
        failed: bool = False,
    ) -> None:
        """Count a call to a language model that was really made."""
        self.add(
            Counts(
                calls=1,
                failed_calls=int(failed),
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                cost_usd=cost_usd,
            )
        )

    def add(self, more: Counts) -> None:
        """Add to the counts, and write them down when that was not done just now."""
        with self._lock:
            self._counts = _sum(self._counts, more)
            is_due = time.monotonic() - self._told > TELL_EVERY_S
            if is_due:
                self._told = time.monotonic()
        if is_due:
            tell_shard(self._store, self._held, self._counts)

    def settle(self, pieces: Counts) -> Counts:
        """The counts at the end: of pieces as they were reported, of calls as they were made."""
        counted = self._counts
        return replace(
            counted,
            done=pieces.done,
            again=pieces.again,
            made=pieces.made,
            failed=pieces.failed,
            reasons=pieces.reasons,
        )


@dataclass(frozen=True, slots=True)
class Here:
    """The run and the shard that the code is working on."""

    run: str
    stop: Stop
    """Raises `Stopped` when no further call may be made; cheap enough for every call."""
    tally: Tally


_HERE: ContextVar[Here] = ContextVar("lorewright_here")


def here() -> Here:
    """The shard that is being worked on; what it starts with asyncio inherits it.

    Raises:
        LorewrightError: outside any run.
    """
    try:
        return _HERE.get()
    except LookupError:
        raise LorewrightError("this code works only inside a durable run") from None


def stand(place: Here) -> None:
    """Work on `place` from now on, in this task and what it starts."""
    _HERE.set(place)


def _sum(one: Counts, other: Counts) -> Counts:
    reasons = dict(one.reasons)
    for reason, number in other.reasons.items():
        reasons[reason] = reasons.get(reason, 0) + number
    return Counts(
        done=one.done + other.done,
        again=one.again + other.again,
        made=one.made + other.made,
        failed=one.failed + other.failed,
        calls=one.calls + other.calls,
        failed_calls=one.failed_calls + other.failed_calls,
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cost_usd=one.cost_usd + other.cost_usd,
        reasons=reasons,
    )
