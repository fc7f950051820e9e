"""Judging: a language model rates answers, blind, and says which of two it would rather have."""

from lorewright.evaluate.judging.cases import Case, Exchange, Pair, cases_of, pairs_of
from lorewright.evaluate.judging.families import family_of, own_family
from lorewright.evaluate.judging.outcomes import NotJudged, Preferred, Rated
from lorewright.evaluate.judging.preferring import PREFER, prefer, shown_pair
from lorewright.evaluate.judging.rating import RATE, rate, shown_case
from lorewright.evaluate.judging.settling import (
    OrderEffect,
    Settled,
    order_effect,
    settle,
    settled_cases,
)

__all__ = [
    "PREFER",
    "RATE",
    "Case",
    "Exchange",
    "NotJudged",
    "OrderEffect",
    "Pair",
    "Preferred",
    "Rated",
    "Settled",
    "cases_of",
    "family_of",
    "order_effect",
    "own_family",
    "pairs_of",
    "prefer",
    "rate",
    "settle",
    "settled_cases",
    "shown_case",
    "shown_pair",
]
