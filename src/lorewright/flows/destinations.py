"""Places where training jobs run elsewhere: as the operator named them, and as a job keeps them.

A job keeps where it goes and where it was brought, whole, so that any process can reach it:
another worker, or whoever cancels it, needs no settings for that.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Self

from lorewright.errors import BadSettings, LorewrightError
from lorewright.records import Value
from lorewright.settings import (
    ANY,
    HERE,
    ElsewhereSettings,
    PlaceSettings,
    PriceSettings,
    SkyPilotPlace,
    SshPlace,
)
from lorewright.store.training_jobs import TrainingJob
from lorewright.store.training_slots import Device
from lorewright.train.executors import Machine, Place, Remote, Ssh
from lorewright.train.executors.skypilot import Sky, SkyPilot
from lorewright.train.executors.skypilot_task import Rental
from lorewright.train.prices import Price, price_list

NONE_YET = (
    "there is only `here`; a table such as [elsewhere.places.rented] in lorewright.toml, with "
    'kind = "ssh" and host = "gpu1", makes another'
)
MOST_DEVICE = 32
"""Letters of a device in the table of jobs."""


class Destination(Value):
    """A place with its name."""

    name: str
    place: PlaceSettings

    @classmethod
    def of(cls, text: str | None) -> Self | None:
        """As a job has it; None is this machine."""
        return None if text is None else cls.model_validate_json(text)

    @property
    def host(self) -> str:
        """What the table of slots calls it, unlike any machine's own name."""
        return f"place {self.name}"

    @property
    def reached_by(self) -> tuple[str, ...]:
        """What makes it another place, whatever it is called and costs."""
        if isinstance(self.place, SshPlace):
            return (self.place.kind, self.place.host, self.place.folder)
        return (self.place.kind, self.place.kept)

    @property
    def devices(self) -> list[Device]:
        """Its devices with their slots; the name says how they are reached, then which."""
        if isinstance(self.place, SshPlace):
            return [Device(f"ssh:{one}", self.place.slots) for one in self.place.devices]
        kind = self.place.accelerators or "cpu"
        return [Device(f"sky:{kind}"[:MOST_DEVICE], self.place.slots)]

    def as_text(self) -> str:
        """As a job keeps it."""
        return self.model_dump_json(exclude_defaults=True)


class Brought(Value):
    """Where a job was brought, and how to get there again."""

    destination: Destination
    place: Place

    @classmethod
    def of(cls, job: TrainingJob) -> Self | None:
        """As the job has it; None when nothing of it is elsewhere."""
        return None if job.place is None else cls.model_validate_json(job.place)

    def as_text(self) -> str:
        """As a job keeps it."""
        return self.model_dump_json(exclude_defaults=True)

    @property
    def path(self) -> str:
        """Where its lines lie, in a form that is no path of this machine."""
        if isinstance(self.destination.place, SshPlace):
            return f"//{self.place.host}/{self.place.folder}/jobs/{self.place.job}"
        return f"//{self.place.folder}/{self.place.job}"

    @property
    def ends_by_hand(self) -> str:
        """A command that ends the process there."""
        if isinstance(self.destination.place, SshPlace):
            return f"ssh {self.destination.place.host} pkill -f {self.place.job}"
        return f"sky jobs cancel --name {self.place.job}"

    @property
    def clears_by_hand(self) -> str:
        """A command that removes what lies there, or says where it lies."""
        if isinstance(self.destination.place, SshPlace):
            return f"ssh {self.place.host} rm -r {self.place.folder}/jobs/{self.place.job}"
        return f"remove {self.place.folder}/{self.place.job} from the bucket"


def chosen(settings: ElsewhereSettings, name: str | None = None) -> Destination | None:
    """The place of this name, or that of the settings; None is this machine.

    Raises:
        BadSettings: when there is no such place.
    """
    name = settings.on if name is None else name
    if name == HERE:
        return None
    place = settings.places.get(name)
    if place is None:
        known = ", ".join(sorted(settings.places))
        raise BadSettings(
            f"there is no place called {name[:100]!r}",
            where="elsewhere.places",
            hint=f"there are {HERE}, {known}" if known else NONE_YET,
        )
    return Destination(name=name, place=place)


def again(settings: ElsewhereSettings, text: str | None) -> Destination | None:
    """The place that a job has, as the settings have it now, or else as it was."""
    before = Destination.of(text)
    if before is None or before.name not in settings.places:
        return before
    return chosen(settings, before.name)


def going_to(destination: Destination | None) -> ElsewhereSettings:
    """Settings under which jobs go there."""
    if destination is None:
        return ElsewhereSettings()
    return ElsewhereSettings(on=destination.name, places={destination.name: destination.place})


def executor_of(destination: Destination, *, device: str | None = None) -> Remote:
    """What brings jobs there.

    Args:
        destination: the place.
        device: one of its devices; None leaves the choice to the process there.
    """
    if isinstance(destination.place, SshPlace):
        only = (device or "").removeprefix("ssh:")
        return Ssh(machine_of(destination.place), device=None if only in {"", ANY} else only)
    return SkyPilot(_rental_of(destination.place), sky_of(destination.place))


def machine_of(place: SshPlace) -> Machine:
    """How ssh reaches it."""
    config = None if place.ssh_config is None else place.ssh_config.expanduser()
    return Machine(place.host, place.python, place.folder, config)


def price_there(destination: Destination, prices: PriceSettings) -> Price:
    """What an hour of one training process costs there, and who says so.

    SkyPilot is asked where the operator does not say it, and the price list where SkyPilot
    cannot.

    Raises:
        BadSettings: when the price list cannot be read.
    """
    place, where = destination.place, f"elsewhere.places.{destination.name}"
    if place.usd_per_hour is not None:
        return Price(place.usd_per_hour, where)
    if isinstance(place, SshPlace):
        return Price(Decimal(0), f"your own machine: {where}.usd_per_hour is not set")
    command = None if place.sky is None else str(place.sky.expanduser())
    asked = _asked(command, place.accelerators, place.infra, is_spot=place.use_spot)
    return asked or _listed(place, prices, where)


@cache
def _asked(
    command: str | None, accelerators: str | None, infra: str | None, *, is_spot: bool
) -> Price | None:
    """What SkyPilot's catalogue says; asked once, since it takes seconds."""
    if accelerators is None:
        return None
    try:
        offers = Sky(command).prices(accelerators, infra=infra)
    except LorewrightError:
        return None
    usual = [one.spot_usd_per_hour if is_spot else one.usd_per_hour for one in offers]
    cheapest = min((one for one in usual if one is not None), default=None)
    kind = "spot" if is_spot else "on demand"
    return None if cheapest is None else Price(cheapest, f"SkyPilot's catalogue, {kind}")


def _listed(place: SkyPilotPlace, prices: PriceSettings, where: str) -> Price:
    kind, _, count = (place.accelerators or "").partition(":")
    listed = price_list(prices)
    found = listed.gpus.get(kind)
    if found is None:
        return Price(Decimal(0), f"nobody says what it costs: set {where}.usd_per_hour")
    cost = found.usd_per_hour * int(count or 1)
    return Price(cost, f"{listed.source}, {listed.as_of}")


def sky_of(place: SkyPilotPlace) -> Sky:
    """The `sky` command that a place names."""
    return Sky(None if place.sky is None else str(place.sky.expanduser()))


def _rental_of(place: SkyPilotPlace) -> Rental:
    told = place.model_dump(exclude={"kind", "sky", "slots", "usd_per_hour", "wheel"})
    try:
        return Rental(**told, wheel=None if place.wheel is None else Path(place.wheel))
    except ValueError as error:
        raise BadSettings(
            "a place that SkyPilot shall rent is not described as it must be",
            where="elsewhere.places",
            hint=str(error).splitlines()[-2].strip(),
        ) from error
