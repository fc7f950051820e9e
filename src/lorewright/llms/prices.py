"""What calls cost: the most that one may cost before it is made, and what it cost after."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from lorewright.errors import UsageError
from lorewright.llms.tariffs import (
    BATCH_SHARE,
    Rates,
    Seller,
    Tariff,
    dearest_tariff,
    is_own_machine,
    list_changed,
    listed_tariff,
    own_tariff,
)
from lorewright.llms.wire import Request, Shape, Usage
from lorewright.settings import TeacherSettings

FREE = frozenset({"rehearsal", "replay"})
"""Plug-ins that ask nobody, so that nothing they answer costs anything."""
AROUND_A_MESSAGE = 16
"""Tokens that a chat template puts round each message, at most."""
AROUND_A_REQUEST = 1024
"""Tokens that a provider puts round all of them, such as how a tool is called, at most."""
AS_LONG_AS = 900.0
"""Seconds for which a price that was looked up holds; some change with the hour."""


class Pricer:
    """The prices of one language model, looked up once and then only multiplied.

    The prices in the settings win. Else the list that comes with `genai-prices` decides, which
    knows what the providers publish. What neither knows is asked for, never guessed.

    Args:
        settings: the language model, where it is served, and perhaps its prices.
        batch: whether the calls are handed over as a batch, for less.
        now: what time it is, for prices that change.
        monotonic: a clock that nobody sets back.

    Raises:
        UsageError: when no price is known, or no language model is named.
    """

    def __init__(
        self,
        settings: TeacherSettings,
        *,
        batch: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if settings.model is None:
            raise UsageError(
                "no language model is named",
                hint='set teacher.model, as in `model = "anthropic:claude-sonnet-4-5"`',
            )
        plug_in, _, self._name = settings.model.partition(":")
        self._batch = batch
        self._now = now
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, Tariff]] = {}
        self._shape: tuple[Shape | None, int] = (None, 0)
        self._own = _own(plug_in, settings, batch=batch)
        self._seller, self._name = _seller(plug_in, self._name, settings.url)
        self._dearest = self._own or self._known(
            dearest_tariff(self._name, self._seller, at=now(), batch=batch)
            if self._seller
            else None
        )

    @property
    def is_free(self) -> bool:
        """Whether no call can cost anything."""
        return not any(any(rates) for _, rates in self._dearest.steps)

    @property
    def source(self) -> str:
        """Where the prices are written, for people."""
        return self._dearest.source

    @property
    def as_of(self) -> str | None:
        """The day of the newest price in the list; None for prices of the operator's own."""
        return None if self._own else list_changed()

    @property
    def rates(self) -> Rates:
        """US dollars per token of a request of usual length."""
        return self._dearest.at(0)

    def worst(self, request: Request) -> Decimal:
        """The most that `request` may cost: the longest answer, and a token for every byte.

        No tokenizer makes more tokens than a text has bytes, so this is a bound and no guess.
        """
        tokens = self._most_tokens(request)
        rates = self._dearest.at(tokens)
        read = max(rates.input, rates.cache_write)
        return rates.call + read * tokens + rates.output * request.max_tokens

    def cost(self, usage: Usage, model_name: str) -> Decimal:
        """What a call cost that was answered by `model_name`, as the provider calls it."""
        return self._tariff(model_name).of(usage)

    def _tariff(self, name: str) -> Tariff:
        if self._own:
            return self._own
        kept = self._kept.get(name)
        if kept and self._monotonic() < kept[0]:
            return kept[1]
        found = self._listed(name) or self._listed(self._name) or self._dearest
        self._kept[name] = (self._monotonic() + AS_LONG_AS, found)
        return found

    def _listed(self, name: str) -> Tariff | None:
        if not name or not self._seller:
            return None
        return listed_tariff(name, self._seller, at=self._now(), batch=self._batch)

    def _known(self, found: Tariff | None) -> Tariff:
        if found is None:
            raise UsageError(
                f"the price of {self._name} is not known",
                where="teacher.input_price, teacher.output_price",
                hint="set both in US dollars per million tokens; 0 for a server of your own",
            )
        return found

    def _most_tokens(self, request: Request) -> int:
        said = sum(map(_bytes, (one.text for one in request.messages)))
        around = AROUND_A_REQUEST + AROUND_A_MESSAGE * len(request.messages)
        return said + around + self._shape_bytes(request.shape)

    def _shape_bytes(self, shape: Shape | None) -> int:
        if shape is not self._shape[0]:  # nearly always the same one again
            self._shape = (shape, _bytes(str(shape.schema)) if shape else 0)
        return self._shape[1]


def _own(plug_in: str, settings: TeacherSettings, *, batch: bool) -> Tariff | None:
    if plug_in in FREE:
        return Tariff(own_tariff(Decimal(0), Decimal(0)).steps, "nobody is asked")
    if settings.input_price is None or settings.output_price is None:
        return None
    share = BATCH_SHARE if batch else Decimal(1)
    return own_tariff(share * settings.input_price, share * settings.output_price)


def _seller(plug_in: str, name: str, url: str | None) -> tuple[Seller | None, str]:
    """Whose prices hold, and the name there; nobody's on a machine of one's own."""
    if url is not None:
        return (None if is_own_machine(url) else Seller(url=url)), name
    if plug_in == "pydantic_ai":
        provider, _, model_name = name.partition(":")
        return (Seller(provider=provider) if model_name else None), model_name or name
    return Seller(provider=plug_in), name


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
