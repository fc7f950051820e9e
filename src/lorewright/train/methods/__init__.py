"""How a base model is trained: adapters of several kinds, or all of its weights."""

from lorewright.train.methods.adapting import adapted, groups, save_memory
from lorewright.train.methods.conversion import CONVERSION_FILE, Answers, Conversion, make_plain
from lorewright.train.methods.extras import Extras, State
from lorewright.train.methods.files import (
    ADAPTER_CONFIG,
    ADAPTER_WEIGHTS,
    write_adapter_files,
    write_trained,
)
from lorewright.train.methods.kinds import extras_of
from lorewright.train.methods.method import (
    AdaLoraSettings,
    Kind,
    Method,
    OptimizerSettings,
    PeftSettings,
    Quantisation,
    Width,
)

__all__ = [
    "ADAPTER_CONFIG",
    "ADAPTER_WEIGHTS",
    "CONVERSION_FILE",
    "AdaLoraSettings",
    "Answers",
    "Conversion",
    "Extras",
    "Kind",
    "Method",
    "OptimizerSettings",
    "PeftSettings",
    "Quantisation",
    "State",
    "Width",
    "adapted",
    "extras_of",
    "groups",
    "make_plain",
    "save_memory",
    "write_adapter_files",
    "write_trained",
]
