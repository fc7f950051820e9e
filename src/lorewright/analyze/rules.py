"""Every rule that fills a dimension, and how far each was measured to agree with a reader."""

import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from lorewright.analyze.content_rules import CONTENT_RULES
from lorewright.analyze.filling import Rule
from lorewright.analyze.kind_rules import KIND_RULES
from lorewright.analyze.risk_rules import RISK_RULES

LEAST_AGREEMENT = Decimal("0.70")
"""A rule that agrees less with hand labels fills nothing."""

RULES: tuple[Rule, ...] = (*CONTENT_RULES, *KIND_RULES, *RISK_RULES)


class Agreement(BaseModel):
    """How far one rule agrees with labels made by hand, from 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    all: Decimal = Field(ge=0, le=1)
    held_out: Decimal = Field(ge=0, le=1)
    """Over the books that no rule was tuned on."""
    chunks: int = Field(ge=1)

    @property
    def is_enough(self) -> bool:
        """Whether the rule may fill its dimension."""
        return min(self.all, self.held_out) >= LEAST_AGREEMENT

    @property
    def sentence(self) -> str:
        """The reason why it may not."""
        return (
            f"a rule agrees with hand labels only to {self.all} ({self.held_out} on books it was "
            f"not tuned on); {LEAST_AGREEMENT} is needed"
        )


@cache
def the_agreements() -> dict[str, Agreement]:
    """What was measured, by dimension; written by `bench/dimensions.py`."""
    text = files("lorewright.analyze").joinpath("agreement.toml").read_text(encoding="utf-8")
    measured = tomllib.loads(text, parse_float=Decimal)
    return {name: Agreement.model_validate(one) for name, one in measured.items()}
