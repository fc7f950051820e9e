"""How adapters and the pocket base model are trained."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class PocketSettings(BaseModel):
    """The small base model that is made on the spot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: int = Field(default=128, ge=16)
    layers: int = Field(default=3, ge=1)
    heads: int = Field(default=4, ge=1)
    vocabulary: int = Field(default=1536, ge=300)
    length: int = Field(default=128, ge=16)
    """Tokens per training sequence."""
    batch: int = Field(default=16, ge=1)
    steps: int = Field(default=330, ge=1)
    learning_rate: Decimal = Field(default=Decimal("0.004"), gt=0)
    seed: int = 7


class TrainingSettings(BaseModel):
    """LoRA fine-tuning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = "pocket"
    """`pocket`, a folder with a model, or the name of one on a model hub."""
    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: Decimal = Field(default=Decimal(0), ge=0, lt=1)
    learning_rate: Decimal | None = None
    """None chooses 6e-3 for the pocket base and 2e-4 otherwise."""
    epochs: int | None = None
    """None chooses enough epochs for 350 steps on the pocket base and 3 otherwise."""
    batch: int | None = None
    """Examples per optimizer step. None chooses 16 for the pocket base; otherwise 4 below 200
    examples, 8 below 1,000 and 16 above."""
    max_length: int | None = None
    """Tokens. None takes what the base model allows; an example that does not fit is an error,
    never cut."""
    threads: int = Field(default=2, ge=1)
    seed: int = 7
    pocket: PocketSettings = PocketSettings()
