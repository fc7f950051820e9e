"""Whether a training process still moves, told by a clock that nobody sets."""

from collections.abc import Iterable
from itertools import pairwise
from statistics import median

STALLED_AFTER_STEPS = 3
STALLED_AT_LEAST_S = 30.0
"""Measuring held-out loss and writing a checkpoint take longer than a step; so long nobody is
called stalled."""


def step_seconds(ticks: Iterable[float], *, most: int = 20) -> float | None:
    """The median time between the newest ticks of one attempt, in seconds; None before two."""
    newest = [*ticks][-most - 1 :]
    between = [max(0.0, after - before) for before, after in pairwise(newest)]
    return median(between) if between else None


def age_s(last_tick: float | None, tick: float) -> float | None:
    """How long ago something was heard.

    None when nothing was, or when the machine was started again since: then its clock began
    anew, and the process is gone in any case.
    """
    if last_tick is None or tick < last_tick:
        return None
    return tick - last_tick


def is_stalled(
    age: float | None, step_s: float | None, *, at_least_s: float = STALLED_AT_LEAST_S
) -> bool:
    """Whether a process that takes `step_s` for a step has said nothing for too long."""
    if age is None or step_s is None:
        return False
    return age > max(at_least_s, STALLED_AFTER_STEPS * step_s)
