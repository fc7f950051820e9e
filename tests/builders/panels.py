"""Panels that deliberate: small valid records for tests."""

from decimal import Decimal

from builders.documents import a_recipe
from builders.talks import an_entry
from lorewright.records import (
    Deliberation,
)
from lorewright.records.deliberation import (
    ActKind,
    BlindSpot,
    Consensus,
    DeliberatedTurn,
    EndReason,
    GoalVisibility,
    Methodology,
    PanelDomain,
    PanelPersona,
    PersonaWeight,
    PurposeFramework,
    PurposeState,
    StateAtEnd,
    StateAtStart,
    Statement,
    Synthesis,
    Weighting,
)

RESEARCHER, PLANNER, COOK = "researcher_001", "planner_001", "cook_001"


def a_deliberation(**changes: object) -> Deliberation:
    """One turn in which one persona disagrees, one sees what nobody asked, and one is silent."""
    values: dict[str, object] = {
        "conversation_id": "soup-0",
        "panel": "soup",
        "domain": PanelDomain.ENTREPRENEURSHIP,
        "complexity": "low",
        "user_context_archetype": "a cook with a pot",
        "goal": "Sell soup at the market.",
        "purpose_framework": PurposeFramework(
            purpose_type="stall",
            overall_starting_state=_soup("idea", "0.1"),
            overall_target_state=_soup("open", "0.9"),
            progression_stages=("idea", "tried"),
            progression_methodology=Methodology.LINEAR,
            ultimate_goal_visibility=GoalVisibility.ALWAYS,
            notes="small",
        ),
        "personas": (
            _persona(RESEARCHER, "0.9", "0.4"),
            _persona(PLANNER, "0.3", "0.7", always_active=True),
            _persona(COOK, "0.2", "0.3", unique_value="tastes it", insider_advantage=True),
        ),
        "persona_weighting_approach": Weighting.LEARNED,
        "weights_from": "simulation",
        "training_pairs": (_soup_turn(),),
        "ended": EndReason.STOPPED,
        "teacher": "openai:some",
        "ungrounded": "it was argued and not read",
        "raw": ('{"answer": "..."}',),
        "made_from": (an_entry().ref, a_recipe("deliberations").ref),
    }
    return Deliberation.model_validate({**values, **changes})


def _soup(name: str, score: str) -> PurposeState:
    share = Decimal(score)
    return PurposeState(
        state_name=name,
        state_score=share,
        characteristics={"demand": share, "recipe": share, "licence": share},
    )


def _persona(name: str, *weights: str, **more: object) -> PanelPersona:
    return PanelPersona.model_validate(
        {
            "persona_id": name,
            "role": name.removesuffix("_001"),
            "expertise": ("stalls",),
            "perspective_focus": "whether it sells",
            "communication_style": "short",
            "weight_by_state": dict(zip(("idea", "tried"), weights, strict=True)),
            "critical_blocker_likelihood": "0.2",
            **more,
        }
    )


def _soup_turn() -> DeliberatedTurn:
    def weight(name: str, share: str) -> PersonaWeight:
        return PersonaWeight(persona_id=name, weight=Decimal(share), rationale="table: idea")

    ask, allow = "Give thirty cups away and ask for a price.", "Ask the town who may sell soup."
    return DeliberatedTurn(
        turn_number=1,
        turn_id="turn_001_idea",
        purpose_state_at_turn_start=StateAtStart(
            current_state="idea",
            current_score=Decimal("0.1"),
            target_state_this_turn="tried",
            target_score_this_turn=Decimal("0.5"),
            ultimate_goal_awareness="Sell soup at the market.",
            context_from_previous_turns=("researcher_001, turn 0: nothing yet",),
        ),
        personas_weighted_for_this_state=(weight(RESEARCHER, "0.9"), weight(PLANNER, "0.3")),
        personas_suppressed_this_turn=(weight(COOK, "0.2"),),
        user_input="Would anybody buy my soup?",
        deliberation_transcript=(
            Statement(
                speaker=RESEARCHER,
                act=ActKind.STATEMENT,
                statement="Nobody has tasted it.",
                recommendation=ask,
                moves=("demand",),
                notes={"reasoning": "taste is cheap to test"},
            ),
            Statement(
                speaker=PLANNER,
                act=ActKind.BLOCKER,
                statement="Selling food needs a permit.",
                to=RESEARCHER,
                recommendation=allow,
                moves=("licence",),
                is_critical=True,
            ),
        ),
        consensus_building=Consensus(
            areas_of_agreement=("taste first",),
            areas_requiring_tradeoffs=("speed or safety",),
            risks_identified=("no permit",),
            strategic_pivots_recommended=("a canteen",),
        ),
        blind_spots=(BlindSpot(text="The pot needs gas.", raised_by=PLANNER),),
        synthesized_output=Synthesis(
            response_to_user=f"{ask} {allow} The pot needs gas. This keeps you from a fine.",
            prevents=("a fine",),
            quality_score=Decimal("0.9"),
        ),
        purpose_state_at_turn_end=StateAtEnd(
            achieved_state="idea",
            achieved_score=Decimal("0.1"),
            characteristics_updated=("demand", "licence"),
            ready_for_next_state=False,
            next_state="tried",
        ),
    )
