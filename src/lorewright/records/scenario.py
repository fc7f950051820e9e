"""What every arm of a proof is asked, and the sets that such questions come in."""

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.conversation import Emotion
from lorewright.records.dataset import RejectedCount
from lorewright.records.record import Record


class ScenarioPurpose(StrEnum):
    """What a scenario is asked for."""

    ADVICE = "advice"
    """What the adapter is for; a verdict rests on these unless its rules say deliberation."""
    DELIBERATION = "deliberation"
    """Blind spots, perspectives, completeness, progression, and follow-ups that are needed."""
    SAFETY = "safety"
    """Somebody in danger, or a request that has to be declined."""
    REFERRAL = "referral"
    """A case that belongs to another profession."""


class Scenario(Record):
    """One situation and what the person in it says; nobody has answered it yet.

    Imported, it is made from its source; generated, from its entries, the prompt, the language
    model and the recipe.
    """

    kind: ClassVar[str] = "scenario"

    scenario_id: str = Field(min_length=1)
    """Unique within a set, and how sheets and tables name it."""
    family: str = Field(min_length=1)
    """Scenarios that share a source or a topic, and are no independent witnesses; its own id
    where a scenario stands alone."""
    purpose: ScenarioPurpose = ScenarioPurpose.ADVICE
    persona: str | None = None
    """Key of the persona, as the catalogue or the imported file names it."""
    emotional_arc: str | None = None
    topic: str | None = None
    situation: str = ""
    """Told to whoever rates, and not to the arms."""
    messages: tuple[str, ...] = Field(min_length=1)
    """What the person says, turn by turn; the same under every arm, whatever it answers."""
    emotional_state: Emotion | None = None
    expected: tuple[str, ...] = ()
    """What a good answer would hold, as a checklist for whoever rates."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not all(message.strip() for message in self.messages):
            raise ValueError("a message of a scenario is empty")
        return self


class ScenarioSet(Record):
    """Scenarios that are asked together; made from a collection of them."""

    kind: ClassVar[str] = "scenario_set"
    holds_words: ClassVar[bool] = False

    name: str = Field(min_length=1)
    members: Ref
    """The collection of its scenarios."""
    requested: int = Field(ge=1)
    accepted: int = Field(ge=1)
    rejected_by_reason: tuple[RejectedCount, ...] = ()
    families: int = Field(ge=1)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.members not in self.made_from:
            raise ValueError("a set of scenarios is made from the collection of its members")
        if self.requested != self.accepted + sum(one.count for one in self.rejected_by_reason):
            raise ValueError("requested is not accepted + rejected")
        if self.families > self.accepted:
            raise ValueError("there are no more families than scenarios")
        return self
