"""Estimate: what a training job will take in memory, time, money and disk, before it starts."""

from lorewright.train.estimate.amounts import Amounts, Counting, Tokens
from lorewright.train.estimate.calibration import Pace, is_quick_to_measure, measured_pace
from lorewright.train.estimate.device import Device, find_device
from lorewright.train.estimate.estimating import SIDE_BY_SIDE, Estimate, Limits, Use, estimate
from lorewright.train.estimate.memory import Load, Memory, Precision, memory_of
from lorewright.train.estimate.outcome import (
    ESTIMATE_FILE,
    Expected,
    peak_memory,
    read_expected,
    write_expected,
)
from lorewright.train.estimate.shape import Shape, max_length_in, shape_in, shape_of
from lorewright.train.estimate.work import Seconds, seconds_of, steps_of

__all__ = [
    "ESTIMATE_FILE",
    "SIDE_BY_SIDE",
    "Amounts",
    "Counting",
    "Device",
    "Estimate",
    "Expected",
    "Limits",
    "Load",
    "Memory",
    "Pace",
    "Precision",
    "Seconds",
    "Shape",
    "Tokens",
    "Use",
    "estimate",
    "find_device",
    "is_quick_to_measure",
    "max_length_in",
    "measured_pace",
    "memory_of",
    "peak_memory",
    "read_expected",
    "seconds_of",
    "shape_in",
    "shape_of",
    "steps_of",
    "write_expected",
]
