"""What a caller may ask for when he orders training."""

from decimal import Decimal
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from lorewright.settings import Settings


class Hyperparameters(BaseModel):
    """How to train; what is left out stands in the settings or follows from the data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int | None = Field(
        default=None, ge=1, validation_alias=AliasChoices("epochs", "num_epochs")
    )
    batch: int | None = Field(
        default=None, ge=1, validation_alias=AliasChoices("batch", "batch_size")
    )
    learning_rate: Decimal | None = Field(default=None, gt=0)
    rank: int | None = Field(default=None, ge=1, validation_alias=AliasChoices("rank", "lora_r"))
    alpha: int | None = Field(
        default=None, ge=1, validation_alias=AliasChoices("alpha", "lora_alpha")
    )
    dropout: Decimal | None = Field(
        default=None, ge=0, lt=1, validation_alias=AliasChoices("dropout", "lora_dropout")
    )
    max_length: int | None = Field(
        default=None, ge=1, validation_alias=AliasChoices("max_length", "max_seq_length")
    )
    seed: int | None = None


class JobOrder(BaseModel):
    """An adapter that is to be trained, with its control."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str | None = Field(
        default=None, validation_alias=AliasChoices("dataset", "training_file_id")
    )
    """By its name or the beginning of it; None is the newest."""
    base: str | None = Field(default=None, validation_alias=AliasChoices("base", "base_model"))
    hyperparameters: Hyperparameters = Hyperparameters()
    max_cost_usd: Decimal | None = Field(default=None, gt=0)
    max_minutes: Decimal | None = Field(default=None, gt=0)
    on: str | None = Field(default=None, max_length=32)
    """Where it runs: `here`, or a place of the settings; None is what they say."""
    force: tuple[str, ...] = ()
    """Findings that shall not stop it, by name."""

    def settled(self, settings: Settings) -> Settings:
        """`settings` with what the order says."""
        asked = self.hyperparameters.model_dump(exclude_none=True)
        asked["force"] = (*settings.training.force, *self.force)
        if self.base is not None:
            asked["base"] = self.base
        return settings.model_copy(
            update={
                "training": settings.training.model_copy(update=asked),
                "jobs": self._limited(settings),
                "elsewhere": settings.elsewhere.model_copy(
                    update={} if self.on is None else {"on": self.on}
                ),
            }
        )

    def _limited(self, settings: Settings) -> Any:
        limits = self.model_dump(include={"max_cost_usd", "max_minutes"}, exclude_none=True)
        return settings.jobs.model_copy(update=limits)
