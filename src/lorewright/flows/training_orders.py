"""Ordering training: a run of the work `train`, and a job in it for each adapter."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from lorewright.errors import LorewrightError
from lorewright.flows.adapting import AS_ONE, ROLES, Role
from lorewright.flows.current import code_of
from lorewright.flows.destinations import Destination, price_there
from lorewright.lineage import Ref
from lorewright.settings import JobSettings, TrainingSettings
from lorewright.store import Store
from lorewright.store.training_jobs import Limits, NewJob, order_jobs
from lorewright.store.training_metrics import earlier_pace
from lorewright.store.training_slots import Device
from lorewright.train.prices import price_of

WORK = "train"
"""The name under which workers know it."""
DRIVER = Path("/proc/driver/nvidia/gpus")
"""Where NVIDIA's driver lists a folder for each GPU; looking there needs no library."""
SPREAD = (0.7, 1.6)
"""How much faster and slower than the earlier ones a job may well be."""


class TrainingOrder(BaseModel):
    """What a training run is for, in names and numbers; equal orders make equal adapters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: Ref
    settings: TrainingSettings
    roles: tuple[Role, ...] = ROLES
    forced: tuple[str, ...] = ()
    """What was found before, and overridden by its name."""

    @classmethod
    def for_(cls, dataset: Ref, settings: TrainingSettings) -> "TrainingOrder":
        """The order of a dataset; files are named so that a worker elsewhere finds them."""
        place, template = Path(settings.base).expanduser(), settings.serving_template
        if place.is_dir():
            settings = settings.model_copy(update={"base": str(place.resolve())})
        if template is not None:
            whole = template.expanduser().resolve()
            settings = settings.model_copy(update={"serving_template": whole})
        return cls(dataset=dataset, settings=settings)

    @classmethod
    def of(cls, request: Mapping[str, JsonValue]) -> "TrainingOrder":
        """Read it again.

        Raises:
            LorewrightError: when another version wrote it.
        """
        try:
            return cls.model_validate(request)
        except ValueError as error:
            raise LorewrightError(
                "the order of this training run cannot be read by this version",
                hint="cancel it, and run `lorewright train` again",
            ) from error

    def as_request(self) -> dict[str, JsonValue]:
        """As it is kept with the run."""
        return self.model_dump(mode="json")

    def work(self, role: Role) -> str:
        """What the job of one role is: equal for jobs that make the same adapter."""
        settings = self.settings.model_copy(
            update={"force": (), "serving_template": None, **AS_ONE}
        )
        plain = self.model_copy(update={"settings": settings, "roles": (role,)})
        told = {**plain.as_request(), "code": code_of("train")}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def devices_for(settings: JobSettings) -> Sequence[Device]:
    """Where training processes of this machine may run, the first choice first.

    On GPUs where there are any, as the system's driver lists them, and on the CPUs otherwise.
    """
    gpus = [Device(f"cuda:{number}", settings.gpu_slots) for number in _gpus()]
    return gpus or [Device("cpu", settings.cpu_slots)]


def limits_of(settings: JobSettings) -> Limits:
    """What the operator lets a job take."""
    minutes = settings.max_minutes
    return Limits(settings.max_cost_usd, None if minutes is None else float(minutes) * 60)


def attach_jobs(
    store: Store,
    run: str,
    order: TrainingOrder,
    settings: JobSettings,
    *,
    webhook_url: str | None = None,
    estimate: tuple[float, float] | None = None,
    destination: Destination | None = None,
) -> None:
    """Let a run have its jobs; what is known of an equal job goes on in this run.

    Args:
        store: where everything is kept.
        run: whose jobs they are.
        order: what is to be trained.
        settings: prices and limits.
        webhook_url: who is told.
        estimate: seconds of one job, at least and at most; the pace of earlier jobs counts more.
        destination: where they go; None is this machine.
    """
    if destination is None:
        device, host = devices_for(settings)[0], None
        price = price_of(device.name, settings.prices)
    else:
        device, host = destination.devices[0], destination.host
        price = price_there(destination, settings.prices)
        estimate = None  # it was made for the device that is here
    pace = earlier_pace(store, order.settings.base, device.name, host=host)
    told = order.settings.model_dump(mode="json", exclude={"base", "pocket"})
    order_jobs(
        store,
        run,
        [
            NewJob(
                work=order.work(role),
                role=role,
                dataset=str(order.dataset),
                base=order.settings.base,
                hyperparameters=told,
                price_usd=price.usd_per_hour,
                price_source=price.source,
                estimated_seconds=estimate if pace is None else _around(pace),
                limits=limits_of(settings),
                webhook_url=webhook_url,
                destination=None if destination is None else destination.as_text(),
            )
            for role in order.roles
        ],
    )


def _gpus() -> list[int]:
    try:
        count = len(list(DRIVER.iterdir()))
    except OSError:
        return []
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return [*range(count)]
    return [int(one) for one in visible.split(",") if one.strip().isdecimal()]


def _around(seconds: float) -> tuple[float, float]:
    low, high = SPREAD
    return (round(seconds * low, 1), round(seconds * high, 1))
