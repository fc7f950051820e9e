"""Asking a language model for one scenario, and what becomes of it when none comes."""

from pydantic import BaseModel, Field

from lorewright.errors import BadReply, ModelError
from lorewright.evaluate.scenarios.brief import Brief
from lorewright.evaluate.scenarios.draft import Draft
from lorewright.lineage import Ref
from lorewright.llms import Asker, Purpose, Rendered, ask, render
from lorewright.records import Emotion, Prompt, Rejection, Scenario
from lorewright.settings import ScenarioSettings

PROMPT = "evaluate/scenario"
STEP = "scenarios"
VARIANTS = 97
"""Scenarios of one kind are told so many numbers, so that no two calls are alike."""


class FeelingDraft(BaseModel):
    """What the person feels."""

    primary_emotion: str = Field(min_length=1)
    secondary_emotion: str | None
    intensity: float = Field(ge=0, le=1, allow_inf_nan=False)


class ScenarioDraft(BaseModel):
    """The shape that a scenario is asked for in."""

    situation: str = Field(description="what has happened, for raters")
    messages: list[str] = Field(description="what the person says, turn by turn")
    emotional_state: FeelingDraft
    expected: list[str] = Field(description="what a good answer would hold")


async def write_scenario(
    brief: Brief,
    *,
    asker: Asker,
    prompt: Prompt,
    settings: ScenarioSettings,
    recipe: Ref,
    draw: int = 0,
) -> Scenario | Rejection:
    """Ask for the scenario of `brief`; a failure that will not pass is a rejection.

    Raises:
        ModelError: when a call failed for a reason that may pass; nothing is decided then.
        EndpointError: when the endpoint cannot be used at all.
        BudgetReached: when the next call could cost too much.
        Stopped: when somebody paused or cancelled the run.
    """
    parents = (*brief.entries, prompt.ref, asker.model, recipe)

    def complaint(draft: ScenarioDraft) -> str | None:
        if len(draft.messages) != brief.messages:
            return f"there are {len(draft.messages)} messages where {brief.messages} were asked for"
        if not all(message.strip() for message in draft.messages):
            return "a message is empty"
        return None

    purpose = Purpose(prompt.name, brief.documents, draw_of(brief, draw))
    try:
        answer = await ask(
            asker,
            filled(brief, prompt, settings),
            ScenarioDraft,
            purpose,
            complaint=complaint,
        )
    except ModelError as error:
        if error.again:
            raise
        raw = error.raw.decode(errors="replace") if isinstance(error, BadReply) else None
        return Rejection(
            step=STEP,
            outcome="rejected" if error.fault == "off" else "failed",
            reason="wrong_messages" if error.fault == "off" else error.fault,
            detail=f"{brief.scenario_id}: {error.sentence}",
            answer=raw or None,
            made_from=parents,
        )
    return written(brief, answer.value, parents)


def draw_of(brief: Brief, draw: int) -> int:
    """By what number the ledger tells this scenario from another that is asked for alike."""
    return brief.lot % 2**24 * 64 + draw % 64


def filled(brief: Brief, prompt: Prompt, settings: ScenarioSettings) -> Rendered:
    """The prompt for the scenario of `brief`."""
    persona, arc, topic = brief.persona, brief.arc, brief.topic
    return render(
        prompt,
        purpose=brief.purpose.value,
        persona_archetype=persona.archetype,
        persona_background=" ".join(filter(None, (persona.background, persona.situation))),
        persona_communication_style=persona.communication_style,
        persona_emotional_baseline=persona.emotional_baseline,
        persona_common_concerns=persona.common_concerns,
        starting_emotion=arc.start.emotion,
        starting_intensity_min=str(arc.start.least),
        starting_intensity_max=str(arc.start.most),
        ending_emotion=arc.end.emotion,
        topic_name=topic.name,
        topic_description=topic.description,
        topic_question=brief.question,
        passage=brief.passage,
        message_count=brief.messages,
        least_words=settings.least_words,
        most_words=settings.most_words,
        variant=brief.lot % VARIANTS + 1,
    )


def written(brief: Brief, draft: ScenarioDraft, made_from: tuple[Ref, ...]) -> Scenario:
    """A draft as the record that `brief` asked for."""
    feeling = draft.emotional_state
    return Draft(
        scenario_id=brief.scenario_id,
        messages=tuple(message.strip() for message in draft.messages),
        purpose=brief.purpose,
        persona=brief.persona.key,
        emotional_arc=brief.arc.key if brief.emotion_fits else None,
        topic=brief.topic.key,
        situation=draft.situation.strip(),
        emotional_state=Emotion.model_validate(
            {
                "primary": feeling.primary_emotion,
                "secondary": feeling.secondary_emotion or None,
                "intensity": str(round(feeling.intensity, 2)),
            }
        ),
        expected=tuple(one.strip() for one in draft.expected if one.strip()),
    ).as_record(brief.family, made_from)
