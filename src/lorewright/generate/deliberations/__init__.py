"""Panels that argue before they answer: purpose, weights, turns, measures and files."""

from lorewright.generate.deliberations.comparing import PolicyReport, compare, policy_card
from lorewright.generate.deliberations.exporting import (
    ExportTerms,
    v3_document,
    v3_issues,
    v3_schema,
)
from lorewright.generate.deliberations.guardrails import (
    AccountOfConversation,
    AccountOfTurn,
    BrokenRule,
    broken_rules,
    guarded,
)
from lorewright.generate.deliberations.labels import Labels, read_labels
from lorewright.generate.deliberations.library import (
    PanelIssue,
    PanelLibrary,
    entry_of,
    panel_in,
    panel_library,
    panel_text,
    read_panel,
)
from lorewright.generate.deliberations.measuring import GOALS, Measured, means, measure
from lorewright.generate.deliberations.playing import Casting, chosen, play, worked_entry
from lorewright.generate.deliberations.policy import LearnedWeigher
from lorewright.generate.deliberations.sampling import SetTier, human_sample, tier_of_set
from lorewright.generate.deliberations.shapes import Panel, Worked
from lorewright.generate.deliberations.simulation import simulated_labels
from lorewright.generate.deliberations.teaching import TrainingShape, examples_of
from lorewright.generate.deliberations.training_files import complete_of
from lorewright.generate.deliberations.weighting import HybridWeigher, StaticWeigher, Weigher
from lorewright.generate.deliberations.writing import (
    PANEL_PROMPT,
    PROMPT,
    Brief,
    panel_of_entry,
    propose_panel,
    turn_prompt,
    write_deliberation,
)

__all__ = [
    "GOALS",
    "PANEL_PROMPT",
    "PROMPT",
    "AccountOfConversation",
    "AccountOfTurn",
    "Brief",
    "BrokenRule",
    "Casting",
    "ExportTerms",
    "HybridWeigher",
    "Labels",
    "LearnedWeigher",
    "Measured",
    "Panel",
    "PanelIssue",
    "PanelLibrary",
    "PolicyReport",
    "SetTier",
    "StaticWeigher",
    "TrainingShape",
    "Weigher",
    "Worked",
    "broken_rules",
    "chosen",
    "compare",
    "complete_of",
    "entry_of",
    "examples_of",
    "guarded",
    "human_sample",
    "means",
    "measure",
    "panel_in",
    "panel_library",
    "panel_of_entry",
    "panel_text",
    "play",
    "policy_card",
    "propose_panel",
    "read_labels",
    "read_panel",
    "simulated_labels",
    "tier_of_set",
    "turn_prompt",
    "v3_document",
    "v3_issues",
    "v3_schema",
    "worked_entry",
    "write_deliberation",
]
