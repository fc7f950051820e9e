"""The names of the format: what stands at which level of a training file."""

from typing import Any

from lorewright.conversations.brightrun.json_text import is_object

WRITER = "lorewright"
"""Stands as `written_by` in `input_parameters`: such a file has none of the known defects."""

V4_SPEC = "brightrun-lora-v4"
V5_SPEC = "brightrun-lora-v5"

V5_PHASES = (
    "initial_opportunity_exploration",
    "initial_shame_revelation",
    "initial_crisis_disclosure",
    "exploring_deeper_concern",
    "practical_implementation",
    "commitment_and_closure",
)
"""The phases that version 5 allows; version 4 takes any words."""

CONVERSATION = frozenset({"conversation_metadata", "input_parameters", "training_pairs"})
METADATA = frozenset(
    {
        "conversation_id",
        "source_file",
        "created_date",
        "total_turns",
        "quality_tier",
        "quality",
        "scaffolding",
        "batch_id",
    }
)
SCAFFOLDING = (
    "persona_key",
    "persona_name",
    "emotional_arc_key",
    "emotional_arc",
    "training_topic_key",
    "training_topic",
)
PAIR = frozenset(
    {
        "id",
        "conversation_id",
        "turn_number",
        "conversation_metadata",
        "control_header",
        "system_prompt",
        "conversation_history",
        "current_user_input",
        "emotional_context",
        "target_response",
        "deliberation",
        "training_metadata",
        "input_parameters",
        "client_turns",
    }
)
SEMANTIC = (
    "client_persona",
    "client_background",
    "session_context",
    "conversation_phase",
    "expected_outcome",
)
"""What is said of the whole conversation, and repeated in every pair."""
PAIR_METADATA = frozenset(
    {
        *SEMANTIC,
        "persona_archetype",
        "emotional_arc",
        "emotional_arc_key",
        "training_topic",
        "training_topic_key",
    }
)
EMOTIONS = frozenset({"primary", "secondary", "intensity", "valence"})
CONFIDENCES = ("primary_confidence", "secondary_confidence")
CRITERIA = {
    "empathy_score": "empathy",
    "clarity_score": "clarity",
    "appropriateness_score": "appropriateness",
    "brand_voice_alignment": "brand_voice",
}
"""The name in a file, and the name in an enrichment."""
TRAINING_METADATA = frozenset(
    {
        "difficulty_level",
        "key_learning_objective",
        "demonstrates_skills",
        "conversation_turn",
        "emotional_progression_target",
        "quality_score",
        "quality_criteria",
        "human_reviewed",
        "reviewer_notes",
        "use_as_seed_example",
        "generate_variations_count",
    }
)
HISTORY = frozenset({"turn", "role", "content", "emotional_state"})
PAIR_KEYS = frozenset({"_meta", "id", "turn_number", "current_user_input", "target_response"})
"""One of these first makes a line of JSON a pair or the head of such lines."""


def is_ours(parameters: Any) -> bool:
    """Whether Lorewright wrote what has these `input_parameters`."""
    return is_object(parameters) and parameters.get("written_by") == WRITER
