"""The one file that tells SkyPilot what to rent and what to run there."""

import json
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field

from lorewright.inference import library
from lorewright.records import Value
from lorewright.train.executors.versions import version_here
from lorewright.train.spec import Spec

ROOT = "/lorewright"
"""Where everything is mounted on the rented machine."""
BUCKET = r"^(?:s3|gs|file)://[A-Za-z0-9._/-]+$"


class Rental(Value):
    """What to rent; SkyPilot takes the cheapest that fits."""

    kept: str = Field(pattern=BUCKET)
    """A bucket with a prefix, `s3://bucket/prefix`; checkpoints and results are kept there."""
    accelerators: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]+(:[0-9]+)?$")
    """As `sky gpus list` says, such as `H100:1`; None takes a machine without."""
    infra: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_*][A-Za-z0-9_*./:-]*$")
    """`runpod`, `lambda`, `aws/us-east-1` ...; None lets SkyPilot choose."""
    use_spot: bool = True
    """Machines that may be taken away, for less; the job goes on from the bucket."""
    disk_gb: int = Field(default=200, ge=20)
    image: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_./:@-]*$")
    """As SkyPilot names images, such as `docker:ghcr.io/...`; None takes the cloud's own."""
    volume: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")
    """A volume made with `sky volumes apply`, where base models stay by their hash; None keeps
    them on the machine, and fetches them for every machine again."""
    base_from_hub: str | None = Field(default=None, pattern=r"^[\w.-]+/[\w.-]+$")
    """The base model's name on the hub; None sends the folder that is here."""
    wheel: Path | None = None
    """A wheel of this Lorewright to install there; None takes this version from the index."""
    max_usd_per_hour: Decimal | None = Field(default=None, gt=0)
    """SkyPilot rents nothing that costs more."""
    most_restarts: int = Field(default=3, ge=0)
    """How often SkyPilot begins again after an error that is no lost machine."""


def task_name(spec: Spec) -> str:
    """What SkyPilot calls the job."""
    return f"lorewright-{spec.fingerprint[:16]}"


def task_of(jobdir: Path, spec: Spec, rental: Rental) -> dict[str, Any]:
    """The task as SkyPilot's file holds it.

    Args:
        jobdir: a folder with spec, lines and newest checkpoint; everything in it is sent.
        spec: the job.
        rental: what to rent.
    """
    name = task_name(spec)
    return _without_nothing(
        {
            "name": name,
            "resources": _resources(rental),
            "file_mounts": _mounts(jobdir, spec, rental),
            "volumes": {f"{ROOT}/bases": rental.volume} if rental.volume else None,
            "envs": {"HF_HUB_DISABLE_TELEMETRY": "1", "PYTHONUNBUFFERED": "1"},
            "setup": _setup(rental),
            "run": _run(rental, name),
        }
    )


def task_file(task: dict[str, Any]) -> str:
    """The text of the file."""
    yaml = library("yaml")
    return str(yaml.safe_dump(task, sort_keys=False, allow_unicode=True, width=100))


def _resources(rental: Rental) -> dict[str, Any]:
    cost = rental.max_usd_per_hour
    return _without_nothing(
        {
            "infra": rental.infra,
            "accelerators": rental.accelerators,
            "use_spot": rental.use_spot,
            "disk_size": rental.disk_gb,
            "image_id": rental.image,
            "max_hourly_cost": None if cost is None else float(cost),
            "job_recovery": {"max_restarts_on_errors": rental.most_restarts},
        }
    )


def _mounts(jobdir: Path, spec: Spec, rental: Rental) -> dict[str, Any]:
    mounts: dict[str, Any] = {
        f"{ROOT}/job": str(jobdir),
        f"{ROOT}/kept": {"source": rental.kept, "mode": "MOUNT"},
    }
    if rental.base_from_hub is None:
        mounts[f"{ROOT}/base"] = spec.base_folder
    if rental.wheel is not None:
        mounts[f"{ROOT}/{rental.wheel.name}"] = str(rental.wheel)
    return mounts


def _setup(rental: Rental) -> str:
    version = version_here().lorewright
    what = f"{ROOT}/{rental.wheel.name}[train]" if rental.wheel else f"lorewright[train]=={version}"
    return "\n".join(
        (
            "set -e",
            "python3 -m venv ~/lorewright",
            f"~/lorewright/bin/pip install --quiet {shlex.quote(what)}",
            "",
        )
    )


def _run(rental: Rental, name: str) -> str:
    errand = {
        "job": f"{ROOT}/job",
        "kept": f"{ROOT}/kept/{name}",
        "work": f"{ROOT}/work",
        "bases": f"{ROOT}/bases",
        "base": rental.base_from_hub or f"{ROOT}/base",
    }
    words = ("-P", "-m", "lorewright.train.executors.keeper", json.dumps(errand))
    return "\n".join(
        (
            "set -e",
            f"folders='{ROOT}/work {ROOT}/bases'",
            "sudo mkdir -p $folders 2>/dev/null || mkdir -p $folders",
            'sudo chown "$(id -u)" $folders 2>/dev/null || true',
            f"exec ~/lorewright/bin/python {shlex.join(words)}",
            "",
        )
    )


def _without_nothing(table: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if value is not None}
