"""Deliberations in the exchange format, version 3; its counts are counted from the content."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from lorewright.errors import MissingExtra, UsageError
from lorewright.generate.deliberations.measuring import (
    blind_spots_told,
    failures_told,
    means,
    measure,
    perspectives,
)
from lorewright.generate.deliberations.sampling import SetTier
from lorewright.records import Deliberation
from lorewright.records.deliberation import (
    ActKind,
    DeliberatedTurn,
    PersonaWeight,
    PurposeState,
    Statement,
)

SCHEMA_VERSION = "3.0.0"
OBJECTIVE = "answer after weighing several perspectives, and move a purpose forward turn by turn"
PLAYED = "extractive"


@dataclass(frozen=True, slots=True)
class ExportTerms:
    """What a file says that its content does not."""

    date: str
    """Of its making, as `2030-01-31`."""
    author: str
    reviewed: int = 0
    """How many of the conversations people have looked at."""
    tier: SetTier = "experimental"


def v3_document(deliberations: Sequence[Deliberation], terms: ExportTerms) -> dict[str, Any]:
    """The file as plain JSON values.

    Raises:
        UsageError: when there is nothing to write, or it was weighted in more than one way.
    """
    if not deliberations:
        raise UsageError("there are no deliberations to write")
    measured = means([measure(one) for one in deliberations])
    failures = sum(len(failures_told(turn)) for one in deliberations for turn in one.training_pairs)
    framework = deliberations[0].purpose_framework
    by_language_model = any(one.teacher != PLAYED for one in deliberations)
    metadata = {
        "schema_version": SCHEMA_VERSION,
        "created_date": terms.date,
        "last_updated": terms.date,
        "dataset_type": "multi_perspective_deliberation_with_purpose_progression",
        "training_objective": OBJECTIVE,
        "use_case_domains": sorted({one.domain.value for one in deliberations}),
        "conversation_count": len(deliberations),
        "total_training_pairs": sum(len(one.training_pairs) for one in deliberations),
        "author": terms.author,
        "quality_summary": {
            "avg_synthesis_quality_score": measured.synthesis_quality,
            "avg_purpose_progression_achieved": min(1.0, max(0.0, measured.progression)),
            "persona_identification_accuracy": measured.persona_identification,
            "human_reviewed_percentage": 100 * terms.reviewed / len(deliberations),
            "catastrophic_risks_prevented_count": failures,
        },
        "framework_configuration": {
            "persona_weighting_approach": _one_weighting(deliberations),
            "purpose_progression_methodology": framework.progression_methodology.value,
            "deliberation_depth_requirement": "multi_round_with_challenges",
            "ultimate_goal_visibility": framework.ultimate_goal_visibility.value,
        },
        "dataset_creation_metadata": {
            "generation_method": _of_set(by_language_model=by_language_model, terms=terms)
        },
    }
    return {
        "dataset_metadata": metadata,
        "conversations": [_conversation(one, terms) for one in deliberations],
    }


def v3_issues(document: Mapping[str, Any]) -> list[str]:
    """What a file breaks of the schema, each with the path to it; nothing when it is valid.

    Raises:
        MissingExtra: when jsonschema is not installed.
    """
    try:
        from jsonschema import Draft202012Validator
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"checking the file needs {error.name}", hint='pip install "lorewright[formats]"'
        ) from error
    try:
        json.dumps(document, allow_nan=False)
    except ValueError as error:
        return [f"$: {error}"]
    validator: Any = Draft202012Validator(
        v3_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{one.json_path}: {one.message}" for one in validator.iter_errors(document)]


@cache
def v3_schema() -> dict[str, Any]:
    """The schema of the exchange format."""
    text = files(__package__ or "").joinpath("v3.schema.json").read_text(encoding="utf-8")
    return json.loads(text)


def _one_weighting(deliberations: Sequence[Deliberation]) -> str:
    found = {one.persona_weighting_approach.value for one in deliberations}
    if len(found) > 1:
        raise UsageError(
            f"these deliberations were weighted in {len(found)} ways, and a file says one",
            hint="write those of each weighting into a file of their own",
        )
    return found.pop()


def _of_set(*, by_language_model: bool, terms: ExportTerms) -> str:
    if not by_language_model:
        return "human_authored"
    return "hybrid_ai_with_human_review" if terms.reviewed else "fully_synthetic_ai_generated"


def _method(teacher: str) -> str:
    """Of the four that the format knows, the nearest; `generation_model` says it exactly."""
    if teacher == PLAYED:
        return "human_authored"
    if "claude" in teacher:
        return "ai_generated_claude"
    return "ai_generated_gpt4" if "gpt" in teacher else "hybrid"


def _conversation(one: Deliberation, terms: ExportTerms) -> dict[str, Any]:
    framework = one.purpose_framework
    spoke = {said.speaker for turn in one.training_pairs for said in turn.deliberation_transcript}
    personas = [
        _without_none(
            {
                "persona_id": persona.persona_id,
                "role": persona.role,
                "expertise": list(persona.expertise),
                "perspective_focus": persona.perspective_focus,
                "communication_style": persona.communication_style,
                "weight_by_state": _numbers(persona.weight_by_state),
                "unique_value": persona.unique_value,
                "critical_blocker_likelihood": float(persona.critical_blocker_likelihood),
                "insider_advantage": persona.insider_advantage,
            }
        )
        for persona in one.personas
    ]
    return {
        "conversation_id": one.conversation_id,
        "conversation_metadata": {
            "domain": one.domain.value,
            "subdomain": one.panel,
            "complexity": one.complexity,
            "purpose_progression_stages": len(framework.progression_stages),
            "total_turns": len(one.training_pairs),
            "personas_involved": len(spoke),
            "created_date": terms.date,
            "generation_method": _method(one.teacher),
            "generation_model": one.teacher,
            "quality_tier": terms.tier,
            "tags": [one.ended.value],
            "user_context_archetype": one.user_context_archetype,
        },
        "purpose_framework": _without_none(
            {
                "purpose_type": framework.purpose_type,
                "overall_starting_state": _state(framework.overall_starting_state),
                "overall_target_state": _state(framework.overall_target_state),
                "progression_stages": list(framework.progression_stages),
                "progression_methodology": framework.progression_methodology.value,
                "ultimate_goal_visibility": framework.ultimate_goal_visibility.value,
                "notes": framework.notes,
            }
        ),
        "persona_library": {
            "personas": personas,
            "selection_rationale": one.goal,
            "persona_weighting_approach": one.persona_weighting_approach.value,
        },
        "training_pairs": [turn_values(turn, one) for turn in one.training_pairs],
    }


def turn_values(turn: DeliberatedTurn, one: Deliberation) -> dict[str, Any]:
    """One turn as plain JSON values of the exchange format."""
    start, end = turn.purpose_state_at_turn_start, turn.purpose_state_at_turn_end
    gap = start.target_score_this_turn - start.current_score
    gained = max(Decimal(0), end.achieved_score - start.current_score)
    return {
        "turn_number": turn.turn_number,
        "turn_id": turn.turn_id,
        "purpose_state_at_turn_start": {
            "current_state": start.current_state,
            "current_score": float(start.current_score),
            "target_state_this_turn": start.target_state_this_turn,
            "target_score_this_turn": float(start.target_score_this_turn),
            "ultimate_goal_awareness": start.ultimate_goal_awareness,
            "gap_to_close_this_turn": float(gap),
            "context_from_previous_turns": list(start.context_from_previous_turns),
        },
        "active_personas_this_turn": {
            "personas_weighted_for_this_state": _weights(turn.personas_weighted_for_this_state),
            "personas_suppressed_this_turn": _weights(turn.personas_suppressed_this_turn),
        },
        "user_input": turn.user_input,
        "internal_deliberation": _deliberation(turn, one),
        "synthesized_output": _synthesis(turn),
        "purpose_state_at_turn_end": _without_none(
            {
                "achieved_state": end.achieved_state,
                "achieved_score": float(end.achieved_score),
                "progression_this_turn": float(gained),
                "characteristics_updated": dict.fromkeys(
                    end.characteristics_updated, float(end.achieved_score)
                ),
                "ready_for_next_state": end.ready_for_next_state,
                "next_state": end.next_state,
            }
        ),
        "training_metadata": {
            "turn_type": start.current_state,
            "personas_active_count": len(turn.personas_weighted_for_this_state),
            "deliberation_depth": _depth(turn),
            "strategic_pivots": len(turn.consensus_building.strategic_pivots_recommended),
            "synthesis_quality_target": 0.85,
            "purpose_progression_target_met": end.achieved_score >= start.target_score_this_turn,
            "blind_spots_identified": len(blind_spots_told(turn)),
        },
    }  # fmt: skip


def _deliberation(turn: DeliberatedTurn, one: Deliberation) -> dict[str, Any]:
    start, agreed = turn.purpose_state_at_turn_start, turn.consensus_building
    return {
        "deliberation_context": {
            "personas_know": {
                "current_purpose_state": start.current_state,
                "next_target_state": start.target_state_this_turn,
                "ultimate_goal": start.ultimate_goal_awareness,
                "user_context": one.user_context_archetype,
            }
        },
        "deliberation_transcript": [_statement(said) for said in turn.deliberation_transcript],
        "consensus_building": {
            "areas_of_agreement": list(agreed.areas_of_agreement),
            "areas_requiring_tradeoffs": list(agreed.areas_requiring_tradeoffs),
            "risks_identified": list(agreed.risks_identified),
            "strategic_pivots_recommended": list(agreed.strategic_pivots_recommended),
            "blind_spots_identified_by_deliberation": [spot.text for spot in turn.blind_spots],
        },
    }


def _statement(said: Statement) -> dict[str, Any]:
    """A statement with its act in the keys of the format."""
    keys: dict[str, Any] = {"speaker": said.speaker, "statement": said.statement, **said.notes}
    if said.recommendation:
        keys["recommendation"] = said.recommendation
    if said.moves:
        keys["progression_impact"] = list(said.moves)
    match said.act:
        case ActKind.CHALLENGE:
            keys["challenges_to_others"] = said.to or said.statement
        case ActKind.SUPPORT:
            keys["supports"] = said.to or said.statement
        case ActKind.QUESTION:
            keys["questioning_assumption"] = said.statement
        case ActKind.BLOCKER:
            keys["critical_blocker"] = said.is_critical
            keys["critical_blocker_detail"] = said.statement
        case ActKind.STATEMENT:
            pass
    return keys


def _synthesis(turn: DeliberatedTurn) -> dict[str, Any]:
    said, found = turn.synthesized_output, perspectives(turn)
    score = said.quality_score
    return _without_none(
        {
            "response_to_user": said.response_to_user,
            "incorporates_perspectives": [one.persona for one in found if one.place],
            "omits_from_output": [one.persona for one in found if not one.place],
            "prevents_failure_mode": "; ".join(failures_told(turn)) or None,
            "quality_score": None if score is None else float(score),
            "blind_spots_identified_that_user_didnt_ask": [
                said.response_to_user[place.start : place.end] for place in blind_spots_told(turn)
            ],
        }
    )


def _depth(turn: DeliberatedTurn) -> str:
    acts = {said.act for said in turn.deliberation_transcript}
    if ActKind.BLOCKER in acts:
        return "critical_blocker_identified_with_strategic_reframe"
    return "multi_round_with_challenges" if ActKind.CHALLENGE in acts else "single_round"


def _state(state: PurposeState) -> dict[str, Any]:
    return {
        "state_name": state.state_name,
        "state_score": float(state.state_score),
        "characteristics": _numbers(state.characteristics),
    }


def _weights(weights: Sequence[PersonaWeight]) -> list[dict[str, Any]]:
    return [
        {"persona_id": one.persona_id, "weight": float(one.weight), "rationale": one.rationale}
        for one in weights
    ]


def _numbers(shares: Mapping[str, Decimal]) -> dict[str, float]:
    return {name: float(share) for name, share in shares.items()}


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
