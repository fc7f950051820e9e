"""How much of what the base could do may be lost."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class RegressionSettings(BaseModel):
    """Margins of non-inferiority; they are fixed before anything is looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text_margin: Decimal = Field(default=Decimal("0.05"), gt=0)
    """Nats per token of general text that count as not worse; 0.05 is about 5 % more perplexity."""
    eq_margin: Decimal = Field(default=Decimal("0.5"), gt=0)
    """Points of 10 that questions about emotions may lose."""
    choices_margin: Decimal = Field(default=Decimal("0.05"), gt=0, lt=1)
    """The share of multiple-choice questions that may be lost."""
    safety_margin: Decimal = Field(default=Decimal("0.10"), gt=0, lt=1)
    """The share of safety and referral scenarios that may be lost."""
    alpha: Decimal = Field(default=Decimal("0.025"), gt=0, lt=Decimal("0.5"))
    """The one-sided error of each part."""
    window_tokens: int = Field(default=256, ge=8, le=4096)
    """Tokens of general text that are scored as one unit."""
    most_windows: int = Field(default=200, ge=10)
    """Windows that are scored; of a longer text, as many that lie evenly in it."""
    answer_tokens: int = Field(default=600, ge=1)
    """Where an answer is cut that does not end by itself."""
