"""Whether the places where jobs may run can be used: each is asked, and nothing is changed."""

from collections.abc import Iterator
from typing import NamedTuple

from lorewright.errors import LorewrightError
from lorewright.flows.destinations import Destination, chosen, executor_of, price_there, sky_of
from lorewright.records import BaseLanguageModel
from lorewright.settings import Settings, SkyPilotPlace
from lorewright.store import Store
from lorewright.train.executors import Ssh
from lorewright.train.executors.bucket import Bucket
from lorewright.train.executors.parcel import name_of

GB = 1_000_000_000
LETTERS = 12
"""Of the hash of a base that nobody here knows by another name."""


class PlaceCheck(NamedTuple):
    """What a place said of itself."""

    name: str
    kind: str
    works: bool
    trouble: str | None
    """Why it cannot be used."""
    hint: str | None
    said: str
    """What it is, in a few words; empty when it does not answer."""
    devices: tuple[str, ...]
    """As its driver calls them; a machine that is not rented yet has none."""
    free_gb: float | None
    bases: tuple[str, ...]
    """The base models that are there, by their names here, or else by their hashes."""
    usd_per_hour: str
    price_source: str


def check_places(store: Store, settings: Settings) -> Iterator[PlaceCheck]:
    """Ask every place of the settings, one after the other."""
    for name in sorted(settings.elsewhere.places):
        place = chosen(settings.elsewhere, name)
        if place is not None:
            yield _checked(store, settings, place)


def _checked(store: Store, settings: Settings, to: Destination) -> PlaceCheck:
    price = price_there(to, settings.jobs.prices)
    found = PlaceCheck(
        name=to.name,
        kind=to.place.kind,
        works=True,
        trouble=None,
        hint=None,
        said="",
        devices=(),
        free_gb=None,
        bases=(),
        usd_per_hour=str(price.usd_per_hour),
        price_source=price.source,
    )
    try:
        return _asked(store, to, found)
    except LorewrightError as error:
        return found._replace(works=False, trouble=error.sentence, hint=error.hint)


def _asked(store: Store, to: Destination, found: PlaceCheck) -> PlaceCheck:
    executor = executor_of(to)
    if isinstance(to.place, SkyPilotPlace):
        return _asked_sky(to.place, found)
    assert isinstance(executor, Ssh)
    hello = executor.hello()
    known = _known_bases(store)
    return found._replace(
        works=hello.difference is None,
        trouble=hello.difference,
        hint=None if hello.difference is None else "install this Lorewright there",
        said=f"Lorewright {hello.version.lorewright}, Python {hello.version.python}",
        devices=hello.devices,
        free_gb=round(hello.free_bytes / GB, 1),
        bases=tuple(known.get(one, one[:LETTERS]) for one in hello.bases),
    )


def _asked_sky(place: SkyPilotPlace, found: PlaceCheck) -> PlaceCheck:
    """SkyPilot and the bucket; a machine is there only while a job runs."""
    version = sky_of(place).call("--version").strip().splitlines()
    Bucket(place.kept, "lorewright-check").is_whole()
    return found._replace(said=f"{version[-1][:80] if version else 'SkyPilot'}, {place.kept}")


def _known_bases(store: Store) -> dict[str, str]:
    """The names of base models by what they are called elsewhere."""
    return {
        name_of(record.outside): record.name
        for record in store.get_many(store.names(BaseLanguageModel.kind), BaseLanguageModel)
        if record.outside
    }
