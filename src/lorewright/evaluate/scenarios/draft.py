"""A scenario before it is a record: what a row says, under whatever names it says it."""

from dataclasses import dataclass

from lorewright.lineage import Ref
from lorewright.records import Emotion, Scenario, ScenarioPurpose


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a scenario before its family and its parents are."""

    scenario_id: str
    messages: tuple[str, ...]
    number: int = 0
    """The row that it comes from."""
    family: str | None = None
    """As somebody says; None where nobody did."""
    source: str | None = None
    """What it was taken from: a conversation, a document, a case."""
    purpose: ScenarioPurpose = ScenarioPurpose.ADVICE
    persona: str | None = None
    emotional_arc: str | None = None
    topic: str | None = None
    situation: str = ""
    emotional_state: Emotion | None = None
    expected: tuple[str, ...] = ()

    def as_record(self, family: str, made_from: tuple[Ref, ...]) -> Scenario:
        """The record of it."""
        return Scenario(
            scenario_id=self.scenario_id,
            family=family,
            purpose=self.purpose,
            persona=self.persona,
            emotional_arc=self.emotional_arc,
            topic=self.topic,
            situation=self.situation,
            messages=self.messages,
            emotional_state=self.emotional_state,
            expected=self.expected,
            made_from=made_from,
        )
