"""A document seen as a whole: read group by group, put together in a tree, nothing left out."""

from lorewright.analyze.context.by_rules import (
    RULES,
    chunks_below,
    context_by_rules,
    outermost,
)
from lorewright.analyze.context.candidates import Candidates, Pair, candidates, content_words
from lorewright.analyze.context.composing import Given, compose
from lorewright.analyze.context.corpus import CorpusGiven, compose_corpus, title_of_pair
from lorewright.analyze.context.grouping import MOST_CHUNKS, groups, knots
from lorewright.analyze.context.joining import join, notes_from, themes_length
from lorewright.analyze.context.layout import Layout
from lorewright.analyze.context.noting import take_notes
from lorewright.analyze.context.relating import Side, relate
from lorewright.analyze.context.teacher import Teacher

__all__ = [
    "MOST_CHUNKS",
    "RULES",
    "Candidates",
    "CorpusGiven",
    "Given",
    "Layout",
    "Pair",
    "Side",
    "Teacher",
    "candidates",
    "chunks_below",
    "compose",
    "compose_corpus",
    "content_words",
    "context_by_rules",
    "groups",
    "join",
    "knots",
    "notes_from",
    "outermost",
    "relate",
    "take_notes",
    "themes_length",
    "title_of_pair",
]
