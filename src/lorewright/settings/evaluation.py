"""How adapters are compared."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class EvaluationSettings(BaseModel):
    """The paired test."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    permutations: int = Field(default=10_000, ge=100)
    alpha: Decimal = Field(default=Decimal("0.05"), gt=0, lt=1)
    min_items: int = Field(default=20, ge=2)
    """With fewer items in a set no finding is claimed for it."""
    seed: int = 7
