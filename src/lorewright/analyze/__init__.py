"""From a document to its chunks and what is known about them, field by field."""

from lorewright.analyze.analysing import analyses_of
from lorewright.analyze.catalogue import Dimension, Dimensions, the_dimensions
from lorewright.analyze.categories import BELONGING, CATEGORY, Categories, load_categories
from lorewright.analyze.categorising import categorise
from lorewright.analyze.chunking import chunks_of
from lorewright.analyze.filling import Filling, Rule
from lorewright.analyze.passage import Passage
from lorewright.analyze.rules import LEAST_AGREEMENT, RULES, Agreement, the_agreements

__all__ = [
    "BELONGING",
    "CATEGORY",
    "LEAST_AGREEMENT",
    "RULES",
    "Agreement",
    "Categories",
    "Dimension",
    "Dimensions",
    "Filling",
    "Passage",
    "Rule",
    "analyses_of",
    "categorise",
    "chunks_of",
    "load_categories",
    "the_agreements",
    "the_dimensions",
]
