"""What a training file says about itself: every number is counted from what was written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lorewright.conversations.catalogues import Consultant
from lorewright.conversations.complete import Complete


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a training file beside its conversations."""

    name: str
    version: int = 1
    """Of the set of its conversations."""
    created_date: str | None = None
    last_updated: str | None = None
    target: str | None = None
    """The language model that is to learn from it."""
    vertical: str | None = None
    consultant: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """As `profile_of` makes it, or as an imported file has it."""
    changes: Mapping[str, int] = field(default_factory=dict[str, int])
    """Conversations that came, went or are told otherwise since the version before."""
    header: bool = False
    """Whether every pair says persona, arc and topic, for steering."""


@dataclass(slots=True)
class Totals:
    """Counts what is written."""

    conversations: int = 0
    pairs: int = 0
    reviewed: int = 0
    """Pairs of conversations that people have read."""
    personas: Counter[str] = field(default_factory=Counter[str])
    arcs: Counter[str] = field(default_factory=Counter[str])
    topics: Counter[str] = field(default_factory=Counter[str])
    scores: Counter[int] = field(default_factory=Counter[int])
    """Pairs by their quality score; a pair without one is in none."""

    def add(self, one: Complete, *, only_answers: bool) -> None:
        """Count a conversation in."""
        content = one.content
        written = [turn for turn in content.turns if turn.role == "assistant" or not only_answers]
        self.conversations += 1
        self.pairs += len(written)
        self.reviewed += len(written) if content.human_reviewed else 0
        self.scores.update(turn.quality_score for turn in written if turn.quality_score)
        for counts, key in (
            (self.personas, content.scaffold.persona_key),
            (self.arcs, content.scaffold.emotional_arc_key),
            (self.topics, content.scaffold.training_topic_key),
        ):
            if key:
                counts[key] += 1

    def quality_summary(self) -> dict[str, Any]:
        """Scores of pairs from 1 to 5, null where no pair has one; what people have read."""
        scored = self.scores.total()
        total = sum(score * count for score, count in self.scores.items())
        return {
            "avg_quality_score": _hundredths(total, scored) if scored else None,
            "min_quality_score": min(self.scores, default=None),
            "max_quality_score": max(self.scores, default=None),
            "human_reviewed_count": self.reviewed,
            "human_reviewed_percentage": _hundredths(100 * self.reviewed, self.pairs or 1),
        }

    def scaffolding_distribution(self) -> dict[str, Any]:
        """Conversations by persona, arc and topic; one that names none counts nowhere."""
        return {
            "personas": dict(sorted(self.personas.items())),
            "emotional_arcs": dict(sorted(self.arcs.items())),
            "training_topics": dict(sorted(self.topics.items())),
        }


def profile_of(consultant: Consultant) -> dict[str, Any]:
    """A consultant as a training file shows it, with every principle."""
    return {
        "name": ", ".join(filter(None, (consultant.name, consultant.credential))),
        "business": consultant.business,
        "expertise": consultant.expertise,
        "years_experience": consultant.years_experience,
        "core_philosophy": {one.key: f"{one.name}: {one.rule}" for one in consultant.principles},
        "communication_style": {
            "tone": ", ".join(consultant.tone),
            "techniques": consultant.techniques,
            "avoid": consultant.avoid,
        },
    }


def _hundredths(number: int, of: int) -> Decimal:
    found = (Decimal(number) / of).quantize(Decimal("0.01")).normalize()
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found
