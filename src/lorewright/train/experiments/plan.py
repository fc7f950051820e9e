"""The plan of an experiment: axes or cells, a baseline, and what must be known before."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from lorewright.records import Value
from lorewright.settings import TrainingSettings

DATASET = "dataset"
"""The axis that is no setting: which examples are learnt from."""
TIMES = "learning_rate_times"
"""The axis of multiples of the rate that a cell would have by itself."""
ALIASES = {"size": "examples"}
"""Other words for settings."""
FIELDS = frozenset({*TrainingSettings.model_fields, DATASET, TIMES} - {"pocket"})
"""What an experiment may vary."""
OPEN = "none"
"""The word for a setting that is left open, where the file has no other."""

Scalar = StrictBool | StrictInt | Decimal | StrictStr
Scalars = tuple[Scalar, ...]


class BestOf(Value):
    """A value that is taken from the best cell of another plan."""

    best_of: str
    """The name of that plan."""


class ExperimentPlan(Value):
    """What is tried, and why.

    Either `axes`, of which every combination is a cell, or `cells` one by one. `fixed` holds in
    all of them, and `needs` is filled in from plans that are done.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")
    title: str = Field(min_length=1)
    hypothesis: str = Field(min_length=1)
    """What is expected, so that the result can contradict it."""
    claim: str | None = None
    """What somebody else said of it, without a measurement; stated as theirs."""
    measure: Literal["held_out_loss"] = "held_out_loss"
    axes: Mapping[str, Scalars] = {}
    """An axis without values is given when the plan is run."""
    cells: tuple[Mapping[str, Scalar], ...] = ()
    """Each with a `name` of its own, if it wants one."""
    fixed: Mapping[str, Scalar] = {}
    needs: Mapping[str, BestOf] = {}
    baseline: str | None = None
    """The cell that all others are compared with; None for the first."""
    with_control: bool = False
    """Whether every cell also trains its permuted control, which a proof needs."""

    @model_validator(mode="before")
    @classmethod
    def _in_the_words_of_the_settings(cls, told: dict[str, Any]) -> dict[str, Any]:
        raw = {**told}
        for part in ("axes", "fixed", "needs"):
            raw[part] = _renamed(raw.get(part, {}))
        if isinstance(raw.get("cells"), list | tuple):
            cells: list[Any] = [*raw["cells"]]
            raw["cells"] = [*map(_renamed, cells)]
        return raw

    @model_validator(mode="after")
    def _says_what_there_is(self) -> Self:
        if bool(self.axes) == bool(self.cells):
            raise ValueError("it has either axes or cells")
        for name in (*self._varied, *self.fixed, *self.needs):
            if name not in FIELDS:
                raise ValueError(f"there is no training setting {name!r} to vary")
        if self.name in {one.best_of for one in self.needs.values()}:
            raise ValueError("it cannot need itself")
        return self

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        varied, fixed, needs = self._varied, {*self.fixed}, {*self.needs}
        both = (varied & fixed) | (varied & needs) | (fixed & needs)
        if both:
            raise ValueError(f"{min(both)} is said twice")
        if {TIMES, "learning_rate"} <= varied | fixed | needs:
            raise ValueError(f"{TIMES} and learning_rate are two words for one thing")
        return self

    @property
    def _varied(self) -> set[str]:
        return {*self.axes, *(name for cell in self.cells for name in cell)} - {"name"}


def _renamed(part: Any) -> Any:
    if not isinstance(part, Mapping):
        return part
    told: dict[str, Any] = {**part}
    return {ALIASES.get(name, name): value for name, value in told.items()}
