"""What has to be shown, fixed before anything is answered."""

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from lorewright.records import Value

DIMENSIONS = (
    "emotional_recognition",
    "emotional_validation",
    "empathy_before_advice",
    "reframing",
    "specific_actionable",
    "brand_voice",
    "avoids_pitfalls",
    "overall_effectiveness",
)
"""Those of an answer, each from 1 to 5; their mean is what the first hypothesis is about."""


class ProofRules(Value):
    """Margins, errors and the least number of scenarios."""

    dimensions: tuple[str, ...] = Field(default=DIMENSIONS, min_length=1)
    lowest: Decimal = Decimal(1)
    highest: Decimal = Decimal(5)
    """The scale of a rating; what lies outside it is left out and counted."""
    over_base: Decimal = Field(default=Decimal("0.15"), gt=0)
    """The gain over the prompted base that is to be proven."""
    over_control: Decimal = Field(default=Decimal("0.10"), gt=0)
    """The gain over the control that is reported as met or not shown."""
    preferred: Decimal = Field(default=Decimal("0.65"), gt=0, lt=1)
    """The share of preferences that is reported as met or not shown."""
    parity: Decimal = Field(default=Decimal("0.90"), gt=0)
    """How much of the reference's mean counts as parity."""
    equal_within: Decimal = Field(default=Decimal("0.25"), gt=0)
    """Points of the scale within which two arms count as the same."""
    alpha: Decimal = Field(default=Decimal("0.05"), gt=0, lt=1)
    """The chance of any false claim of the whole order; margins are one-sided at half of it."""
    fewest: int = Field(default=20, ge=2)
    """With fewer scenarios nothing is proven."""
    enough: int = Field(default=50, ge=2)
    """With fewer a warning stands beside the verdict."""
    most_missing: Decimal = Field(default=Decimal("0.10"), ge=0, lt=1)
    """The largest share of scenarios that may lack a usable rating of one of two arms."""
    permutations: int = Field(default=10_000, ge=100, le=1_000_000)
    seed: int = Field(default=7, ge=0)

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("the lowest rating must be below the highest")
        if self.fewest > self.enough:
            raise ValueError("a warning for too few scenarios begins above those that are needed")
        return self
