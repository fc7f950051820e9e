"""What one piece of work costs, and whether it may still ask: kept in its context.

A verb hands neither money nor a flag through its functions. The runner opens a meter around
each piece, and whoever makes calls for that piece finds it in the context of its task.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal


@dataclass(slots=True)
class Meter:
    """Counts the money of one piece of work."""

    stop: Callable[[], None] = lambda: None
    """Raises Stopped when the piece may make no further call."""
    cost: Decimal = Decimal(0)


_METER: ContextVar[Meter | None] = ContextVar("lorewright_meter", default=None)


@contextmanager
def metered(stop: Callable[[], None]) -> Generator[Meter]:
    """Meter all calls made inside, also those of tasks that are started there."""
    meter = Meter(stop)
    token = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(token)


def meter_here() -> Meter:
    """The meter of the piece at hand; one that nobody reads when there is none."""
    return _METER.get() or Meter()
