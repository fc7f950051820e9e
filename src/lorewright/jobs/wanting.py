"""A call that somebody asked for, and the time and chance that it lives with."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

from lorewright.llms import Purpose, Request


class World(NamedTuple):
    """Time and chance, which tests replace."""

    clock: Callable[[], float] = monotonic
    """Seconds that only ever grow."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    """Gives numbers from 0 to 1."""


THE_WORLD = World()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that somebody asked for."""

    key: bytes
    request: Request
    purpose: Purpose
    stop: Callable[[], None]
    """Raises Stopped; read before every attempt and while waiting for one."""
