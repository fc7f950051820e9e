"""Which examples enter a dataset, and how it is split."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class CurationSettings(BaseModel):
    """Gates, duplicates, ratings and splits."""

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
    least_score: Decimal | None = Field(default=None, ge=1, le=10)
    """The least mean rating, and the least groundedness, that a judge must have given an example;
    8 is a fair choice. None asks for no score. With it only judged examples enter a dataset."""
    keep_share: Decimal | None = Field(default=None, gt=0, le=1)
    """Share of each level and task form that is kept, the best rated first; at least one of each,
    and one for each section. None keeps all. With it only judged examples enter a dataset."""
    judge_together: int = Field(default=1, ge=1, le=20)
    """Examples about the same passage that are judged in one call. More cost less, and are
    compared with each other whether or not the judge is told to."""
    known_draws: int = Field(default=3, ge=1, le=20)
    """How often the base model is asked each question; one that it knows it answers every time."""
    teach: Literal["not_known", "unknown"] | None = None
    """`not_known` leaves out what the base model answered right every time, `unknown` keeps only
    what it never did. None teaches all. With it only examples about which the base model was
    asked enter a dataset."""

    @model_validator(mode="after")
    def _leaves_something_to_train_on(self) -> Self:
        if self.transfer_share + self.valid_share >= 1:
            raise ValueError("transfer_share and valid_share together leave nothing to train on")
        return self

    @property
    def selects(self) -> bool:
        """Whether examples must be judged to enter a dataset."""
        return self.least_score is not None or self.keep_share is not None

    @property
    def minds_knowledge(self) -> bool:
        """Whether the base model must have been asked about an example to enter a dataset."""
        return self.teach is not None
