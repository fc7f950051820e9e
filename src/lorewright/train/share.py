"""How many processes work on one job, and what each of them holds.

Nothing here is part of what a job is: it changes the order in which numbers are added, so the
result by no more than rounding. A job may go on from its checkpoints with other numbers.
"""

from typing import Annotated, Literal

from pydantic import Field

from lorewright.errors import BadSettings
from lorewright.records import Value
from lorewright.settings import TrainingSettings
from lorewright.train.methods import Method

Sharding = Literal["auto", "none", "full"]


class Share(Value):
    """What the operator asks for."""

    devices: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    sharding: Sharding = "auto"

    @classmethod
    def of(cls, settings: TrainingSettings) -> "Share":
        """What the operator's settings say of it."""
        return cls(devices=settings.devices, sharding=settings.sharding)


def refuse_unshareable(share: Share, method: Method, *, sketch: bool) -> None:
    """Stop before anything is begun that several processes cannot do.

    Raises:
        BadSettings: saying what cannot be shared, and what to do.
    """
    if share.sharding == "full" and (why := unshardable(method)) is not None:
        raise BadSettings(
            f"the method {method.name} cannot be trained on a base in parts: {why}",
            where="training.sharding",
            hint='set training.sharding = "none", or take the method lora or full',
        )
    if sketch and (share.sharding == "full" or share.devices not in {1, "auto"}):
        raise BadSettings(
            "sketches of examples are written by a process that works alone",
            where="training.sketch",
            hint="set training.devices = 1, or training.sketch = false",
        )


def unshardable(method: Method) -> str | None:
    """Why the base cannot be held in parts under `method`; None when it can."""
    if method.quantisation == "nf4":
        return "weights of four bits cannot be taken apart"
    if method.adalora is not None:
        return "its ranks are measured on whole matrices"
    if method.peft.begins_in_the_base:
        return "its first step changes the whole base"
    return None
