"""How many scenarios are asked for, and which of them are kept."""

from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ScenarioSettings(BaseModel):
    """Scenarios of an evaluation: how many are written, and by which rules some are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(default=100, ge=1)
    """How many are asked for."""
    keep: int = Field(default=100, ge=1)
    """The most that are kept, evenly over arcs, personas and topics."""
    least_words: int = Field(default=12, ge=1)
    """A message with fewer words tells too little of a situation."""
    most_words: int = Field(default=250, ge=1)
    """A message with more words is no message that somebody writes."""
    least_intensity: Decimal = Field(default=Decimal("0.30"), ge=0, le=1)
    """A feeling that is weaker is none to speak of; deliberations need none."""
    least_expected: int = Field(default=2, ge=0)
    """With fewer expected elements nobody can tell a good answer."""
    most_alike: Decimal = Field(default=Decimal("0.85"), gt=0, le=1)
    """Two scenarios whose characters have a greater cosine are one."""
    arcs: dict[str, int] = {}
    """How many of each emotional arc, as shares of those that are kept; empty takes the shares
    that came along."""
    personas: dict[str, int] = {}
    """The same of personas."""
    seed: int = Field(default=7, ge=0)
    """Decides the order of a plan."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.least_words > self.most_words:
            raise ValueError("least_words is above most_words")
        if any(share < 0 for share in (*self.arcs.values(), *self.personas.values())):
            raise ValueError("a share is below nothing")
        return self
