"""Making calls that are found again, limited, paid for once, and kept before they are read.

For every call, in this order: is it made already; did somebody stop the run; is there money
for its worst case; may the endpoint be asked now; the attempt; the ledger. Whoever asked
learns of the reply only when it is committed, so nothing that was read can be lost.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic
from types import TracebackType
from typing import NamedTuple, Protocol, Self
from uuid import uuid4

from lorewright.errors import BadReply, EndpointError, LorewrightError, ModelError
from lorewright.jobs.backoff import LONGEST_ASKED_S, asked_wait, backoff
from lorewright.jobs.breaker import Breaker
from lorewright.jobs.budget import Budget
from lorewright.jobs.limits import Allowance, Pause
from lorewright.jobs.looking_up import LookUp
from lorewright.jobs.metering import meter_here
from lorewright.llms import Call, ChatModel, Purpose, Reply, Request, Stop, Usage
from lorewright.settings import TeacherSettings
from lorewright.store import KeptReply, Ledger, NewCall, Store, Tokens, call_key, seconds

CHARACTERS_PER_TOKEN = 4
"""For the allowance of tokens, until the reply says how many there were."""
MAY_BE_BILLED = frozenset({"slow", "reset"})
"""Faults after which the provider may have done the work, and want to be paid for it."""


class Pricer(Protocol):
    """What calls cost."""

    def worst(self, request: Request) -> Decimal:
        """The most that one attempt at `request` can cost, in US dollars."""
        ...

    def cost(self, usage: Usage, model_name: str) -> Decimal:
        """What a reply of the model called `model_name` costs, in US dollars."""
        ...


class Made(NamedTuple):
    """One attempt that ended, or a call that was found made: what a progress line is told."""

    purpose: str
    cost: Decimal
    usage: Usage
    seconds: float
    again: bool = False
    """Found in the ledger, or asked for by somebody else at the same moment: nothing was paid."""
    fault: str | None = None
    """What went wrong with the attempt, or why its reply ends early."""


class World(NamedTuple):
    """Time and chance, as tests replace them."""

    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], asyncio.Future[None]] | Callable[[float], "Sleep"] = asyncio.sleep
    chance: Callable[[], float] = random.random
