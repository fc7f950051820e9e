"""An asker that lets an estimator learn from every call that is made through it."""

import time
from collections.abc import Callable, Sequence
from decimal import Decimal

from lorewright.jobs.estimating import Estimate, Estimator, Seen
from lorewright.lineage import Ref
from lorewright.llms import Abilities, Asker, Call, Purpose, Request

PATIENCE = 4
"""A call that so many times as many calls overtake as are under way at once is waited for no
more."""


class InOrder:
    """Lets calls be observed in the order in which they were begun.

    Short answers come first. An estimator that learnt from calls as they end would take the
    first fifty of a run for all of them, and all of them for shorter than they are.

    Args:
        observe: is told of each call.
        at_once: how many are under way at the same time.
    """

    def __init__(self, observe: Callable[[Seen], None], at_once: int) -> None:
        self._observe = observe
        self._patience = PATIENCE * at_once
        self._begun = 0
        self._next = 0
        self._ended: dict[int, Seen | None] = {}

    def begin(self) -> int:
        """The number of a call that begins."""
        self._begun += 1
        return self._begun - 1

    def end(self, number: int, seen: Seen | None) -> None:
        """Say how a call ended; None when there is nothing to learn from it."""
        if number < self._next:  # it took so long that it was not waited for
            if seen is not None:
                self._observe(seen)
            return
        self._ended[number] = seen
        while self._next in self._ended or self._begun - self._next > self._patience:
            known = self._ended.pop(self._next, None)
            self._next += 1
            if known is not None:
                self._observe(known)

    @property
    def waiting(self) -> list[Seen]:
        """Calls that have ended and are not observed yet."""
        return [seen for seen in self._ended.values() if seen is not None]


class Watched:
    """Passes calls on to an asker, counts them, and lets an estimator see them.

    Args:
        asker: makes the calls.
        estimator: learns from them.
        at_once: how many are under way at the same time.
        is_free: whether calls cost nothing, so that a cost of nothing says nothing.
        tell: called after each.
        clock: seconds that only ever grow.
    """

    def __init__(
        self,
        asker: Asker,
        estimator: Estimator,
        *,
        at_once: int,
        is_free: bool,
        tell: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.spent = Decimal(0)
        self.made = 0
        """Calls that were made, and those whose answer was there already."""
        self._asker = asker
        self._estimator = estimator
        self._order = InOrder(estimator.observe, at_once)
        self._is_free = is_free
        self._tell = tell
        self._clock = clock
        self._began: float | None = None

    def pass_on_to(self, asker: Asker) -> None:
        """Ask another one from now on, and count on."""
        self._asker = asker

    @property
    def model(self) -> Ref:
        """The language model that answers."""
        return self._asker.model

    @property
    def can(self) -> Abilities:
        """What it can do; it may have learnt meanwhile what its server refuses."""
        return self._asker.can

    @property
    def most_tokens(self) -> int:
        """The most tokens that an answer may have."""
        return self._asker.most_tokens

    @property
    def temperature(self) -> Decimal | None:
        """As the operator set it."""
        return self._asker.temperature

    @property
    def asks_again(self) -> int:
        """How often an answer that is off may be asked for again."""
        return self._asker.asks_again

    async def call(self, request: Request, purpose: Purpose) -> Call:
        """Make the call, and learn from it."""
        if self._began is None:
            self._began = self._clock()
        number, seen = self._order.begin(), None
        try:
            call = await self._asker.call(request, purpose)
            self.made += 1
            self.spent += call.cost
            if call.cost or self._is_free:
                seen = _seen(request, purpose, call)
            elif not _is_sent_back(request):
                self._estimator.found(purpose.name)
        finally:
            self._order.end(number, seen)
        self._tell()
        return call

    async def discard(self, keys: Sequence[bytes]) -> None:
        """Never find these calls made again."""
        await self._asker.discard(keys)

    def remaining(self) -> list[Estimate]:
        """What is left, by purpose and in all.

        The estimator still expects the calls that it will observe only when those before them
        have ended. They are made and paid for, so they are not left.
        """
        elapsed = self._clock() - self._began if self._began is not None else None
        rows, ended = self._estimator.remaining(elapsed_s=elapsed), self._order.waiting
        return [
            *(
                one.without([seen for seen in ended if seen.purpose == one.purpose])
                for one in rows[:-1]
            ),
            rows[-1].without(ended),
        ]


def _seen(request: Request, purpose: Purpose, call: Call) -> Seen:
    characters = sum(len(one.text) for one in request.messages)
    return Seen(purpose.name, characters, call.reply.usage, call.cost, _is_sent_back(request))


def _is_sent_back(request: Request) -> bool:
    """Whether the request holds an answer that was off."""
    return any(one.role == "assistant" for one in request.messages)
