"""Listening to what answers: a rehearsal says that it is one, wherever it is served."""

from collections.abc import Sequence
from decimal import Decimal

from lorewright.lineage import Ref
from lorewright.llms.asking import Asker, Call, Purpose
from lorewright.llms.wire import Abilities, Request

REHEARSAL = "loopback"
"""What the rehearsal server calls its model in every reply."""


class Overhearing:
    """An asker that knows afterwards whether anything was said without reading."""

    def __init__(self, inner: Asker) -> None:
        self._inner = inner
        self._heard = False

    @property
    def rehearses(self) -> bool:
        """Whether the language model declares that it rehearses, or one of its replies did."""
        return self._heard or self._inner.can.rehearsed

    @property
    def model(self) -> Ref:
        """Who answers."""
        return self._inner.model

    @property
    def can(self) -> Abilities:
        """What it can do."""
        return self._inner.can

    @property
    def most_tokens(self) -> int:
        """The most tokens of an answer."""
        return self._inner.most_tokens

    @property
    def temperature(self) -> Decimal | None:
        """None leaves it to the provider."""
        return self._inner.temperature

    @property
    def asks_again(self) -> int:
        """How often an answer that is off may be asked for again."""
        return self._inner.asks_again

    async def call(self, request: Request, purpose: Purpose) -> Call:
        """Make the call; see `Asker`."""
        call = await self._inner.call(request, purpose)
        self._heard = self._heard or call.reply.model == REHEARSAL
        return call

    async def discard(self, keys: Sequence[bytes]) -> None:
        """Never find these calls made again."""
        await self._inner.discard(keys)
