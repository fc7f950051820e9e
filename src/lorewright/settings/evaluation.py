"""How adapters are compared."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from lorewright.settings.evaluation_judges import JudgesSettings
from lorewright.settings.evaluation_proof import ProofRules
from lorewright.settings.evaluation_scenarios import ScenarioSettings


class EvaluationSettings(BaseModel):
    """The paired test of reference answers, and a table for each part of a proof."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    permutations: int = Field(default=10_000, ge=100, le=1_000_000)
    """The most sign patterns that one test tries; the smallest p-value is about one by this."""
    alpha: Decimal = Field(default=Decimal("0.05"), gt=0, lt=1)
    """A difference counts as shown when its p-value is at most this; the chance of a false
    finding on each set is no larger."""
    min_items: int = Field(default=20, ge=2)
    """With fewer items in a set no finding is claimed for it."""
    seed: int = Field(default=7, ge=0)
    """Decides the random sign patterns."""
    judges: JudgesSettings = JudgesSettings()
    proof: ProofRules = ProofRules()
    scenarios: ScenarioSettings = ScenarioSettings()
