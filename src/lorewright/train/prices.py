"""What an hour of training costs, from the operator's word or from a dated list."""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from lorewright.errors import BadSettings
from lorewright.records import Value
from lorewright.settings import PriceSettings


class GpuPrice(Value):
    """One kind of GPU."""

    usd_per_hour: Decimal = Field(ge=0)
    tokens_per_second: int | None = Field(default=None, gt=0)
    """How fast it trains, as the list has it; None when it does not say."""


class PriceList(Value):
    """Prices, with the day and the place that they are from."""

    as_of: date
    source: str
    gpus: Mapping[str, GpuPrice]


class Price(NamedTuple):
    """What an hour of one training process costs, and who says so."""

    usd_per_hour: Decimal
    source: str

    def of(self, seconds: float) -> Decimal:
        """What so many seconds cost, to the hundredth of a cent."""
        exact = self.usd_per_hour * Decimal(str(round(seconds, 3))) / 3600
        return exact.quantize(Decimal("0.0001"))


def price_of(device: str, settings: PriceSettings) -> Price:
    """The price of a device: `cpu`, or a GPU.

    Raises:
        BadSettings: when the list cannot be read or does not know the GPU.
    """
    if device == "cpu":
        return Price(settings.cpu, "jobs.prices.cpu")
    if settings.gpu is not None:
        return Price(settings.gpu, "jobs.prices.gpu")
    if settings.gpu_kind is None:
        return Price(Decimal(0), "your own GPU: jobs.prices.gpu_kind is not set")
    listed = price_list(settings)
    found = listed.gpus.get(settings.gpu_kind)
    if found is None:
        raise BadSettings(
            f"the price list knows no GPU called {settings.gpu_kind}",
            where="jobs.prices.gpu_kind",
            hint=f"it knows {', '.join(sorted(listed.gpus))}; or set jobs.prices.gpu",
        )
    return Price(found.usd_per_hour, f"{listed.source}, {listed.as_of}")


def price_list(settings: PriceSettings) -> PriceList:
    """The operator's own list, or the one that comes with Lorewright.

    Raises:
        BadSettings: when the file is missing or is no price list.
    """
    if settings.file is None:
        return _bundled()
    try:
        return _parsed(Path(settings.file).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadSettings(
            f"the price list cannot be read: {next(iter(str(error).splitlines()))}",
            where=settings.file,
            hint="it is TOML with as_of, source and a table [gpus.NAME] with usd_per_hour for each",
        ) from error


@cache
def _bundled() -> PriceList:
    text = resources.files("lorewright.train").joinpath("prices.toml").read_text(encoding="utf-8")
    return _parsed(text)


def _parsed(text: str) -> PriceList:
    return PriceList.model_validate(tomllib.loads(text))
