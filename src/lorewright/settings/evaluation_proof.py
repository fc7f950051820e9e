"""What a proof has to show, and how the answers that it rests on are made."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

DIMENSIONS = (
    "emotional_recognition",
    "emotional_validation",
    "empathy_before_advice",
    "reframing",
    "specific_actionable",
    "brand_voice",
    "avoids_pitfalls",
    "overall_effectiveness",
)
"""Those of an answer, each from 1 to 5; their mean is what the first hypothesis is about."""
PROFILES = {
    "advisor": DIMENSIONS,
    "criteria": ("expertise", "voice", "helpful", "natural"),
    "deliberation": (
        "blind_spots",
        "perspectives",
        "completeness",
        "progression",
        "follow_ups",
    ),
}
"""Dimensions that are known together by a name, as raters are asked for them."""


def _of_profile(said: Any) -> Any:
    return PROFILES.get(said, said) if isinstance(said, str) else said


_ADVISOR: Any = "advisor"


class AnswerSettings(BaseModel):
    """How the arms of a proof answer its scenarios."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    generations: int = Field(default=1, ge=1, le=20)
    """Answers of each arm to each scenario. More than one needs a temperature above 0."""
    tokens: int = Field(default=400, ge=1, le=32_768)
    """The most tokens of an answer; one that needs more is cut there, and counted as cut."""
    temperature: Decimal = Field(default=Decimal(0), ge=0, le=2)
    """0 takes the likeliest token each time, so that an answer can be made again."""
    batch: int = Field(default=8, ge=1, le=256)
    """Scenarios that are answered together; what is cut off goes on after the last batch."""
    seed: int = Field(default=7, ge=0)
    """Decides what a temperature above 0 draws, and which examples the prompted base is shown."""
    system_prompt: Path | None = None
    """A file with the advisor's system prompt, for the prompted base. None takes the one that most
    of the training examples begin with."""
    examples: int = Field(default=3, ge=0, le=16)
    """Training examples that the prompted base is shown; never held-out ones."""
    example_words: int = Field(default=400, ge=10)
    """Longer examples are not shown."""
    reference: str | None = None
    """A language model that the adapter is to come close to, as plug-in:name; it answers with the
    advisor's system prompt. None asks none."""

    @model_validator(mode="after")
    def _can_differ(self) -> Self:
        if self.generations > 1 and self.temperature == 0:
            raise ValueError("several generations need a temperature above 0, or they are one")
        return self


class ProofRules(BaseModel):
    """What has to be shown, fixed before anything is answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dimensions: Annotated[
        tuple[str, ...],
        BeforeValidator(_of_profile, json_schema_input_type=str | tuple[str, ...]),
        Field(min_length=1),
    ] = Field(default=_ADVISOR, validate_default=True)
    """What raters judge; the mean of these is what is tested first. `advisor`, `criteria` and
    `deliberation` are sets that are known by name, and a list names others."""
    purpose: Literal["advice", "deliberation"] = "advice"
    """The scenarios that the verdict rests on, by what they are asked for. Those of safety and
    referral are looked at as regressions."""
    lowest: Decimal = Decimal(1)
    """The lowest rating; what lies below is left out and counted."""
    highest: Decimal = Decimal(5)
    """The highest rating; what lies above is left out and counted."""
    over_base: Decimal = Field(default=Decimal("0.15"), gt=0)
    """The gain over the prompted base that is to be proven, as a share."""
    over_control: Decimal = Field(default=Decimal("0.10"), gt=0)
    """The gain over the control that is reported as met or not shown, as a share."""
    preferred: Decimal = Field(default=Decimal("0.65"), gt=0, lt=1)
    """The share of preferences that is reported as met or not shown."""
    parity: Decimal = Field(default=Decimal("0.90"), gt=0)
    """How much of the reference's mean counts as parity."""
    equal_within: Decimal = Field(default=Decimal("0.25"), gt=0)
    """Points of the scale within which two arms count as the same."""
    alpha: Decimal = Field(default=Decimal("0.05"), gt=0, lt=1)
    """The chance of any false claim of the whole order; margins are one-sided at half of it."""
    stop: Literal["fixed", "sequential"] = "fixed"
    """`fixed` looks once, when every scenario is rated. `sequential` may be looked at after every
    scenario and stopped whenever one likes, and needs about half as many scenarios again."""
    scenarios: int = Field(default=100, ge=2)
    """How many are planned for."""
    fewest: int = Field(default=20, ge=2)
    """With fewer scenarios nothing is proven."""
    enough: int = Field(default=50, ge=2)
    """With fewer a warning stands beside the verdict."""
    most_missing: Decimal = Field(default=Decimal("0.10"), ge=0, lt=1)
    """The largest share of scenarios that may lack a usable rating of one of two arms."""
    raters: tuple[str, ...] = ()
    """Who will rate: judges as plug-in:name, people by name. Empty leaves it open; somebody else
    is told as a deviation."""
    permutations: int = Field(default=10_000, ge=100, le=1_000_000)
    """The most sign patterns that a test tries."""
    seed: int = Field(default=7, ge=0)
    """Decides the random sign patterns, and the order of a sequential evaluation."""
    answers: AnswerSettings = AnswerSettings()

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("the lowest rating must be below the highest")
        if self.fewest > self.enough:
            raise ValueError("a warning for too few scenarios begins above those that are needed")
        return self
