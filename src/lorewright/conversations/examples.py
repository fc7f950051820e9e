"""From an enriched conversation to the one example that a base model may learn it from."""

from collections.abc import Sequence
from itertools import pairwise

from lorewright.conversations.voice import control_header
from lorewright.lineage import Ref
from lorewright.records import (
    Conversation,
    DifficultyLevel,
    EnrichedContent,
    EnrichedTurn,
    Enrichment,
    Example,
    Level,
    QualityTier,
    Rejection,
    Source,
    Turn,
)

STEP = "examples"
"""The step that a rejection names."""
NO_ARC = "conversation"
"""The task form of a conversation that follows no arc."""


def example_of(
    enrichment: Enrichment,
    conversation: Conversation,
    *,
    recipe: Ref,
    header: bool,
    system: bool = True,
) -> Example | Rejection:
    """The whole conversation as one example, or the reason why it is none.

    Roles alternate from the client's first turn to the advisor's last; a last turn of the client
    that nobody answers is left out. Every turn stands there once.

    Args:
        enrichment: what the stages made of the conversation.
        conversation: the conversation itself.
        recipe: how examples are made, for lineage.
        header: whether the system turn says persona, arc and topic, for steering.
        system: whether the system turn says who the advisor is.
    """
    content = enrichment.content
    made_from = (conversation.ref, enrichment.ref, *_documents(conversation), recipe)
    if content is None:
        codes = sorted({one.code for one in enrichment.issues if one.severity == "blocker"})
        detail = f"its enrichment ended with {', '.join(codes)}"
        return _rejected(enrichment.state.value, detail, conversation, made_from, ())
    turns = _answered(content.turns)
    reason, detail = _against(content, turns)
    if reason:
        return _rejected(reason, detail, conversation, made_from, content.turns)
    told = [content.system_prompt if system else None]
    told.append(control_header(content.scaffold) if header else None)
    opening = "\n\n".join(filter(None, told))
    return Example(
        turns=(
            *((Turn(role="system", text=opening),) if opening else ()),
            *(Turn(role=turn.role, text=turn.text) for turn in turns),
        ),
        level=Level.CONVERSATION,
        task_form=content.scaffold.emotional_arc_key or NO_ARC,
        teacher=conversation.teacher or "unknown",
        ungrounded=None if conversation.evidence else _why_ungrounded(conversation),
        difficulty=_difficulty(turns),
        evidence=conversation.evidence,
        made_from=made_from,
    )


def _answered(turns: Sequence[EnrichedTurn]) -> Sequence[EnrichedTurn]:
    """`turns` up to the last one of the advisor."""
    last = max((at for at, one in enumerate(turns) if one.role == "assistant"), default=-1)
    return turns[: last + 1]


def _against(content: EnrichedContent, turns: Sequence[EnrichedTurn]) -> tuple[str, str]:
    """The reason not to learn from a conversation and a sentence; empty when there is none."""
    if content.tier is QualityTier.REJECTED:
        return "low_quality", f"its quality is {content.quality} of 10, below every tier"
    if not turns:
        return "no_answer", "the advisor says nothing in it"
    if turns[0].role != "user":
        return "not_alternating", "the advisor speaks first, before anything is asked"
    for number, (before, here) in enumerate(pairwise(turns), start=2):
        if before.role == here.role:
            return "not_alternating", f"turns {number - 1} and {number} are both by the {here.role}"
    return "", ""


def _rejected(
    reason: str,
    detail: str,
    conversation: Conversation,
    made_from: tuple[Ref, ...],
    turns: Sequence[EnrichedTurn],
) -> Rejection:
    return Rejection(
        step=STEP,
        outcome="rejected",
        reason=reason,
        detail=detail,
        question=next((turn.text for turn in turns if turn.role == "user"), None),
        answer=next((turn.text for turn in reversed(turns) if turn.role == "assistant"), None),
        evidence=conversation.evidence,
        made_from=made_from,
    )


def _documents(conversation: Conversation) -> tuple[Ref, ...]:
    """What the evidence lies in: a record may only quote what it was made from."""
    return tuple(dict.fromkeys(one.document for one in conversation.evidence))


def _why_ungrounded(conversation: Conversation) -> str:
    if any(ref.kind == Source.kind for ref in conversation.made_from):
        return "it was brought in as a conversation, which cites no document"
    return "it was written along a scaffold, and not from a document"


def _difficulty(turns: Sequence[EnrichedTurn]) -> DifficultyLevel | None:
    levels = {level.value.lower(): level for level in DifficultyLevel}
    named = next((one.difficulty_level for one in turns if one.difficulty_level), "")
    return levels.get(named.partition("_")[0])
