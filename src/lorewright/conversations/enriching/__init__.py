"""From the raw text of a conversation to what a trainer can use: checked, layered, scored."""

from lorewright.conversations.enriching.cleaning import cleaned, shown
from lorewright.conversations.enriching.codes import CODES, FOURTEEN, LEGACY, SIX, Code
from lorewright.conversations.enriching.entries import entries_of
from lorewright.conversations.enriching.feelings import (
    NEGATIVE,
    POSITIVE,
    Progression,
    progression_of,
    target_of,
    valence_of,
    way_of,
)
from lorewright.conversations.enriching.findings import MOST_ISSUES, Findings
from lorewright.conversations.enriching.layers import (
    Entries,
    background_of,
    objective_of,
    skills_of,
)
from lorewright.conversations.enriching.lines import lines_of
from lorewright.conversations.enriching.quality import (
    LENGTHS,
    REVISE_BELOW,
    TIER_FROM,
    WEIGHTS,
    Band,
    Lengths,
    Quality,
    band_of,
    points_of,
    quality_of,
    tier_of,
)
from lorewright.conversations.enriching.reading import (
    Carried,
    Json,
    Reader,
    Said,
    Valence,
    read_nothing,
    read_turns,
)
from lorewright.conversations.enriching.stages import LARGEST, enrich

__all__ = [
    "CODES",
    "FOURTEEN",
    "LARGEST",
    "LEGACY",
    "LENGTHS",
    "MOST_ISSUES",
    "NEGATIVE",
    "POSITIVE",
    "REVISE_BELOW",
    "SIX",
    "TIER_FROM",
    "WEIGHTS",
    "Band",
    "Carried",
    "Code",
    "Entries",
    "Findings",
    "Json",
    "Lengths",
    "Progression",
    "Quality",
    "Reader",
    "Said",
    "Valence",
    "background_of",
    "band_of",
    "cleaned",
    "enrich",
    "entries_of",
    "lines_of",
    "objective_of",
    "points_of",
    "progression_of",
    "quality_of",
    "read_nothing",
    "read_turns",
    "shown",
    "skills_of",
    "target_of",
    "tier_of",
    "valence_of",
    "way_of",
]
