"""How many devices of this machine a training job takes, and what they cost together."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lorewright import train
from lorewright.errors import BadSettings
from lorewright.store.training_slots import Device
from lorewright.train.sharing import share_out
from lorewright.train.spec import read_spec


def processes_of(folder: Path, devices: Sequence[Device]) -> int:
    """How many processes the prepared job in `folder` gets on this machine.

    torch is asked only where there are several GPUs and nobody said how many to take.

    Raises:
        BadSettings: when it asks for more GPUs than there are.
    """
    spec, gpus = read_spec(folder), len(gpus_of(devices))
    if spec.share.devices != "auto":
        if gpus and spec.share.devices > gpus:
            raise BadSettings(
                f"training.devices asks for {spec.share.devices} devices, and there are {gpus}",
                where="training.devices",
                hint=f"set training.devices = {gpus}, or auto",
            )
        return spec.share.devices
    if gpus <= 1:
        return 1
    found = train.detect()
    if found.kind != "cuda":
        return 1
    base = train.Base(train.shape_of(Path(spec.base_folder)))
    return share_out(
        spec.share,
        replace(found, count=gpus),
        base,
        spec.plan,
        has_bitsandbytes=train.has_bitsandbytes(),
    ).processes


def slots_of(processes: int, devices: Sequence[Device]) -> int:
    """How many slots so many processes take: one of each GPU, and one of the processor together.

    Processes on one processor share what a single one would use.
    """
    return processes if gpus_of(devices) else 1


def gpus_of(devices: Sequence[Device]) -> list[Device]:
    """Those that are GPUs."""
    return [device for device in devices if device.name.startswith("cuda:")]
