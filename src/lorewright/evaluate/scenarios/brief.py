"""What a scenario is to be about, before anybody writes it."""

from dataclasses import dataclass

from lorewright.conversations.catalogues import Arc, Persona, Topic
from lorewright.lineage import Ref
from lorewright.records import ScenarioPurpose

MOST_CHARACTERS = 1_500
"""Of a passage that is told; it says what there is to ask about, and is not to be learnt."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Persona, arc and topic of one scenario, by what it is known and what it rests on."""

    scenario_id: str
    family: str
    purpose: ScenarioPurpose
    persona: Persona
    arc: Arc
    topic: Topic
    messages: int
    """How many turns the person speaks."""
    lot: int
    """A number of its own, for choices that nothing else decides."""
    entries: tuple[Ref, ...]
    """Records of what stands in catalogues; of a section, its document."""
    documents: tuple[Ref, ...] = ()
    """Whose words it is told."""
    passage: str = ""

    @property
    def question(self) -> str:
        """How people ask about the topic; one of its questions, in turn."""
        asked = self.topic.questions
        return asked[self.lot % len(asked)] if asked else ""

    @property
    def emotion_fits(self) -> bool:
        """Whether feelings are asked for; a deliberation is about a decision."""
        return self.purpose is not ScenarioPurpose.DELIBERATION
