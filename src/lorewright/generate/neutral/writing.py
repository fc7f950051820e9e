"""Asking for the neutral counterpart of one conversation, and checking that it is one."""

import json
from collections.abc import Sequence
from decimal import Decimal

from lorewright.errors import ModelError
from lorewright.generate.neutral.drafts import NeutralDraft
from lorewright.generate.neutral.likeness import likeness_of
from lorewright.generate.neutral.speech import Speech, speech_of
from lorewright.lineage import Ref
from lorewright.llms import Asker, Purpose, Rendered, ask, render
from lorewright.records import (
    Chunk,
    Conversation,
    EnrichedContent,
    Prompt,
    RawForm,
    Rejection,
    Scaffold,
)
from lorewright.settings import NeutralSettings

PROMPT = "generate/neutral_control"
STEP = "control"
NEUTRAL = "neutral"
"""What the assistant of a counterpart feels."""
NEUTRAL_INTENSITY = Decimal("0.1")


async def write_control(  # noqa: PLR0913 - what is rewritten, by whom and how
    original: Conversation,
    content: EnrichedContent,
    *,
    asker: Asker,
    prompt: Prompt,
    settings: NeutralSettings,
    recipe: Ref,
    teacher: str,
    draw: int = 0,
) -> Conversation | Rejection:
    """The neutral counterpart of `original`, or why there is none.

    The user's turns stay as they are. A counterpart with other figures, too few of the same
    words, another length or warmth left in it is sent back once with what is wrong, as often as
    answers are asked for again; what is still off is rejected.

    Raises:
        ModelError: when a call failed for a reason that may pass.
        EndpointError: when the endpoint cannot be used at all.
        BudgetReached: when the next call could cost too much.
        Stopped: when somebody paused or cancelled the run.
    """
    speech = speech_of(content)
    parents = (original.ref, prompt.ref, asker.model, recipe)

    def complaint(draft: NeutralDraft) -> str | None:
        if len(draft.answers) != len(speech.answers):
            return f"there are {len(draft.answers)} turns and {len(speech.answers)} are wanted"
        if not all(answer.strip() for answer in draft.answers):
            return "a turn is empty"
        fault = likeness_of(speech, _with(speech, draft.answers)).fault(settings)
        return None if fault is None else f"{fault.reason}: {fault.detail}"

    about = (original.ref, *sorted({one.document for one in original.evidence}))
    purpose = Purpose(prompt.name, about, draw)
    try:
        answer = await ask(
            asker,
            neutral_prompt(speech, prompt, settings),
            NeutralDraft,
            purpose,
            complaint=complaint,
        )
    except ModelError as error:
        if error.again:
            raise
        is_off = error.fault == "off"
        return Rejection(
            step=STEP,
            outcome="rejected" if is_off else "failed",
            reason=error.sentence.split(":")[0] if is_off else error.fault,
            detail=error.sentence,
            made_from=parents,
        )
    return control_of(original, content, _with(speech, answer.value.answers), parents, teacher)


def neutral_prompt(speech: Speech, prompt: Prompt, settings: NeutralSettings) -> Rendered:
    """The prompt that asks for the counterpart of `speech`."""
    return render(
        prompt,
        turns=[{"role": role, "text": text} for role, text in speech.turns],
        answers=len(speech.answers),
        least=int(settings.least_length * 100),
        most=int(settings.most_length * 100),
    )


def control_of(
    original: Conversation,
    content: EnrichedContent,
    neutral: Speech,
    parents: tuple[Ref, ...],
    teacher: str,
) -> Conversation:
    """`neutral` as the counterpart of `original`: same scaffold, same turns of the user.

    Its evidence is that of the original as far as the quoted words are still there; the chunks
    that it lies in are among what it is made from.
    """
    said = " ".join(neutral.answers)
    evidence = tuple(one for one in original.evidence if one.quote in said)
    chunks = [ref for ref in original.made_from if evidence and ref.kind == Chunk.kind]
    turns = [
        {
            "turn_number": number,
            "role": turn.role,
            "content": text,
            "emotional_context": _emotion(content, number - 1, is_neutral=turn.role == "assistant"),
        }
        for number, (turn, (_, text)) in enumerate(
            zip(content.turns, neutral.turns, strict=True), start=1
        )
    ]
    raw = {
        "conversation_metadata": {
            "client_persona": content.client_persona,
            "session_context": content.session_context,
            "conversation_phase": content.conversation_phase,
            "expected_outcome": content.expected_outcome,
        },
        "turns": turns,
    }
    return Conversation(
        conversation_id=f"{original.conversation_id}-control",
        scaffold=Scaffold(**content.scaffold.model_dump()),
        form=RawForm.TURNS,
        raw=json.dumps(raw, ensure_ascii=False),
        teacher=teacher,
        is_control=True,
        evidence=evidence,
        made_from=(*parents, *chunks),
    )


def _with(speech: Speech, answers: Sequence[str]) -> Speech:
    return speech.with_answers(tuple(answer.strip() for answer in answers))


def _emotion(content: EnrichedContent, at: int, *, is_neutral: bool) -> dict[str, str | float]:
    if is_neutral:
        return {"primary_emotion": NEUTRAL, "intensity": float(NEUTRAL_INTENSITY)}
    emotion = content.turns[at].emotion
    if emotion is None:
        return {}
    told: dict[str, str | float] = {
        "primary_emotion": emotion.primary,
        "intensity": float(emotion.intensity),
    }
    return told | ({"secondary_emotion": emotion.secondary} if emotion.secondary else {})
