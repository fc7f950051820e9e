"""What training runs on, and what is chosen for it, each choice with its reason.

`choose` decides from a described device alone, so that it can say what it would do on one that
is not here.
"""

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from lorewright.errors import MissingExtra
from lorewright.inference import library
from lorewright.train.estimate.shape import Shape
from lorewright.train.footprint import GB, Need, need_of
from lorewright.train.methods import Quantisation
from lorewright.train.spec import Plan

Precision = Literal["fp32", "bf16"]

PASSES = {
    "cpu": (4096, 2048, 1024),
    "mps": (4096, 2048, 1024),
    "cuda": (16384, 8192, 4096, 2048, 1024),
}
"""Tokens that go through the network at once, the most that fits is taken."""
WORTH_IT = 100_000_000
"""Parameters from which on 16 bits pay on a CPU that is fast at them."""
_USABLE = {"cpu": 0.8, "mps": 0.8, "cuda": 0.95}
"""Share of a device's memory that training may plan with."""
_FAST_AT_BF16 = {"avx512_bf16", "amx_bf16"}


@dataclass(frozen=True, slots=True)
class Device:
    """Something that trains."""

    kind: Literal["cpu", "mps", "cuda"]
    name: str
    memory: int
    """In bytes."""
    is_fast_at_bf16: bool
    count: int = 1
    """How many of them there are; a process uses one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a run uses its device."""

    device: Device
    precision: Precision
    quantisation: Quantisation
    checkpointing: bool
    pass_tokens: int
    """Tokens that go through the network at once; a step with more is split."""
    need: Need
    reasons: tuple[str, ...] = ()
    """One sentence for each choice."""
    shards: int = 1
    """Parts that every weight is held in, one on each device."""

    @property
    def fits(self) -> bool:
        """Whether the device is large enough, as far as can be counted beforehand."""
        return self.need.total <= _usable(self.device)


class Base(NamedTuple):
    """What a choice depends on of a base model and its examples."""

    shape: Shape
    longest: int = 0
    """Tokens of the longest example; they go through the network at once, whatever is chosen."""


def choose(
    device: Device, base: Base, plan: Plan, *, has_bitsandbytes: bool = True, shards: int = 1
) -> Choice:
    """Choose precision, quantisation, checkpointing and the tokens of a pass.

    What the plan fixes is not chosen. Of what is open, the fastest that fits is taken: large
    passes before small ones, small ones before computing activations twice, and that before
    four bits.

    Args:
        device: what to run on.
        base: the base model and the longest example.
        plan: of the job.
        has_bitsandbytes: whether four bits can be had at all.
        shards: parts that every weight is held in, one on each device; in parts a base is not
            quantised.

    Raises:
        MissingExtra: when the plan wants four bits and bitsandbytes is not installed.
    """
    precision, why_precision = _precision(device, base.shape, plan)
    first = Choice(device, precision, "none", checkpointing=False, pass_tokens=0, need=_NOTHING)
    tried: Choice | None = None
    four_bits = has_bitsandbytes and shards == 1
    for tried in _candidates(first, base, plan, has_bitsandbytes=four_bits, shards=shards):
        if tried.fits:
            break
    assert tried is not None
    reasons = (
        _where(device),
        why_precision,
        *_why_quantised(tried, plan),
        _why_passes(tried, plan),
        _room(tried),
    )
    return replace(tried, reasons=reasons, shards=shards)


def detect() -> Device:
    """The device that torch would train on here.

    Raises:
        MissingExtra: when torch is not installed.
    """
    torch = library("torch")
    if torch.cuda.is_available():
        found = torch.cuda.get_device_properties(0)
        return Device(
            "cuda",
            found.name,
            found.total_memory,
            is_fast_at_bf16=torch.cuda.is_bf16_supported(including_emulation=False),
            count=torch.cuda.device_count(),
        )
    if torch.backends.mps.is_available():
        return Device("mps", "Apple GPU", torch.mps.recommended_max_memory(), is_fast_at_bf16=False)
    return this_cpu()


def this_cpu() -> Device:
    """The processor of this machine; needs no library."""
    flags = _cpu_flags()
    return Device(
        "cpu",
        f"{os.cpu_count() or 1} cores",
        _memory(),
        is_fast_at_bf16=bool(_FAST_AT_BF16 & flags),
    )


def has_bitsandbytes() -> bool:
    """Whether a base can be held in four bits here."""
    return importlib.util.find_spec("bitsandbytes") is not None


_NOTHING = Need(weights=0, trained=0, activations=0, logits=0)


def _precision(device: Device, shape: Shape, plan: Plan) -> tuple[Precision, str]:
    if plan.precision != "auto":
        return plan.precision, f"{plan.precision}, as training.precision says"
    if device.kind == "cuda" and device.is_fast_at_bf16:
        return "bf16", "bf16: the GPU computes with it directly, at half the memory of fp32"
    if device.kind == "cpu" and device.is_fast_at_bf16 and shape.parameters >= WORTH_IT:
        return "bf16", "bf16: the processor has instructions for it (AVX512-BF16 or AMX)"
    if device.kind == "cpu" and device.is_fast_at_bf16:
        return "fp32", "fp32: the base is so small that 16 bits would save nothing"
    if device.kind == "cpu":
        return "fp32", "fp32: without AVX512-BF16 or AMX this processor takes longer in 16 bits"
    return "fp32", "fp32: this device has no bf16 that is known to be fast and right"


def _candidates(
    first: Choice, base: Base, plan: Plan, *, has_bitsandbytes: bool, shards: int
) -> Iterator[Choice]:
    """Everything that may be chosen, the fastest first."""
    twice = (False, True) if plan.checkpointing is None else (plan.checkpointing,)
    for quantisation in _quantisations(plan, has_bitsandbytes=has_bitsandbytes):
        for checkpointing in twice:
            for tokens in PASSES[first.device.kind]:
                tokens_at_once = max(tokens, base.longest)
                need = need_of(
                    base.shape,
                    plan.method,
                    rank=plan.rank,
                    bits=16 if first.precision == "bf16" else 32,
                    nf4=quantisation == "nf4",
                    checkpointing=checkpointing,
                    tokens=tokens_at_once,
                ).in_parts(base.shape, shards)
                yield replace(
                    first,
                    quantisation=quantisation,
                    checkpointing=checkpointing,
                    pass_tokens=tokens,
                    need=need,
                )


def _quantisations(plan: Plan, *, has_bitsandbytes: bool) -> tuple[Quantisation, ...]:
    wanted: Quantisation = plan.method.quantisation
    if plan.quantisation != "auto":
        wanted = plan.quantisation
    if wanted == "nf4":
        if not has_bitsandbytes:
            raise MissingExtra(
                f"the method {plan.method.name} holds the base in four bits, "
                "and bitsandbytes is not installed",
                hint='pip install "lorewright[qlora]"',
            )
        return ("nf4",)
    is_open = plan.quantisation == "auto" and plan.method.can_be_quantised
    return ("none", "nf4") if is_open and has_bitsandbytes else ("none",)


def _where(device: Device) -> str:
    what = {"cpu": "the processor", "mps": "the Apple GPU", "cuda": "the GPU"}[device.kind]
    said = f"on {what} ({device.name}, {device.memory / GB:.0f} GB)"
    if device.count > 1:
        said += f"; one of {device.count} is used by each process"
    return said


def _why_quantised(choice: Choice, plan: Plan) -> Iterator[str]:
    if choice.quantisation == "none":
        return
    if plan.quantisation == "nf4" or plan.method.quantisation == "nf4":
        yield f"base in four bits (NF4), as the method {plan.method.name} or the settings ask"
    else:
        yield "base in four bits (NF4): in 16 or 32 it does not fit, whatever else is saved"


def _why_passes(choice: Choice, plan: Plan) -> str:
    if plan.checkpointing is not None:
        kept = "computed twice" if choice.checkpointing else "kept"
        why = f"activations {kept}, as training.checkpointing says"
    elif choice.checkpointing:
        why = "activations computed twice (checkpointing): kept, they would not fit"
    else:
        why = "activations kept: computing them twice would take up to half as long again"
    return f"{choice.pass_tokens:,} tokens at once; {why}"


def _room(choice: Choice) -> str:
    counted = (
        f"about {choice.need.total / GB:.1f} GB of {choice.device.memory / GB:.0f} GB are needed"
    )
    return counted if choice.fits else f"{counted}, so it probably does not fit"


def _usable(device: Device) -> float:
    return device.memory * _USABLE[device.kind]


def _cpu_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return set()
    line = next((one for one in text.splitlines() if one.startswith("flags")), "")
    return set(line.partition(":")[2].split())


def _memory() -> int:
    """Of the machine, or of the container that this process is kept in."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="utf-8").strip()
    except OSError:
        return whole
    return min(whole, int(limit)) if limit.isdigit() else whole
