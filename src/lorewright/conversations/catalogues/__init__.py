"""Personas, emotional arcs, topics and consultants: data that the operator may replace."""

from lorewright.conversations.catalogues.loading import (
    ARCS,
    CONSULTANTS,
    PERSONAS,
    TOPICS,
    Catalogues,
    catalogues,
    entry_record,
)
from lorewright.conversations.catalogues.phasing import opening_of, phases_of
from lorewright.conversations.catalogues.shapes import (
    Arc,
    Complexity,
    Consultant,
    Entry,
    Feeling,
    Persona,
    Phase,
    Principle,
    Tier,
    Topic,
)
from lorewright.conversations.catalogues.suiting import (
    LEAST_COMPATIBLE,
    are_compatible,
    compatibility,
)

__all__ = [
    "ARCS",
    "CONSULTANTS",
    "LEAST_COMPATIBLE",
    "PERSONAS",
    "TOPICS",
    "Arc",
    "Catalogues",
    "Complexity",
    "Consultant",
    "Entry",
    "Feeling",
    "Persona",
    "Phase",
    "Principle",
    "Tier",
    "Topic",
    "are_compatible",
    "catalogues",
    "compatibility",
    "entry_record",
    "opening_of",
    "phases_of",
]
