"""What an hour of a GPU costs: by the list, and by the catalogue of clouds that SkyPilot keeps."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from lorewright.errors import UsageError
from lorewright.flows.destinations import sky_of
from lorewright.settings import Settings, SkyPilotPlace
from lorewright.train.executors.skypilot import Sky
from lorewright.train.prices import price_list

KIND = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?::[0-9]+)?")
COMMON = ("H100:1", "A100-80GB:1", "L40S:1")
"""What the clouds are asked for when nobody says what."""


class PriceRow(NamedTuple):
    """What one kind of GPU costs somewhere."""

    kind: str
    where: str
    """A cloud with its region, or `list`."""
    usd_per_hour: Decimal | None
    """None where it is only offered for as long as nobody else wants it."""
    spot_usd_per_hour: Decimal | None
    """Of a machine that may be taken away; None where there is none."""
    source: str
    as_of: date


def listed_prices(settings: Settings, kinds: Sequence[str] = ()) -> list[PriceRow]:
    """The price list that holds here.

    Args:
        settings: which list.
        kinds: only those whose names begin so; none are all of them.

    Raises:
        BadSettings: when the list cannot be read.
        UsageError: when something is no name of a GPU.
    """
    found, wanted = price_list(settings.jobs.prices), [_plain(one) for one in _checked(kinds)]
    return [
        PriceRow(kind, "list", price.usd_per_hour, None, found.source, found.as_of)
        for kind, price in found.gpus.items()
        if not wanted or any(_plain(kind).startswith(one) for one in wanted)
    ]


def cloud_prices(settings: Settings, kinds: Sequence[str] = ()) -> list[PriceRow]:
    """What clouds ask at present, the cheapest of each kind first.

    Args:
        settings: the places, of which one may say where SkyPilot is.
        kinds: as SkyPilot calls them; none are those of the places, or else common ones.

    Raises:
        MissingExtra: when there is no SkyPilot.
        OutsideError: when it fails.
        UsageError: when something is no name of a GPU.
    """
    places = [one for one in settings.elsewhere.places.values() if isinstance(one, SkyPilotPlace)]
    sky = sky_of(places[0]) if places else Sky()
    configured = dict.fromkeys(one.accelerators for one in places if one.accelerators)
    today = datetime.now(UTC).date()
    return [
        PriceRow(
            offer.accelerators,
            f"{offer.cloud} {offer.region}".strip(),
            offer.usd_per_hour,
            offer.spot_usd_per_hour,
            "SkyPilot's catalogue",
            today,
        )
        for kind in _checked(kinds) or [*configured] or COMMON
        for offer in sky.prices(kind)
    ]


def _checked(kinds: Sequence[str]) -> list[str]:
    for kind in kinds:
        if not KIND.fullmatch(kind):
            raise UsageError(
                "this is no kind of GPU", where=repr(kind[:100]), hint="such as H100 or A100-80GB:8"
            )
    return [*kinds]


def _plain(kind: str) -> str:
    return kind.partition(":")[0].replace("-", "_").upper()
