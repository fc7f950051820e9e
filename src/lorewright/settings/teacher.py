"""The language model that teaches: which one, how fast, and for how much money."""

from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

IN_BATCHES = 2000
"""Calls under way at the same time, in each process, when they are handed over in batches."""


class TeacherSettings(BaseModel):
    """The language model that is asked, and the limits that hold for every call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = Field(default=None, pattern=r"^[a-z0-9_]+:\S+$")
    """Plug-in and model, as in `anthropic:claude-sonnet-4-5` or `openai:qwen3`. None asks
    nobody."""
    url: str | None = Field(default=None, pattern=r"^https?://[^\s@]+$")
    """Base URL of a server that speaks the same protocol, such as http://localhost:8000/v1. None
    takes the provider's own."""
    key_variable: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """The environment variable that holds the key. None takes the provider's usual one. A key
    itself never stands in the settings."""
    temperature: Decimal | None = Field(default=Decimal("0.5"), ge=0, le=2)
    """None leaves it to the provider."""
    most_tokens: int = Field(default=2048, ge=16)
    """The most tokens of one answer."""
    at_once: int = Field(default=16, ge=1, le=1024)
    """Calls under way at the same time, in each process."""
    batch: bool = False
    """Hand calls over in batches: for less money, answered within a day. For providers that have
    them."""
    requests_per_minute: int | None = Field(default=None, ge=1)
    """None means no limit; set it a little below the provider's."""
    tokens_per_minute: int | None = Field(default=None, ge=1)
    """Input and output together. None means no limit."""
    timeout_s: int = Field(default=180, ge=1)
    """How long one attempt may take."""
    attempts: int = Field(default=5, ge=1)
    """How often a call is tried when the network, the server or a rate limit stands in the way."""
    asks_again: int = Field(default=2, ge=0)
    """How often an answer in the wrong shape is asked for again, with what is wrong with it."""
    max_cost_usd: Decimal | None = Field(default=None, ge=0)
    """The most that one run may cost. Without it a run that costs money must be told."""
    budget_usd: Decimal | None = Field(default=None, ge=0)
    """The most that all runs of this workspace may cost together."""
    input_price: Decimal | None = Field(default=None, ge=0)
    """US dollars per million input tokens, for a model that is in no price list; 0 for your own."""
    output_price: Decimal | None = Field(default=None, ge=0)
    """US dollars per million output tokens."""

    @property
    def under_way(self) -> int:
        """Calls under way at the same time: in batches many more, since they only wait."""
        return IN_BATCHES if self.batch else self.at_once

    @model_validator(mode="after")
    def _prices_come_together(self) -> Self:
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("input_price and output_price are set together")
        return self
