"""Measure texts and sets: how long, how different, how much of a source, who is spoken of."""

from lorewright.measures.distinct import distinct
from lorewright.measures.entities import EntityBalance, entities_in, entity_balance
from lorewright.measures.lengths import Lengths, lengths
from lorewright.measures.mixture import Mixture, mixture
from lorewright.measures.repetition import near_duplicate_share
from lorewright.measures.spans import covered, span_coverage

__all__ = [
    "EntityBalance",
    "Lengths",
    "Mixture",
    "covered",
    "distinct",
    "entities_in",
    "entity_balance",
    "lengths",
    "mixture",
    "near_duplicate_share",
    "span_coverage",
]
