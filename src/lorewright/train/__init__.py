"""Train: a dataset's conversations and a base model become an adapter.

The work itself happens in a process of its own, `python -m lorewright.train.run JOBDIR`, so
nothing here loads torch.
"""

from lorewright.train.base_model import BaseFolder, at_hand, describe, hashed, locate, told_date
from lorewright.train.bases import KnownBase, known_bases, known_shape
from lorewright.train.control import permuted
from lorewright.train.devices import (
    Base,
    Choice,
    Device,
    choose,
    detect,
    has_bitsandbytes,
    this_cpu,
)
from lorewright.train.estimate.shape import Shape
from lorewright.train.events import Event, Listener
from lorewright.train.footprint import Need, need_of, shape_of
from lorewright.train.gguf import (
    MAGIC,
    OUT_TYPES,
    Header,
    What,
    command_for,
    convert,
    find_converter,
    header_of,
    refuse_unfit_alone,
)
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
    with_memory,
)
from lorewright.train.lengths import TooLong
from lorewright.train.lines import Line
from lorewright.train.made import adapter_record, outside_record, pocket_record
from lorewright.train.mask_view import MaskedExample, MaskView, SplitLine, Unmasked, view_masks
from lorewright.train.merging import LEAST_TOKENS, Merged, merge_adapter
from lorewright.train.methods import Method
from lorewright.train.pocket import make_pocket, make_pocket_tokenizer, pocket_shape
from lorewright.train.pocket_process import make_pocket_apart
from lorewright.train.recipes import MethodRecipe, Preset, Recipes, known_recipes
from lorewright.train.result import Result
from lorewright.train.sketch import Sketch, read_sketch, sketch_epochs
from lorewright.train.spec import Plan, Spec, plan_for, settled
from lorewright.train.subsets import subset

__all__ = [
    "LEAST_TOKENS",
    "MAGIC",
    "OUT_TYPES",
    "Base",
    "BaseFolder",
    "Child",
    "Choice",
    "Device",
    "Event",
    "Header",
    "KnownBase",
    "Lessons",
    "Line",
    "Listener",
    "MaskView",
    "MaskedExample",
    "Merged",
    "Method",
    "MethodRecipe",
    "Need",
    "Plan",
    "Preset",
    "Recipes",
    "Result",
    "Shape",
    "Sketch",
    "Spec",
    "SplitLine",
    "TooLong",
    "Unmasked",
    "What",
    "adapter_record",
    "at_hand",
    "cancel",
    "choose",
    "command_for",
    "convert",
    "describe",
    "detect",
    "find_converter",
    "finish",
    "follow",
    "has_bitsandbytes",
    "hashed",
    "header_of",
    "is_finished",
    "known_bases",
    "known_recipes",
    "known_shape",
    "locate",
    "make_pocket",
    "make_pocket_apart",
    "make_pocket_tokenizer",
    "merge_adapter",
    "need_of",
    "outside_record",
    "permuted",
    "plan_for",
    "pocket_record",
    "pocket_shape",
    "prepare",
    "read_sketch",
    "refuse_unfit_alone",
    "result_of",
    "settled",
    "shape_of",
    "sketch_epochs",
    "start",
    "subset",
    "this_cpu",
    "told_date",
    "view_masks",
    "with_memory",
]
