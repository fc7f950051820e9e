"""How long training takes: the work in it, and how fast a device does such work."""

from typing import NamedTuple

from lorewright.train.estimate.amounts import Tokens
from lorewright.train.estimate.calibration import Pace
from lorewright.train.estimate.device import Device
from lorewright.train.estimate.memory import Load
from lorewright.train.estimate.shape import Shape
from lorewright.train.spec import Plan

HELD_OUT_TIMES = 9
"""How often the valid split is read in a run: before it, and eight times in it."""
CALLS_PER_LAYER = 95
"""Operations of one layer with adapters, forth and back; each costs something even when small."""
CALL_S = {"cpu": 9e-6, "cuda": 6e-6}
START_S = 9.0
"""Until torch, transformers and peft are loaded."""
LOADED_PER_S = 0.8e9
"""Bytes of weights."""
UNSURE = 2.0
"""By what factor an estimate that nothing was measured for may be off."""
SURE = 1.25
"""The same after a step of the job's own data was timed on this device."""


class Seconds(NamedTuple):
    """How long something takes: at best, likely, and at worst."""

    low: float
    likely: float
    high: float


def flops_per_token(shape: Shape, load: Load, *, length: float, labelled_share: float) -> float:
    """Floating-point operations of one trained token.

    Forward 2 per weight, backward 2 more for the gradient of what went in; the gradients of
    weights are needed for the adapter alone (6 per weight of it), or for all of them when the
    base itself is trained. The head counts for tokens that carry loss only. Attention looks
    back at half of the length on average. Recomputing adds a forward pass.
    """
    head = shape.hidden * shape.vocabulary * labelled_share
    attention = 2 * length * shape.query_width * shape.layers
    forward = 2 * (shape.linear_parameters + head) + attention
    backward = 2 * (shape.linear_parameters + head) + 2 * attention
    if load.is_full:
        trained = 2.0 * (shape.linear_parameters + head)
    else:
        trained = 6.0 * shape.adapter_parameters(load.rank)
    return forward * (2 if load.checkpointing else 1) + backward + trained


def seconds_of(
    shape: Shape,
    load: Load,
    *,
    tokens: Tokens,
    plan: Plan,
    device: Device,
    weights: int,
    pace: Pace | None = None,
) -> Seconds:
    """Estimate the seconds of one training process, from its start to its result.

    Args:
        shape: of the base.
        load: what goes through it at once.
        tokens: what is learnt from, and what is watched.
        plan: steps, and examples per step.
        device: where.
        weights: bytes of the base.
        pace: what was measured on the device with this data.
    """
    train, steps = tokens.train, steps_of(plan, tokens.train.examples)
    per_token = flops_per_token(
        shape,
        load,
        length=train.mean,
        labelled_share=train.loss_tokens / train.tokens if train.tokens else 1.0,
    )
    read = min(plan.batch, train.examples) * train.mean
    calls = max(1.0, read / load.tokens) * shape.layers * CALLS_PER_LAYER * CALL_S[device.kind]
    step = calls + read * per_token / (device.tflops * 1e12)
    started = START_S + weights / LOADED_PER_S
    if pace is not None and pace.tokens_per_step:
        step, started = pace.step_s * read / pace.tokens_per_step, pace.start_s
    # Reading the valid split is a forward pass, a third of a step per token.
    watched = HELD_OUT_TIMES * (tokens.valid.tokens / read if read else 0.0) * step / 3
    likely = started + steps * step + watched
    factor = UNSURE if pace is None else SURE
    return Seconds(likely / factor, likely, likely * factor)


def steps_of(plan: Plan, examples: int) -> int:
    """How many optimizer steps a plan has."""
    return plan.steps or plan.epochs * -(-examples // plan.batch)
