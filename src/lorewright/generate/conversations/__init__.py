"""Conversations by plan: cells of persona, arc and topic, written by a language model or rules."""

from lorewright.generate.conversations.choice import Axis, Filled, PlanChoice, PlanKind
from lorewright.generate.conversations.offline import EXTRACTIVE, offline_conversation
from lorewright.generate.conversations.plan import Cell, consultant_of, margins, plan
from lorewright.generate.conversations.setup import Passage, Setup, entries_of, setup_of
from lorewright.generate.conversations.shelf import Shelf, Stretch
from lorewright.generate.conversations.writing import (
    PROMPT,
    STEP,
    Hand,
    filled,
    write_conversation,
)

__all__ = [
    "EXTRACTIVE",
    "PROMPT",
    "STEP",
    "Axis",
    "Cell",
    "Filled",
    "Hand",
    "Passage",
    "PlanChoice",
    "PlanKind",
    "Setup",
    "Shelf",
    "Stretch",
    "consultant_of",
    "entries_of",
    "filled",
    "margins",
    "offline_conversation",
    "plan",
    "setup_of",
    "write_conversation",
]
