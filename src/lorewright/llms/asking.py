"""The door through which verbs ask: a question in, a typed answer out, however often it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from lorewright.lineage import Ref
from lorewright.llms.wire import Abilities, Reply, Request


class Purpose(NamedTuple):
    """What a call is for; a part of what a finished call is known by."""

    name: str
    """The verb and the prompt: `analyze/content_analysis`."""
    about: tuple[Ref, ...]
    """The documents whose words the request repeats: erasing one destroys the reply."""
    draw: int = 0
    """Asked again on purpose, the same request is another draw; a run that is resumed is not."""


@dataclass(frozen=True, slots=True)
class Call:
    """One finished call."""

    reply: Reply
    cost: Decimal
    """In US dollars; nothing when it had been paid before."""
    key: bytes
    """What the call is known by in the ledger: 32 bytes."""


class Asker(Protocol):
    """Makes calls that are kept, limited and paid for; `jobs` has the one that does.

    A verb is handed one and knows nothing of retries, limits, money or keys.
    """

    @property
    def model(self) -> Ref:
        """The language model that answers, a parent of all that rests on its words."""
        ...

    @property
    def can(self) -> Abilities:
        """What it can do; it may change when a server turns out to refuse something."""
        ...

    @property
    def most_tokens(self) -> int:
        """The most tokens that an answer may have."""
        ...

    @property
    def temperature(self) -> Decimal | None:
        """None leaves it to the provider."""
        ...

    @property
    def asks_again(self) -> int:
        """How often an answer that is off may be asked for again, with what is wrong with it."""
        ...

    async def call(self, request: Request, purpose: Purpose) -> Call:
        """Make the call, or find it made.

        Raises:
            ModelError: when it failed for good.
            EndpointError: when the endpoint cannot be used at all.
            BudgetReached: when it could cost more than may still be spent.
            Stopped: when somebody paused or cancelled the run.
        """
        ...

    async def discard(self, keys: Sequence[bytes]) -> None:
        """Never find these calls made again: together they led to no answer that can be used.

        What was said is kept. Asking the same another time draws afresh.
        """
        ...
