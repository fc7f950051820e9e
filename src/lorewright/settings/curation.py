"""Which examples enter a dataset, and how it is split."""

from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class CurationSettings(BaseModel):
    """Gates, duplicates and splits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_answer_words: int = Field(default=3, ge=1)
    """Examples with a shorter answer are rejected, whoever proposed them."""
    near_duplicate_jaccard: Decimal = Field(default=Decimal("0.80"), gt=0, le=1)
    """Word-bigram Jaccard similarity from which two questions or two pairs count as one."""
    transfer_share: Decimal = Field(default=Decimal("0.15"), ge=0, lt=1)
    """Share of the sections that nothing is trained on."""
    valid_share: Decimal = Field(default=Decimal("0.08"), ge=0, lt=1)
    """Share of the sections held out to watch training."""
    recall_share: Decimal = Field(default=Decimal("0.40"), ge=0, lt=1)
    """Share of the taught facts whose second question is kept back for the recall test."""
    max_form_share: Decimal = Field(default=Decimal("0.40"), gt=0, le=1)
    """No task form may make up more than this share of the training split. With so few forms
    that no mixture could keep to it (two forms and 0.40), it is not applied."""
    seed: int = 7
    """Decides the splits."""
    require_review: bool = False
    """Only examples that a reviewer accepted or edited enter a dataset."""

    @model_validator(mode="after")
    def _leaves_something_to_train_on(self) -> Self:
        if self.transfer_share + self.valid_share >= 1:
            raise ValueError("transfer_share and valid_share together leave nothing to train on")
        return self
