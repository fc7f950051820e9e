"""When a neutral counterpart may stand for its conversation."""

from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class NeutralSettings(BaseModel):
    """How alike a conversation and its neutral counterpart must be; figures are always the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_words_kept: Decimal = Field(default=Decimal("0.50"), ge=0, le=1)
    """The share of the words that carry content which the counterpart keeps at least."""
    least_length: Decimal = Field(default=Decimal("0.60"), gt=0)
    """Words of the counterpart for each word of the original, at least."""
    most_length: Decimal = Field(default=Decimal("1.20"), gt=0)
    """The same, at most."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.least_length > self.most_length:
            raise ValueError("least_length is above most_length")
        return self
