"""Conversations without a language model: template turns around the words of documents.

They follow their arc in emotions and length, and every answer holds a stretch of a document
letter by letter. They are plain, and they say whose they are: `extractive`.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from lorewright.conversations.catalogues import Feeling, opening_of
from lorewright.generate.conversations.drafts import (
    ConversationDraft,
    EmotionDraft,
    MetadataDraft,
    TurnDraft,
)
from lorewright.generate.conversations.setup import Passage, Setup
from lorewright.generate.conversations.writing import Hand, parents_of
from lorewright.records import Conversation, RawForm

EXTRACTIVE = "extractive"
"""The teacher of these conversations."""
WARMTH = 0.6
"""How strong the consultant's warmth is, who stays calm whatever comes."""


def offline_conversation(setup: Setup, hand: Hand) -> Conversation:
    """Fill the scaffold of `setup` with template turns and its passages.

    The same setup makes the same conversation.

    Args:
        setup: with at least one passage; where there are fewer than exchanges they are cited
            again, in turn.
        hand: whose words these are.
    """
    turns: list[TurnDraft] = []
    for number in range(setup.exchanges):
        feeling = _feeling(setup, number)
        said = _facts(setup, number, feeling.primary_emotion)
        passage = setup.passages[number % len(setup.passages)]
        turns.append(_turn(len(turns) + 1, "user", _asked(setup, number, said), feeling))
        calm = EmotionDraft(primary_emotion="warmth", secondary_emotion="calm", intensity=WARMTH)
        answer = _answered(setup, number, said, passage)
        turns.append(_turn(len(turns) + 1, "assistant", answer, calm))
    draft = ConversationDraft(conversation_metadata=_metadata(setup), turns=turns)
    used = setup.passages[: setup.exchanges]
    return Conversation(
        conversation_id=setup.cell.conversation_id,
        scaffold=setup.scaffold,
        form=RawForm.TURNS,
        raw=draft.model_dump_json(indent=2),
        teacher=hand.teacher,
        evidence=tuple(dict.fromkeys(one.document.cite(one.start, one.end) for one in used)),
        made_from=parents_of(setup, hand),
    )


def _turn(
    number: int, role: Literal["user", "assistant"], content: str, feeling: EmotionDraft
) -> TurnDraft:
    return TurnDraft(turn_number=number, role=role, content=content, emotional_context=feeling)


def _asked(setup: Setup, number: int, said: Mapping[str, str]) -> str:
    """What the client says in an exchange, counted from 0."""
    if number == 0:
        return _filled(setup, "open", number, said)
    return _filled(setup, "close" if _is_last(setup, number) else "go_on", number, said)


def _answered(setup: Setup, number: int, said: Mapping[str, str], passage: Passage) -> str:
    is_last = _is_last(setup, number)
    before = "answer_first" if number == 0 else "answer_last" if is_last else "answer"
    after = "after_last" if is_last else "after"
    return (
        f"{_filled(setup, before, number, said)}\n\n{passage.words}\n\n"
        f"{_filled(setup, after, number, said)}"
    )


def _is_last(setup: Setup, number: int) -> bool:
    return number == setup.exchanges - 1


def _filled(setup: Setup, group: str, number: int, said: Mapping[str, str]) -> str:
    """The template whose turn it is; what stands in the facts is never read as a template."""
    lists = _templates()[group]
    text = lists[(setup.lot + number) % len(lists)].format_map(said)
    return text[:1].upper() + text[1:]


def _facts(setup: Setup, number: int, emotion: str) -> dict[str, str]:
    persona, arc, topic = setup.persona, setup.arc, setup.topic
    questions = topic.questions if number == 0 else persona.typical_questions or topic.questions
    phrase = _one_of(setup, number, arc.phrases, "you are not alone with it")
    return {
        "name": persona.name.partition(" ")[0],
        "topic": topic.name,
        "question": _one_of(setup, number, questions, f"I have a question about {topic.name}."),
        "concern": _one_of(
            setup, number, persona.common_concerns, "what happens if I get it wrong"
        ),
        "phrase": phrase,
        "sentence": f"{phrase[:1].upper()}{phrase[1:]}",
        "emotion": emotion,
    }


def _one_of(setup: Setup, number: int, choices: tuple[str, ...], otherwise: str) -> str:
    return choices[(setup.lot // 7 + number) % len(choices)].strip() if choices else otherwise


def _feeling(setup: Setup, number: int) -> EmotionDraft:
    """What the client feels in an exchange, as the arc says; strength moves from end to end."""
    arc, last = setup.arc, setup.exchanges - 1
    at = Decimal(number) / last if last else Decimal(1)
    if number == 0:
        emotion, before = arc.start.emotion, None
    elif number == last:
        emotion, before = arc.end.emotion, (arc.middle or arc.start).emotion
    else:
        emotion, before = (arc.middle or arc.start).emotion, arc.start.emotion
    points = [one for one in (arc.start, arc.middle, arc.end) if one is not None]
    strength = _between([_middle(one) for one in points], at)
    return EmotionDraft(
        primary_emotion=emotion,
        secondary_emotion=None if before == emotion else before,
        intensity=float(round(strength, 2)),
    )


def _middle(feeling: Feeling) -> Decimal:
    return (feeling.least + feeling.most) / 2


def _between(points: list[Decimal], at: Decimal) -> Decimal:
    """The value at a place from 0 to 1 on the line through some points."""
    place = at * (len(points) - 1)
    left = min(int(place), len(points) - 2)
    return points[left] + (points[left + 1] - points[left]) * (place - left)


def _metadata(setup: Setup) -> MetadataDraft:
    return MetadataDraft(
        client_persona=setup.persona.label,
        session_context=f"{setup.persona.name} asks about {setup.topic.name}.",
        conversation_phase=opening_of(setup.arc),
        expected_outcome=f"From {setup.arc.start.emotion} to {setup.arc.end.emotion}, with what "
        "the documents say.",
    )


@cache
def _templates() -> dict[str, Any]:
    place = files("lorewright.generate.conversations") / "offline.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))
