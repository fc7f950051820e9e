"""From the turns of a conversation to its training pairs; here the history is expanded.

What stands where, so that it is read back exactly, is told at the top of this package.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from lorewright.conversations.brightrun.format_fields import (
    CRITERIA,
    SCAFFOLDING,
    SEMANTIC,
    WRITER,
)
from lorewright.conversations.brightrun.json_text import Verbatim, json_text
from lorewright.conversations.complete import Complete
from lorewright.conversations.voice import control_header
from lorewright.records import CatalogueEntry, EnrichedTurn, QualityTier


class Ids:
    """Keeps ids apart: a trainer takes two pairs with one id for one pair."""

    def __init__(self) -> None:
        self._known = set[bytes]()
        self.renamed = 0
        """Pairs that had the id of another one."""

    def of(self, turn: EnrichedTurn, one: Complete, number: int) -> str:
        """The id of a turn; a new one when another turn of the file has it."""
        if self._is_new(turn.pair_id):
            return turn.pair_id
        self.renamed += 1
        named, further = f"{turn.pair_id}-{one.conversation.ref.id[:8]}-{number}", 1
        found = named
        while not self._is_new(found):
            further += 1
            found = f"{named}-{further}"
        return found

    def _is_new(self, pair_id: str) -> bool:
        digest = hashlib.blake2b(pair_id.encode(), digest_size=12).digest()
        if digest in self._known:
            return False
        self._known.add(digest)
        return True


def parameters_of(one: Complete) -> dict[str, Any]:
    """The audit layer of a conversation: what a reader that trusts the file goes by, and ids."""
    conversation, content = one.conversation, one.content
    return {
        "written_by": WRITER,
        "conversation_id": conversation.conversation_id,
        "teacher": conversation.teacher,
        "is_control": conversation.is_control,
        **{name: getattr(content.scaffold, name) for name in (*SCAFFOLDING, "consultant_key")},
        "quality_tier": content.tier.value,
        "quality": quality_of(one),
        "created_date": content.created_date,
        "human_reviewed": content.human_reviewed,
        "reviewer_notes": content.reviewer_notes,
        "ids": _ids_of(one),
    }


def _ids_of(one: Complete) -> dict[str, Any]:
    """The records that stand behind a conversation."""
    if one.held is not None:
        return {"deliberation": one.held}
    made_from = one.conversation.made_from
    return {
        "conversation": one.conversation.ref,
        "enrichment": one.enrichment,
        "entries": [ref for ref in made_from if ref.kind == CatalogueEntry.kind],
    }


def quality_of(one: Complete) -> dict[str, Any]:
    """The score of a conversation and its parts, digit by digit."""
    parts = one.content.parts
    return {
        "score": one.content.quality,
        "parts": {name: getattr(parts, name) for name in type(parts).model_fields},
    }


class Pairs:
    """The training pairs of one conversation.

    Args:
        one: the conversation.
        ids: those of the file so far.
        header: whether each pair says persona, arc and topic, for steering.
    """

    def __init__(self, one: Complete, ids: Ids, *, header: bool) -> None:
        self._one, self._turns = one, one.content.turns
        self._ids = [ids.of(turn, one, number) for number, turn in enumerate(self._turns, 1)]
        self._history = [_told_before(turn, number) for number, turn in enumerate(self._turns, 1)]
        self._head = _head(one, header=header)

    def all(self) -> Iterator[str]:
        """A pair for every turn, as JSON."""
        for at in range(len(self._turns)):
            yield json_text(self._pair(at))

    def answers(self) -> Iterator[str]:
        """A line for every turn of the advisor, with what the client said around it."""
        answers = [at for at, turn in enumerate(self._turns) if turn.role == "assistant"]
        setup = Verbatim(json_text(parameters_of(self._one)))
        begin = 0
        for at in answers:
            beside = list(range(begin, at))
            if at == answers[-1]:
                beside += range(at + 1, len(self._turns))
            pair = self._pair(at)
            pair["client_turns"] = [self._client_turn(one) for one in beside]
            yield json_text({**pair, "input_parameters": setup})
            begin = at + 1

    def _pair(self, at: int) -> dict[str, Any]:
        turn = self._turns[at]
        is_answer = turn.role == "assistant"
        is_asked = is_answer and at > 0 and self._turns[at - 1].role == "user"
        asked = self._turns[at - 1] if is_asked else None
        before = self._history[: at - 1 if is_asked else at]
        said = (asked.text if asked else None) if is_answer else turn.text
        feels = _felt(asked) if is_answer else _felt(turn)
        return {
            "id": self._ids[at],
            "conversation_id": self._one.conversation.conversation_id,
            "turn_number": at + 1,
            **self._head,
            "conversation_history": Verbatim(f"[{','.join(before)}]"),
            "current_user_input": said,
            "emotional_context": {
                "detected_emotions": feels,
                **({"response_emotions": _felt(turn)} if is_answer else {}),
            },
            "target_response": turn.text if is_answer else None,
            **({"deliberation": Verbatim(turn.deliberation)} if turn.deliberation else {}),
            "training_metadata": self._training(at),
        }

    def _client_turn(self, at: int) -> dict[str, Any]:
        turn = self._turns[at]
        return {
            "turn_number": at + 1,
            "content": turn.text,
            "id": self._ids[at],
            "emotional_context": {"detected_emotions": _felt(turn)},
            "training_metadata": self._training(at),
        }

    def _training(self, at: int) -> dict[str, Any]:
        turn, content = self._turns[at], self._one.content
        is_answer = turn.role == "assistant"
        return {
            "difficulty_level": turn.difficulty_level,
            "key_learning_objective": turn.key_learning_objective,
            "demonstrates_skills": turn.demonstrates_skills,
            "conversation_turn": at + 1,
            "emotional_progression_target": turn.emotional_progression_target,
            "quality_score": turn.quality_score,
            "quality_criteria": {name: getattr(turn, ours) for name, ours in CRITERIA.items()},
            "human_reviewed": content.human_reviewed,
            "reviewer_notes": content.reviewer_notes,
            "use_as_seed_example": is_answer and content.tier is QualityTier.SEED_DATASET,
            "generate_variations_count": 0,
        }


def _head(one: Complete, *, header: bool) -> dict[str, Any]:
    """What every pair of a conversation repeats."""
    content, scaffold = one.content, one.content.scaffold
    about = {
        **{name: getattr(content, name) for name in SEMANTIC},
        "persona_archetype": scaffold.persona_key,
        "emotional_arc": scaffold.emotional_arc,
        "emotional_arc_key": scaffold.emotional_arc_key,
        "training_topic": scaffold.training_topic,
        "training_topic_key": scaffold.training_topic_key,
    }
    steering = control_header(scaffold) if header else ""
    return {
        "conversation_metadata": Verbatim(json_text(about)),
        **({"control_header": Verbatim(json_text(steering))} if steering else {}),
        "system_prompt": Verbatim(json_text(content.system_prompt)),
    }


def _told_before(turn: EnrichedTurn, number: int) -> str:
    """A turn as later pairs tell it."""
    told: dict[str, Any] = {"turn": number, "role": turn.role, "content": turn.text}
    if (felt := turn.emotion) is not None:
        told["emotional_state"] = {
            "primary": felt.primary,
            **({"secondary": felt.secondary} if felt.secondary else {}),
            "intensity": felt.intensity,
        }
    return json_text(told)


def _felt(turn: EnrichedTurn | None) -> dict[str, Any]:
    felt = turn.emotion if turn else None
    return {
        "primary": felt.primary if felt else None,
        "secondary": felt.secondary if felt else None,
        "intensity": felt.intensity if felt else None,
        "valence": turn.valence if turn else None,
    }


def has_answer(turns: Sequence[EnrichedTurn]) -> bool:
    """Whether the advisor speaks at all."""
    return any(turn.role == "assistant" for turn in turns)
