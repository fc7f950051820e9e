"""What tokens cost: the rates of one language model, and where they are written."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from lorewright.errors import MissingExtra
from lorewright.llms.wire import Usage

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo

MILLION = Decimal(1_000_000)
BATCH_SHARE = Decimal("0.5")
"""What a batch costs of the usual price where the list gives it no price of its own."""


class Rates(NamedTuple):
    """US dollars per token, and per call."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    call: Decimal = Decimal(0)

    def of(self, usage: Usage) -> Decimal:
        """What `usage` costs."""
        return (
            self.call
            + self.input * usage.input
            + self.output * usage.output
            + self.cache_read * usage.cache_read
            + self.cache_write * usage.cache_write
        )

    def times(self, factor: Decimal) -> "Rates":
        """All of them, multiplied."""
        return Rates(*(factor * rate for rate in self))


@dataclass(frozen=True, slots=True)
class Tariff:
    """The rates of a language model; long requests may be dearer."""

    steps: tuple[tuple[int, Rates], ...]
    """(more input tokens than this, rates from there on), the smallest first."""
    source: str
    """Where they are written, for people."""

    def at(self, input_tokens: int) -> Rates:
        """The rates of a request with so many input tokens; they hold for all of it."""
        found = self.steps[0][1]
        for above, rates in self.steps[1:]:
            if input_tokens > above:
                found = rates
        return found

    def of(self, usage: Usage) -> Decimal:
        """What `usage` costs."""
        return self.at(usage.input + usage.cache_read + usage.cache_write).of(usage)


class Seller(NamedTuple):
    """Whose prices hold: a provider that the list knows by name, or by the address of its API."""

    provider: str | None = None
    url: str | None = None


def own_tariff(input_price: Decimal, output_price: Decimal) -> Tariff:
    """The prices in the settings, in US dollars per million tokens; cached ones cost no less."""
    read, written = input_price / MILLION, output_price / MILLION
    return Tariff(((-1, Rates(read, written, read, read)),), "teacher.input_price, output_price")


def listed_tariff(name: str, seller: Seller, *, at: datetime, batch: bool = False) -> Tariff | None:
    """What the price list says of the model `name`; None when it knows none of that name.

    Args:
        name: the model, as its provider calls it.
        seller: who serves it; the same model has other prices elsewhere.
        at: the moment; some prices change with the date or the hour.
        batch: whether the calls are handed over as a batch.

    Raises:
        MissingExtra: when the list is not installed.
    """
    found = _found(name, seller)
    if found is None:
        return None
    provider, known = found
    usual = _prices(known, at)
    steps = _steps(usual)
    if steps is None:
        return None
    source = f"{_edition()}, {provider}/{known.id}"
    if not batch:
        return Tariff(steps, source)
    batched = _prices(known, at, batch=True)
    if batched != usual and (own := _steps(batched)):
        return Tariff(own, f"{source}, batches")
    halved = tuple((above, rates.times(BATCH_SHARE)) for above, rates in steps)
    return Tariff(halved, f"{source}, half")


def dearest_tariff(
    name: str, seller: Seller, *, at: datetime, batch: bool = False
) -> Tariff | None:
    """The same with the highest price that holds at any half hour of the day to come.

    What is asked for now may be paid for after a price went up.
    """
    day = (at + timedelta(minutes=30 * half) for half in range(49))
    known = [
        one for at_half in day if (one := listed_tariff(name, seller, at=at_half, batch=batch))
    ]
    if not known:
        return None
    starts = sorted({above for one in known for above, _ in one.steps})
    steps = tuple((above, _highest(one.at(above + 1) for one in known)) for above in starts)
    return Tariff(steps, known[0].source)


def list_changed() -> str:
    """The day of the newest price in the list that holds already, as 2030-01-31."""
    today = datetime.now(UTC).date()
    starts = (
        getattr(one.constraint, "start_date", None)
        for provider in _snapshot().providers
        for known in provider.models
        for one in (known.prices if isinstance(known.prices, list) else ())
    )
    return max(start for start in starts if start and start <= today).isoformat()


def is_own_machine(url: str) -> bool:
    """Whether a URL leads to this machine or into a private network."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))
    return address.is_private or address.is_loopback or address.is_link_local


def _prices(known: "ModelInfo", at: datetime, *, batch: bool = False) -> dict[str, Any]:
    return {**vars(known.get_prices(at, {"processing": "batch"} if batch else None))}


def _found(name: str, seller: Seller) -> tuple[str, "ModelInfo"] | None:
    try:
        provider, known = _snapshot().find_provider_model(name, None, seller.provider, seller.url)
    except LookupError:
        return None
    return provider.id, known


def _snapshot() -> "DataSnapshot":
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ImportError as error:
        raise MissingExtra(
            "the list of prices is not installed", hint='pip install "lorewright[teachers]"'
        ) from error
    return get_snapshot()


def _edition() -> str:
    from importlib.metadata import version

    return f"genai-prices {version('genai-prices')}"


def _steps(prices: dict[str, Any]) -> tuple[tuple[int, Rates], ...] | None:
    """The rates of each step of a price in the list; None when tokens have no price there."""
    if prices.get("input_mtok") is None or prices.get("output_mtok") is None:
        return None
    starts = {-1}
    for price in prices.values():
        starts.update(tier.start for tier in getattr(price, "tiers", ()))

    def at(name: str, tokens: int) -> Decimal | None:
        price = prices.get(name)
        base = getattr(price, "base", price)
        for tier in getattr(price, "tiers", ()):
            if tokens > tier.start:
                base = tier.price
        return base if isinstance(base, Decimal) else None

    def rates(tokens: int) -> Rates:
        read = (at("input_mtok", tokens) or Decimal(0)) / MILLION
        written = at("output_mtok", tokens) or Decimal(0)
        thought = at("output_reasoning_mtok", tokens) or Decimal(0)
        cached, caching = at("cache_read_mtok", tokens), at("cache_write_mtok", tokens)
        return Rates(
            read,
            max(written, thought) / MILLION,
            read if cached is None else cached / MILLION,
            read if caching is None else caching / MILLION,
            (at("requests_kcount", tokens) or Decimal(0)) / 1000,
        )

    return tuple((start, rates(start + 1)) for start in sorted(starts))


def _highest(rates: Iterable[Rates]) -> Rates:
    return Rates(*map(max, zip(*rates, strict=True)))
