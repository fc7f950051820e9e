"""Train: a dataset's conversations and a base model become an adapter.

The work itself happens in a process of its own, `python -m lorewright.train.run JOBDIR`, so
nothing here loads torch.
"""

from lorewright.train.base_model import BaseFolder, describe, locate
from lorewright.train.control import permuted
from lorewright.train.events import Event, Listener
from lorewright.train.job import (
    Child,
    Lessons,
    cancel,
    finish,
    follow,
    is_finished,
    prepare,
    result_of,
    start,
)
from lorewright.train.lines import Line
from lorewright.train.made import adapter_record, outside_record, pocket_record
from lorewright.train.pocket import make_pocket
from lorewright.train.pocket_process import make_pocket_apart
from lorewright.train.result import Result
from lorewright.train.spec import Plan, Spec, plan_for

__all__ = [
    "BaseFolder",
    "Child",
    "Event",
    "Lessons",
    "Line",
    "Listener",
    "Plan",
    "Result",
    "Spec",
    "adapter_record",
    "cancel",
    "describe",
    "finish",
    "follow",
    "is_finished",
    "locate",
    "make_pocket",
    "make_pocket_apart",
    "outside_record",
    "permuted",
    "plan_for",
    "pocket_record",
    "prepare",
    "result_of",
    "start",
]
