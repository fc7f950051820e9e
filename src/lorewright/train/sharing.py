"""How many processes a job gets and what each holds, with the reason.

Like the other choices it follows from a described device alone.
"""

from typing import Literal, NamedTuple

from lorewright.errors import BadSettings
from lorewright.train.devices import Base, Device, choose
from lorewright.train.share import Share, unshardable
from lorewright.train.spec import Plan


class Sharing(NamedTuple):
    """How a job is shared."""

    processes: int
    sharding: Literal["none", "full"]
    reason: str | None
    """None when one process works alone and nobody asked for more."""

    @property
    def shards(self) -> int:
        """Parts that every weight is held in."""
        return self.processes if self.sharding == "full" else 1


def share_out(
    share: Share, device: Device, base: Base, plan: Plan, *, has_bitsandbytes: bool = True
) -> Sharing:
    """Decide for one job.

    `auto` takes one process, and all GPUs only for a base that does not fit one of them. What
    fits one device is copied to each, since then only the gradients of a step are sent; what
    does not is held in parts.

    Args:
        share: what the operator asks for.
        device: what is there.
        base: the base model and the longest example.
        plan: of the job.
        has_bitsandbytes: whether four bits can be had at all.

    Raises:
        BadSettings: when there are not so many devices, or the base cannot be held in parts.
    """
    _refuse_what_is_not_there(share, device)
    if share.devices == 1 or (share.devices == "auto" and device.count == 1):
        return Sharing(1, "none", None)
    fits = choose(device, base, plan, has_bitsandbytes=has_bitsandbytes).fits
    if share.devices == "auto":
        if _is_left_alone(share, plan, fits=fits):
            return Sharing(1, "none", None)
        processes = device.count
    else:
        processes = share.devices
    is_full = share.sharding == "full" or (
        share.sharding == "auto" and device.kind == "cuda" and not fits
    )
    if is_full:
        _refuse_in_parts(plan)
    return Sharing(processes, "full" if is_full else "none", _why(share, processes, is_full))


def _is_left_alone(share: Share, plan: Plan, *, fits: bool) -> bool:
    """Whether one process works on a job of which nobody said how many should."""
    if plan.sketch:
        return True
    return share.sharding != "full" and (fits or unshardable(plan.method) is not None)


def _refuse_what_is_not_there(share: Share, device: Device) -> None:
    if share.devices in {"auto", 1}:
        return
    if device.kind == "cpu" or int(share.devices) <= device.count:
        return
    raise BadSettings(
        f"training.devices asks for {share.devices} devices, and this process sees {device.count}",
        where="training.devices",
        hint=f"set training.devices = {device.count}, or auto",
    )


def _refuse_in_parts(plan: Plan) -> None:
    why = unshardable(plan.method)
    if why is None and plan.quantisation == "nf4":
        why = "weights of four bits cannot be taken apart"
    if why is not None:
        raise BadSettings(
            f"the base fits no device, and the method {plan.method.name} cannot be trained on one "
            f"in parts: {why}",
            where="training.sharding",
            hint="take the method lora, or a smaller base",
        )


def _why(share: Share, processes: int, is_full: bool) -> str:  # noqa: FBT001 - read once, above
    asked = ", as training.devices says" if share.devices != "auto" else ""
    if not is_full:
        return (
            f"{processes} processes{asked}; each holds the whole base, reads its part of every "
            "step, and adds its gradients to the others'"
        )
    why = "as training.sharding says" if share.sharding == "full" else "it fits no single device"
    return f"{processes} processes{asked}; the base is held in {processes} parts (FSDP2): {why}"
