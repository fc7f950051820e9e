"""From the scores of three arms to a verdict that claims no more than they show."""

from lorewright.evaluate.scores import Arm, Item, Score, items_by_split, read_scores, write_scores
from lorewright.evaluate.sentences import finding_words, headline_of
from lorewright.evaluate.verdicts import verdict_of

__all__ = [
    "Arm",
    "Item",
    "Score",
    "finding_words",
    "headline_of",
    "items_by_split",
    "read_scores",
    "verdict_of",
    "write_scores",
]
