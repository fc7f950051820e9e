"""What is about to be trained, as the checks see it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from lorewright.errors import LorewrightError
from lorewright.records import Split
from lorewright.settings import TrainingSettings
from lorewright.train.devices import Choice
from lorewright.train.estimate import SIDE_BY_SIDE, Device, Limits, Pace, Precision, Shape, Use
from lorewright.train.lines import Line
from lorewright.train.preflight.reading import Reader
from lorewright.train.recipes import MethodRecipe
from lorewright.train.spec import Plan

Scores = Callable[[], Iterable[tuple[str, Decimal]]]
"""Every score that came with the examples: what it measures, and its value."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A job that nobody has started yet."""

    lines: Callable[[Split], Iterator[Line]]
    """The examples of a split; asked once for each."""
    examples: int
    """In the training split."""
    plan: Plan
    settings: TrainingSettings
    device: Device
    free_disk: int
    """Bytes where the job's folder will be."""
    folder: Path | None = None
    """Of the base; None while it is neither made nor fetched."""
    reader: Reader | None = None
    """Its tokenizer; None without a folder, or when that cannot be opened."""
    trouble: LorewrightError | None = None
    """Why it cannot be opened."""
    shape: Shape | None = None
    """None when it is not known."""
    scores: Scores = tuple
    """None are known by default."""
    limits: Limits = field(default_factory=Limits)
    recipe: MethodRecipe | None = None
    """The method with where its results can be served; None when that is not asked."""
    choice: Choice | None = None
    """How the device would be used; None when the sizes of the base are not known."""
    at_once: int = SIDE_BY_SIDE
    """How many of the two processes run at the same time."""
    on_one_device: int = SIDE_BY_SIDE
    """How many of these share the memory of a device."""
    pace: Pace | None = None
    """What was measured with this data, if anything was."""

    @property
    def use(self) -> Use | None:
        """How each process would use the device."""
        choice = self.choice
        if choice is None:
            return None
        if choice.quantisation == "nf4":
            precision = Precision.NF4
        else:
            is_half = choice.precision == "bf16"
            precision = Precision.BFLOAT16 if is_half else Precision.FLOAT32
        return Use(
            precision,
            choice.checkpointing,
            choice.pass_tokens,
            self.at_once,
            self.on_one_device,
            choice.shards,
        )

    @property
    def is_pocket(self) -> bool:
        """Whether the base is made on the spot."""
        return self.settings.base == "pocket"
