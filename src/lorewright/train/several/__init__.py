"""One job on several devices: a process for each, which torchrun starts and watches over."""

from lorewright.train.several.leading import ended_by, led, torchrun_arguments
from lorewright.train.several.ranks import ALONE, Ranks, join, leave
from lorewright.train.several.sharding import like, shard, whole
from lorewright.train.several.shares import share_of

__all__ = [
    "ALONE",
    "Ranks",
    "ended_by",
    "join",
    "leave",
    "led",
    "like",
    "shard",
    "share_of",
    "torchrun_arguments",
    "whole",
]
