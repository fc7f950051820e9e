"""A conversation in which a panel argues before each answer, as it was held."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from lorewright.records.grounded import Grounded
from lorewright.records.record import Value

Share = Annotated[Decimal, Field(ge=0, le=1)]
PersonaId = Annotated[str, Field(pattern=r"^[a-z_]+_[0-9]{3}$")]
Text = Annotated[str, Field(min_length=1)]
PanelComplexity = Literal["low", "medium", "high", "expert"]


class PanelDomain(StrEnum):
    """What a panel is asked about."""

    ENTREPRENEURSHIP = "entrepreneurship"
    BUSINESS_PLANNING = "business_planning"
    HEALTHCARE = "healthcare_decision_support"
    CURRICULUM = "educational_curriculum_design"
    CONSULTING = "strategic_consulting"
    FINANCE = "financial_planning"
    LEGAL = "legal_advisory"
    PRODUCT = "product_development"
    ORGANISATION = "organizational_change"
    PERSONAL = "personal_development"


class Weighting(StrEnum):
    """How it is decided who has how much to say."""

    STATIC = "static_predefined"
    HYBRID = "static_with_keyword_boosting"
    LEARNED = "dynamic_learned_meta_policy"


class Methodology(StrEnum):
    """How the purpose is approached."""

    LINEAR = "linear_staged"
    THRESHOLD = "adaptive_threshold_based"
    USER = "user_goal_directed"
    ITERATIVE = "iterative_refinement"


class GoalVisibility(StrEnum):
    """Whether the panel is told where it all should end."""

    ALWAYS = "always_visible"
    CONDITIONALLY = "conditionally_visible"
    HIDDEN = "hidden"


class ActKind(StrEnum):
    """What somebody does by saying something."""

    STATEMENT = "statement"
    CHALLENGE = "challenge"
    SUPPORT = "support"
    QUESTION = "question"
    BLOCKER = "blocker"


class EndReason(StrEnum):
    """Why a deliberation ended."""

    REACHED = "score_reached_target"
    STOPPED = "user_stopped"
    BLOCKED = "critical_blocker"


ACT_KEYS = frozenset(
    (
        "reasoning",
        "rationale",
        "data_sources",
        "data_provided",
        "challenges_to_others",
        "challenge_detail",
        "responds_to_challenge",
        "revision_based_on_feedback",
        "questioning_assumption",
        "counter_proposal",
        "supports",
        "agrees",
        "refines_to",
        "critical_blocker",
        "critical_blocker_detail",
        "critical_blocker_alert",
        "contingency_needed",
        "contingency_proposal",
        "strategic_reframe",
        "new_approach",
        "synthesis_proposal",
        "recommendation",
        "market_expansion",
        "quantifies_benefit",
        "addresses_risk",
        "additional_risk_mitigation",
        "long_term_risk_addressed",
        "de_risks",
        "identifies_existential_risk",
        "addresses_concerns",
        "cultural_insight",
        "cultural_validation",
        "insider_knowledge_applied",
        "user_insider_advantage",
        "identifies_blind_spot",
        "user_didnt_ask_this",
        "impact",
        "progression_impact",
        "responds_with_analysis",
        "preliminary_input",
    )
)
"""What may stand beside a statement in the exchange format; so may `validates_` with any ending."""


class PanelPersona(Value):
    """One expert of a panel."""

    persona_id: PersonaId
    role: Text
    expertise: tuple[Text, ...] = Field(min_length=1)
    perspective_focus: Text
    communication_style: Text
    weight_by_state: dict[str, Share]
    unique_value: str | None = None
    critical_blocker_likelihood: Share
    insider_advantage: bool = False
    always_active: bool = False
    """The core of a panel is never suppressed."""


class PurposeState(Value):
    """Where a purpose stands: a name, a score, and what the score is made of."""

    state_name: Text
    state_score: Share
    characteristics: dict[str, Share] = Field(min_length=3)


class PurposeFramework(Value):
    """Where a deliberation starts, where it should arrive, and on which way."""

    purpose_type: Text
    overall_starting_state: PurposeState
    overall_target_state: PurposeState
    progression_stages: tuple[Text, ...] = Field(min_length=2, max_length=10)
    progression_methodology: Methodology
    ultimate_goal_visibility: GoalVisibility
    notes: str | None = None


class PersonaWeight(Value):
    """How much one persona has to say in a turn, and why."""

    persona_id: PersonaId
    weight: Share
    rationale: Text


class Statement(Value):
    """One thing that one persona says to the others."""

    speaker: PersonaId
    act: ActKind
    statement: Text
    to: PersonaId | None = None
    """Whom it answers."""
    recommendation: str | None = Field(default=None, min_length=1)
    """What the user should hear of it."""
    moves: tuple[str, ...] = ()
    """The characteristics of the purpose that it brings forward."""
    is_critical: bool = False
    """Whether this blocker ends the deliberation."""
    notes: dict[str, str] = Field(default={})
    """What else is said of it, under the keys of the exchange format."""

    @model_validator(mode="after")
    def _is_told_in_known_keys(self) -> Self:
        unknown = [
            key for key in self.notes if key not in ACT_KEYS and not key.startswith("validates_")
        ]
        if unknown:
            raise ValueError(f"a statement has no key {unknown[0]!r}")
        if self.is_critical and self.act is not ActKind.BLOCKER:
            raise ValueError("only a blocker is critical")
        return self


class Consensus(Value):
    """What the panel agrees on, and what not."""

    areas_of_agreement: tuple[Text, ...] = Field(min_length=1)
    areas_requiring_tradeoffs: tuple[Text, ...] = ()
    risks_identified: tuple[Text, ...] = ()
    strategic_pivots_recommended: tuple[Text, ...] = ()


class BlindSpot(Value):
    """What the user did not ask about and should have, and who saw it."""

    text: Text
    raised_by: PersonaId


class Synthesis(Value):
    """What the user is told."""

    response_to_user: str = Field(min_length=100)
    prevents: tuple[Text, ...] = ()
    """The failures that following it avoids."""
    quality_score: Share | None = None
    """As a judge gave it; None when none was asked."""


class StateAtStart(Value):
    """Where the purpose stands when a turn begins."""

    current_state: Text
    current_score: Share
    target_state_this_turn: Text
    target_score_this_turn: Share
    ultimate_goal_awareness: str
    """The goal as far as the panel is told."""
    context_from_previous_turns: tuple[str, ...] = ()
    """What those who speak now said before."""


class StateAtEnd(Value):
    """Where it stands afterwards."""

    achieved_state: Text
    achieved_score: Share
    characteristics_updated: tuple[str, ...] = ()
    ready_for_next_state: bool
    next_state: str | None = None


class DeliberatedTurn(Value):
    """One question of the user, what the panel said about it, and the answer."""

    turn_number: int = Field(ge=1)
    turn_id: str = Field(pattern=r"^turn_[0-9]{3}_[a-z0-9_]+$")
    purpose_state_at_turn_start: StateAtStart
    personas_weighted_for_this_state: tuple[PersonaWeight, ...] = Field(min_length=1)
    personas_suppressed_this_turn: tuple[PersonaWeight, ...] = ()
    user_input: Text
    deliberation_transcript: tuple[Statement, ...] = Field(min_length=1)
    consensus_building: Consensus
    blind_spots: tuple[BlindSpot, ...] = ()
    synthesized_output: Synthesis
    purpose_state_at_turn_end: StateAtEnd

    @model_validator(mode="after")
    def _lets_only_the_active_speak(self) -> Self:
        active = {one.persona_id for one in self.personas_weighted_for_this_state}
        spoke = {one.speaker for one in self.deliberation_transcript}
        spoke |= {one.raised_by for one in self.blind_spots}
        if silent := spoke - active:
            raise ValueError(f"{min(silent)} speaks in a turn in which it is not active")
        return self


class Deliberation(Grounded):
    """A whole deliberated conversation, with the purpose and the panel that it was held by.

    Names and values are those of the exchange format. What can be counted from the content is
    not kept beside it: exports count it. Made from the panel's entry and the recipe, and by a
    language model from its prompt too.
    """

    kind: ClassVar[str] = "deliberation"

    conversation_id: Text
    panel: Text
    """The key of the panel."""
    domain: PanelDomain
    complexity: PanelComplexity
    user_context_archetype: Text
    goal: Text
    purpose_framework: PurposeFramework
    personas: tuple[PanelPersona, ...] = Field(min_length=2)
    persona_weighting_approach: Weighting
    weights_from: str | None = None
    """For learned weights, whose labels they were learnt from: `people` or `simulation`."""
    training_pairs: tuple[DeliberatedTurn, ...] = Field(min_length=1)
    ended: EndReason
    teacher: Text
    """A language model as `plug-in:name`, or `extractive` for what was played from a file."""
    ungrounded: Text
    """Why it rests on no document."""
    raw: tuple[str, ...] = ()
    """What the language model said in each turn, letter by letter."""

    @model_validator(mode="after")
    def _counts_its_turns_and_knows_who_speaks(self) -> Self:
        numbers = [turn.turn_number for turn in self.training_pairs]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError("turns are numbered from 1 without a gap")
        known = {one.persona_id for one in self.personas}
        for turn in self.training_pairs:
            weighted = turn.personas_weighted_for_this_state + turn.personas_suppressed_this_turn
            if strangers := {one.persona_id for one in weighted} - known:
                raise ValueError(f"{min(strangers)} is not in the panel")
        return self
