"""How much each persona has to say about a question: by the table, by keywords, or as learnt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from lorewright.generate.deliberations.shapes import Panel, Persona
from lorewright.records.deliberation import Weighting
from lorewright.similarity import words

ONE, NOTHING = Decimal(1), Decimal(0)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when weights are decided."""

    panel: Panel
    state: str
    question: str
    previous: Mapping[str, Decimal] | None = None
    """The weights of the turn before."""


class Weigher(Protocol):
    """Proposes a weight from 0 to 1 for every persona; guardrails come after it."""

    approach: Weighting
    labels: str | None
    """For learned weights, whose labels they were learnt from."""

    def propose(self, situation: Situation) -> Mapping[str, Decimal]:
        """The weights for one turn."""
        ...

    def why(self, situation: Situation, persona: Persona) -> str:
        """Why a persona has its weight, in a few words."""
        ...


class StaticWeigher:
    """The row of the panel's table for the state that the purpose is in."""

    approach = Weighting.STATIC
    labels: str | None = None

    def propose(self, situation: Situation) -> Mapping[str, Decimal]:
        """That row."""
        return situation.panel.base_weights(situation.state)

    def why(self, situation: Situation, persona: Persona) -> str:
        """The row and the place in it."""
        del persona  # the row is the same for all
        return f"table: {situation.state}"


class HybridWeigher:
    """The same row, moved by the keywords of the question.

    Who is called for gains its boost, up to 1. What was gained is taken from the others in
    proportion to what they have, so that the sum stays the same as long as they have enough.
    """

    approach = Weighting.HYBRID
    labels: str | None = None

    def propose(self, situation: Situation) -> Mapping[str, Decimal]:
        """The row after the boosts."""
        base = situation.panel.base_weights(situation.state)
        called = {one.id: one.boost for one in situation.panel.personas if _hits(one, situation)}
        if not called:
            return base
        return boosted(base, called)

    def why(self, situation: Situation, persona: Persona) -> str:
        """The keywords that called for it."""
        hits = _hits(persona, situation)
        said = ", ".join(hits)
        return f"table: {situation.state}" + (f"; asked about: {said}" if hits else "")


def boosted(base: Mapping[str, Decimal], called: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Weights after boosts, the others reduced in proportion.

    Args:
        base: a weight for each persona.
        called: the boost of each one that is called for.
    """
    raised = {name: min(ONE, base[name] + boost) for name, boost in called.items()}
    gained = sum((raised[name] - base[name] for name in raised), NOTHING)
    rest = sum((weight for name, weight in base.items() if name not in raised), NOTHING)
    left = max(NOTHING, rest - gained) / rest if rest else ONE
    return {name: raised.get(name, weight * left) for name, weight in base.items()}


def keyword_hits(persona: Persona, question: str) -> tuple[str, ...]:
    """The keywords of a persona that stand in a question, as whole words."""
    return _found(persona.keywords, question)


def said_words(texts: Iterable[str]) -> frozenset[str]:
    """The words of several texts that carry meaning: longer than three letters, and not filling."""
    found = (word for text in texts for word in words(text) if len(word) > 3)
    return frozenset(word for word in found if word not in _FILLING)


_FILLING = frozenset(
    (
        "about",
        "after",
        "again",
        "also",
        "because",
        "been",
        "before",
        "both",
        "could",
        "does",
        "each",
        "from",
        "have",
        "here",
        "into",
        "just",
        "like",
        "more",
        "most",
        "much",
        "must",
        "only",
        "other",
        "over",
        "same",
        "should",
        "some",
        "such",
        "than",
        "that",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "very",
        "want",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "will",
        "with",
        "would",
        "your",
    )
)


def _hits(persona: Persona, situation: Situation) -> tuple[str, ...]:
    return keyword_hits(persona, situation.question)


@lru_cache(maxsize=4096)
def _found(keywords: Sequence[str], question: str) -> tuple[str, ...]:
    said = f" {' '.join(words(question))} "
    return tuple(one for one in keywords if f" {' '.join(words(one))} " in said)
