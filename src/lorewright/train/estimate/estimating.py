"""The estimate of a whole run: memory by part, time, money and disk."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from lorewright.train.checkpoints import KEPT
from lorewright.train.estimate.amounts import Amounts, Tokens
from lorewright.train.estimate.calibration import Pace
from lorewright.train.estimate.device import Device
from lorewright.train.estimate.memory import (
    LIBRARIES_CPU,
    LIBRARIES_GPU,
    Load,
    Memory,
    Precision,
    memory_of,
)
from lorewright.train.estimate.outcome import Expected
from lorewright.train.estimate.shape import Shape
from lorewright.train.estimate.work import Seconds, seconds_of, steps_of
from lorewright.train.methods import Method
from lorewright.train.packing.choosing import LIMIT_ELSEWHERE, LIMITS
from lorewright.train.spec import Plan

SIDE_BY_SIDE = 2
"""The adapter and its control: two processes, at the same time where the device has the slots."""
LOG_BYTES_PER_STEP = 600
"""An event, a line of history, and that line again in every checkpoint."""


class Use(NamedTuple):
    """How a process uses its device."""

    precision: Precision
    checkpointing: bool = False
    """Whether activations are computed twice instead of kept."""
    pass_tokens: int | None = None
    """Tokens that may go through the network at once; None takes what suits the device."""
    at_once: int = SIDE_BY_SIDE
    """How many of the two processes run at the same time."""
    on_one_device: int = SIDE_BY_SIDE
    """How many of these share the memory of a device."""
    shards: int = 1
    """Devices that each hold a part of every weight for one process."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator wants to spend at most; None where there is no limit."""

    max_minutes: Decimal | None = None
    """Of one process."""
    max_cost: Decimal | None = None
    """Of both processes together, in USD."""
    price_per_hour: Decimal | None = None
    """Of one process, in USD."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take: the training of an adapter and of its control."""

    device: Device
    use: Use
    steps: int
    tokens: Tokens
    memory: Memory
    """Of one of the two processes."""
    seconds: Seconds
    """Of one of the two processes."""
    disk: int
    """Bytes at the fullest moment, for both."""
    cost: tuple[Decimal, Decimal, Decimal] | None
    """Of both processes in USD: at best, likely and at worst; None without a price."""
    pace: Pace | None
    """What was measured; None when the estimate is by formula alone."""

    @property
    def whole_memory(self) -> int:
        """Bytes of all processes that share a device, at their fullest moments."""
        return self.use.on_one_device * self.memory.total

    @property
    def whole_seconds(self) -> Seconds:
        """Until both are done: one after the other where only one runs at a time."""
        rounds = SIDE_BY_SIDE / self.use.at_once
        return Seconds(*(rounds * value for value in self.seconds))

    @property
    def expected(self) -> Expected:
        """What one of the two processes will take, to be laid beside its job."""
        peak = self.pace.peak if self.pace else None
        return Expected(seconds=round(self.seconds.likely, 1), memory=peak or self.memory.total)

    def as_told(self) -> dict[str, Any]:
        """For other programs."""
        measured = None
        if self.pace is not None:
            measured = {
                "step_seconds": round(self.pace.step_s, 4),
                "peak_memory": self.pace.peak,
                "memory_error": _error(self.memory.total, self.pace.peak),
            }
        return {
            "device": {
                "kind": self.device.kind,
                "name": self.device.name,
                "memory": self.device.memory,
                "free": self.device.free,
            },
            "precision": self.use.precision.value,
            "checkpointing": self.use.checkpointing,
            "steps": self.steps,
            "tokens": {
                "train": self.tokens.train.tokens,
                "train_with_loss": self.tokens.train.loss_tokens,
                "valid": self.tokens.valid.tokens,
                "longest": self.tokens.train.longest,
                "counted": self.tokens.is_counted,
            },
            "memory": {**self.memory._asdict(), "total": self.memory.total},
            "processes": SIDE_BY_SIDE,
            "at_once": self.use.at_once,
            "seconds": [round(value, 1) for value in self.whole_seconds],
            "cost": None if self.cost is None else [str(value) for value in self.cost],
            "disk": self.disk,
            "measured": measured,
        }


def estimate(
    shape: Shape,
    plan: Plan,
    *,
    tokens: Tokens,
    device: Device,
    use: Use | None = None,
    price_per_hour: Decimal | None = None,
    pace: Pace | None = None,
) -> Estimate:
    """Estimate a run of `lorewright train`.

    Args:
        shape: of the base.
        plan: numbers of the adapter.
        tokens: what is learnt from and what is watched.
        device: where.
        use: how the device is used; None for what is usual on it.
        price_per_hour: of one process; None when nothing is paid.
        pace: what was measured on the device with this data.
    """
    use = use or usual_on(device, plan)
    load = load_of(plan, tokens.train, device=device, use=use)
    libraries = LIBRARIES_GPU if device.kind == "cuda" else LIBRARIES_CPU
    memory = memory_of(shape, load, precision=use.precision, libraries=libraries)
    steps = steps_of(plan, tokens.train.examples)
    seconds = seconds_of(
        shape,
        load,
        tokens=tokens,
        plan=plan,
        device=device,
        weights=memory.weights,
        pace=pace,
    )
    return Estimate(
        device=device,
        use=use,
        steps=steps,
        tokens=tokens,
        memory=memory.in_parts(shape, use.shards),
        seconds=seconds,
        disk=disk_of(memory, steps=steps),
        cost=None if price_per_hour is None else cost_of(seconds, price_per_hour),
        pace=pace,
    )


def load_of(plan: Plan, train: Amounts, *, device: Device, use: Use) -> Load:
    """The largest pass: a step is split where it has more tokens than a pass may hold."""
    rows = max(1, min(plan.batch, train.examples))
    limit = LIMITS.get(device.kind, LIMIT_ELSEWHERE)
    if use.pass_tokens is not None:
        limit = min(limit, use.pass_tokens)
    share = min(1.0, max(limit, train.longest) / max(1, rows * train.longest))
    return Load(
        tokens=round(share * rows * train.longest),
        labelled=round(share * rows * train.most_labelled),
        rank=_first_rank(plan),
        is_full=plan.method.kind == "full",
        checkpointing=use.checkpointing,
    )


def usual_on(device: Device, plan: Plan) -> Use:
    """How a device is used when nothing speaks for another way."""
    if _four_bits(plan.method, plan.quantisation):
        precision = Precision.NF4
    elif plan.precision == "bf16" or (plan.precision == "auto" and device.kind == "cuda"):
        precision = Precision.BFLOAT16
    else:
        precision = Precision.FLOAT32
    return Use(precision, checkpointing=plan.checkpointing is True)


def _four_bits(method: Method, quantisation: str) -> bool:
    wanted = method.quantisation if quantisation == "auto" else quantisation
    return wanted == "nf4"


def _first_rank(plan: Plan) -> int:
    """The rank at the beginning, when an adapter is largest."""
    adalora = plan.method.adalora
    return plan.rank if adalora is None else adalora.first_rank(plan.rank)


def disk_of(memory: Memory, *, steps: int) -> int:
    """Checkpoints that are kept and the one being written, results and logs; of both adapters.

    A result lies in the job's folder and is kept as a blob as well.
    """
    trained = memory.adapter or memory.weights
    checkpoints = (KEPT + 1) * (trained + memory.optimizer)
    return SIDE_BY_SIDE * (checkpoints + 2 * trained + LOG_BYTES_PER_STEP * steps)


def cost_of(seconds: Seconds, price_per_hour: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """What the time of both processes costs, at best, likely and at worst."""
    low, likely, high = (_paid(SIDE_BY_SIDE * value, price_per_hour) for value in seconds)
    return low, likely, high


def _paid(seconds: float, price_per_hour: Decimal) -> Decimal:
    hours = Decimal(f"{seconds:.1f}") / 3600
    return (hours * price_per_hour).quantize(Decimal("0.0001"))


def _error(estimated: int, measured: int | None) -> float | None:
    return None if not measured else round(estimated / measured - 1, 3)
