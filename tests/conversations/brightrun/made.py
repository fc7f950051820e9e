"""Training files as they are around, without a defect unless a test puts one in."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from conversations.talks import RECIPE
from lorewright.conversations.brightrun import identity_of, read_v4, read_v5
from lorewright.conversations.enriching import Said, enrich
from lorewright.lineage import Ref
from lorewright.records import (
    Conversation,
    EnrichedContent,
    EnrichedTurn,
    Enrichment,
    RawForm,
    Repair,
)

Json = dict[str, Any]

PROMPT = "You advise. (1) feelings (2) respect (3) reasons (4) steps (5) values."
SAID = (
    ("fear", "0.8", "I lie awake over the roof. How much should be on the side for that?"),
    ("calm", "0.4", "Three months of what you spend is where most people begin to sleep."),
    ("doubt", "0.6", "Three months sounds like a mountain to me, we spend 2,400 a month."),
    ("warmth", "0.5", "So the mountain has a name: 7,200, and a hundred a month is a path."),
    ("hope", "0.6", "A thousand I can imagine, if it went away on the day my pay comes."),
    ("calm", "0.5", "That is the whole trick. Set up the transfer and leave it alone."),
)
SOURCE = Ref("source", "0" * 64)


def a_member(name: str = "talk-0001", *, turns: int = len(SAID)) -> Json:
    """One member of `conversations`; answers carry what the client feels, as the format says."""
    told = [a_pair(at, name) for at in range(turns)]
    return {
        "conversation_metadata": {
            "conversation_id": name,
            "source_file": f"{name}.json",
            "created_date": "2025-12-09",
            "total_turns": turns,
            "quality_tier": "production",
            "scaffolding": {
                "persona_key": "careful_saver",
                "persona_name": "Mara",
                "emotional_arc_key": "fear_to_calm",
                "emotional_arc": "Fear to calm",
                "training_topic_key": "rainy_day_fund",
                "training_topic": "A fund for rainy days",
            },
        },
        "training_pairs": told,
    }


def a_pair(at: int, name: str) -> Json:
    is_answer = at % 2 == 1
    emotion, intensity, text = SAID[at - 1 if is_answer else at]
    return {
        "id": f"{name}-turn{at + 1}",
        "conversation_id": name,
        "turn_number": at + 1,
        "conversation_metadata": {
            "client_persona": "Mara - The Careful Saver",
            "client_background": "nurse, two children",
            "session_context": "a first talk about saving",
            "conversation_phase": "initial_crisis_disclosure",
            "expected_outcome": "she knows what to do on pay day",
            "persona_archetype": "careful_saver",
            "emotional_arc": "Fear to calm",
            "emotional_arc_key": "fear_to_calm",
            "training_topic": "A fund for rainy days",
            "training_topic_key": "rainy_day_fund",
        },
        "system_prompt": PROMPT,
        "conversation_history": [_before(one) for one in range(at - 1 if is_answer else at)],
        "current_user_input": text,
        "emotional_context": {
            "detected_emotions": {
                "primary": emotion,
                "primary_confidence": 0.8,
                "secondary": "care",
                "secondary_confidence": 0.7,
                "intensity": float(intensity),
                "valence": "mixed",
            },
        },
        "target_response": SAID[at][2] if is_answer else None,
        "training_metadata": {
            "difficulty_level": f"beginner_conversation_turn_{at + 1}",
            "key_learning_objective": "a fund for rainy days",
            "demonstrates_skills": ["name the feeling"],
            "conversation_turn": at + 1,
            "emotional_progression_target": "fear(0.8) -> calm(0.5)",
            "quality_score": 4 if is_answer else 3,
            "quality_criteria": {
                "empathy_score": 4.5,
                "clarity_score": 4,
                "appropriateness_score": 2.25,
                "brand_voice_alignment": 5,
            },
            "human_reviewed": False,
            "reviewer_notes": None,
            "use_as_seed_example": False,
            "generate_variations_count": 0,
        },
    }


def _before(at: int) -> Json:
    emotion, intensity, text = SAID[at]
    return {
        "turn": at + 1,
        "role": ("user", "assistant")[at % 2],
        "content": text,
        "emotional_state": {
            "primary": emotion,
            "secondary": "care",
            "intensity": float(intensity),
        },
    }


def a_file(*members: Any, form: RawForm = RawForm.V4, **more: Any) -> str:
    """A whole file as JSON, with line ends in it as files around have them."""
    head = {
        "training_file_metadata": {"file_name": "talks", "format_spec": form.value},
        "consultant_profile": {"name": "Ada Brook"},
        **more,
        "conversations": list(members),
    }
    return json.dumps(head, indent=2, ensure_ascii=False)


def in_lines(*members: Json, head: Json | None = None) -> str:
    """The same as JSONL: answers only."""
    pairs = [one for member in members for one in member["training_pairs"]]
    lines = [{"_meta": head or {"file_name": "talks", "total_pairs": len(pairs)}}]
    lines += [one for one in pairs if one["target_response"] is not None]
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in lines)


def written(folder: Path, text: str | bytes, name: str = "talks.json") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def raw_of(member: Json) -> str:
    return json.dumps(member, indent=1, ensure_ascii=False)


def read(member: Json | str, form: RawForm = RawForm.V4) -> Said:
    raw = member if isinstance(member, str) else raw_of(member)
    return (read_v5 if form is RawForm.V5 else read_v4)(raw)


def enriched(member: Json | str, form: RawForm = RawForm.V4) -> Enrichment:
    raw = member if isinstance(member, str) else raw_of(member)
    who = identity_of(raw)
    record = Conversation(
        conversation_id=who.conversation_id,
        scaffold=who.scaffold,
        form=form,
        raw=raw,
        teacher=who.teacher,
        is_control=who.is_control,
        made_from=(SOURCE,),
    )
    return enrich(record, recipe=RECIPE, read=read_v5 if form is RawForm.V5 else read_v4)


def content_of(member: Json | str) -> EnrichedContent:
    found = enriched(member)
    assert found.content is not None, found.issues
    return found.content


def repairs_with(code: str, found: Enrichment) -> list[Repair]:
    return [one for one in found.repairs if one.code == code]


def trusted(content: EnrichedContent, name: str = "talk-0001", **more: Any) -> Json:
    """A member as Lorewright writes it: everything that was enriched, nothing repeated wrongly."""
    scaffold = content.scaffold.model_dump()
    setup = {
        "written_by": "lorewright",
        "conversation_id": name,
        "teacher": "openai:teacher-1",
        "is_control": False,
        **scaffold,
        "quality_tier": content.tier.value,
        "quality": {"score": content.quality, "parts": dict(content.parts)},
        "created_date": content.created_date,
        "human_reviewed": content.human_reviewed,
        "reviewer_notes": content.reviewer_notes,
        **more,
    }
    return {
        "conversation_metadata": {"conversation_id": name},
        "input_parameters": setup,
        "training_pairs": [_trusted_pair(at, content, name) for at in range(len(content.turns))],
    }


def trusted_lines(member: Json) -> list[Json]:
    """The same conversation as lines: client turns beside the answer that comes after them."""
    pairs: list[Json] = member["training_pairs"]
    answers = [at for at, one in enumerate(pairs) if one["target_response"] is not None]
    lines: list[Json] = []
    begin = 0
    for at in answers:
        end = len(pairs) if at == answers[-1] else at
        beside = [pairs[one] for one in range(begin, end) if one != at]
        line = {
            **pairs[at],
            "input_parameters": member["input_parameters"],
            "client_turns": [
                {
                    "content": one["current_user_input"],
                    **{
                        key: one[key]
                        for key in ("id", "turn_number", "emotional_context", "training_metadata")
                    },
                }
                for one in beside
            ],
        }
        lines.append(line)
        begin = at + 1
    return lines


def _trusted_pair(at: int, content: EnrichedContent, name: str) -> Json:
    turns = content.turns
    turn = turns[at]
    is_answer = turn.role == "assistant"
    asked = turns[at - 1] if is_answer and at and turns[at - 1].role == "user" else None
    context = {"detected_emotions": _felt(asked if is_answer else turn)}
    if is_answer:
        context["response_emotions"] = _felt(turn)
    return {
        "id": turn.pair_id,
        "conversation_id": name,
        "turn_number": at + 1,
        "conversation_metadata": {
            key: getattr(content, key)
            for key in (
                "client_persona",
                "client_background",
                "session_context",
                "conversation_phase",
                "expected_outcome",
            )
        },
        "system_prompt": content.system_prompt,
        "conversation_history": [
            {"turn": number, "role": one.role, "content": one.text}
            for number, one in enumerate(turns[: at - 1 if asked else at], start=1)
        ],
        "current_user_input": turn.text if not is_answer else asked.text if asked else None,
        "emotional_context": context,
        "target_response": turn.text if is_answer else None,
        "training_metadata": {
            "difficulty_level": turn.difficulty_level,
            "key_learning_objective": turn.key_learning_objective,
            "demonstrates_skills": list(turn.demonstrates_skills),
            "conversation_turn": at + 1,
            "emotional_progression_target": turn.emotional_progression_target,
            "quality_score": turn.quality_score,
            "quality_criteria": {
                "empathy_score": turn.empathy,
                "clarity_score": turn.clarity,
                "appropriateness_score": turn.appropriateness,
                "brand_voice_alignment": turn.brand_voice,
            },
            "human_reviewed": content.human_reviewed,
            "reviewer_notes": content.reviewer_notes,
            "use_as_seed_example": True,
            "generate_variations_count": 0,
        },
    }


def _felt(turn: EnrichedTurn | None) -> Json:
    felt = turn.emotion if turn else None
    return {
        "primary": felt.primary if felt else None,
        "secondary": felt.secondary if felt else None,
        "intensity": felt.intensity if felt else None,
        "valence": turn.valence if turn else None,
    }


def exact(value: Any) -> Any:
    """Decimals in what `json_text` writes keep their digits; this is for comparing."""
    return str(value) if isinstance(value, Decimal) else value
