"""Where training jobs run that do not run on this machine."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

HERE = "here"
"""The place that is always there: this machine."""
ANY = "any"
"""A device that the process there chooses itself."""
Device = Annotated[str, Field(pattern=r"^(?:any|cpu|cuda:[0-9]{1,3})$")]


def _is_free(name: str) -> str:
    if name == HERE:
        raise ValueError(f"`{HERE}` is this machine; call the place something else")
    return name


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$"), AfterValidator(_is_free)]


class SshPlace(BaseModel):
    """A machine that ssh reaches and that has Lorewright."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["ssh"]
    """What reaches it."""
    host: str
    """A host of your ssh configuration, or `user@host`."""
    python: str = "python3"
    """Its Python with Lorewright and the extra `train`; `~/` at the beginning is its home."""
    folder: str = "~/.lorewright"
    """Where base models and jobs are kept there."""
    ssh_config: Path | None = None
    """An ssh configuration other than your own."""
    devices: tuple[Device, ...] = Field(default=(ANY,), min_length=1)
    """Its devices: `cpu`, `cuda:0` ...; `any` leaves the choice to the process there."""
    slots: int = Field(default=1, ge=1)
    """Training processes at the same time on each of them."""
    usd_per_hour: Decimal | None = Field(default=None, ge=0)
    """USD for an hour of one training process. None means that it is your own and costs nothing."""


class SkyPilotPlace(BaseModel):
    """A machine that SkyPilot rents for each job."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["skypilot"]
    """What rents it."""
    kept: str
    """A bucket with a prefix, `s3://bucket/prefix`, for checkpoints and results."""
    accelerators: str | None = None
    """As `sky gpus list` says, such as `H100:1`. None takes a machine without."""
    infra: str | None = None
    """`runpod`, `lambda`, `aws/us-east-1` ... None lets SkyPilot choose."""
    use_spot: bool = True
    """Machines that may be taken away, for less."""
    disk_gb: int = Field(default=200, ge=20)
    """The machine's disk."""
    image: str | None = None
    """As SkyPilot names images. None takes the cloud's own."""
    volume: str | None = None
    """A volume made with `sky volumes apply`, where base models stay."""
    base_from_hub: str | None = None
    """The base model's name on the hub. None sends the folder that is here."""
    wheel: Path | None = None
    """A wheel of this Lorewright to install there. None takes this version from the index."""
    max_usd_per_hour: Decimal | None = Field(default=None, gt=0)
    """SkyPilot rents nothing that costs more."""
    most_restarts: int = Field(default=3, ge=0)
    """How often SkyPilot begins again after an error that is no lost machine."""
    sky: Path | None = None
    """The `sky` command. None looks for it in PATH."""
    slots: int = Field(default=1, ge=1)
    """Machines at the same time."""
    usd_per_hour: Decimal | None = Field(default=None, ge=0)
    """USD for an hour of one machine. None asks SkyPilot, and then the price list."""


PlaceSettings = Annotated[SshPlace | SkyPilotPlace, Field(discriminator="kind")]


class ElsewhereSettings(BaseModel):
    """Where training jobs run, when not on this machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: str = HERE
    """The place where jobs run: `here`, or the name of one below `[elsewhere.places]`."""
    poll_seconds: Decimal = Field(default=Decimal(5), gt=0)
    """How often a place is asked how its jobs go."""
    fetch_minutes: Decimal = Field(default=Decimal(10), gt=0)
    """How often the newest checkpoint is brought back; a machine that vanishes costs at most the
    work since then."""
    unreachable_minutes: Decimal = Field(default=Decimal(60), gt=0)
    """A place that does not answer for so long is given up; its jobs can go on elsewhere."""
    places: Mapping[Name, PlaceSettings] = {}
    """The places, each a table of its own such as `[elsewhere.places.rented]`."""
