"""Ranking arms blind: what is asked, what is shown, and what a ranking says about each two."""

from lorewright.evaluate.ranking.choices import ALL_BAD, Choice, choice_of, votes_of
from lorewright.evaluate.ranking.items import Item, items_for
from lorewright.evaluate.ranking.questions import QUESTIONS, Question, question
from lorewright.evaluate.ranking.showing import Reply, Shown, Turn, shown

__all__ = [
    "ALL_BAD",
    "QUESTIONS",
    "Choice",
    "Item",
    "Question",
    "Reply",
    "Shown",
    "Turn",
    "choice_of",
    "items_for",
    "question",
    "shown",
    "votes_of",
]
