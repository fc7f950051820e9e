"""A cell with everything that its keys stand for, and what a prompt is told of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lorewright.conversations.catalogues import (
    ARCS,
    CONSULTANTS,
    PERSONAS,
    TOPICS,
    Arc,
    Catalogues,
    Complexity,
    Consultant,
    Persona,
    Topic,
    phases_of,
)
from lorewright.generate.conversations.plan import Cell
from lorewright.lineage import Ref
from lorewright.records import CatalogueEntry, Chunk, Document, Scaffold


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document that a conversation may rest on."""

    document: Document
    """With its text attached."""
    chunk: Chunk
    """The one that it lies in."""
    start: int
    end: int

    @property
    def words(self) -> str:
        """As they stand in the document."""
        return self.document.words[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Setup:
    """One conversation before it is written."""

    cell: Cell
    persona: Persona
    arc: Arc
    topic: Topic
    consultant: Consultant
    entries: tuple[Ref, ...]
    """The records of the four."""
    passages: tuple[Passage, ...] = ()

    @property
    def exchanges(self) -> int:
        """How often the client speaks, and is answered."""
        return self.arc.fewest_turns

    @property
    def is_for_beginners(self) -> bool:
        """Whether the topic asks little of the one who asks."""
        return self.topic.complexity is Complexity.BEGINNER

    @property
    def lot(self) -> int:
        """A number of this conversation's own, for choices that nothing else decides."""
        digest = hashlib.sha256(self.cell.conversation_id.encode()).digest()
        return int.from_bytes(digest[:8])

    @property
    def scaffold(self) -> Scaffold:
        """As the conversation repeats it."""
        return Scaffold(
            persona_key=self.persona.key,
            persona_name=self.persona.name,
            emotional_arc_key=self.arc.key,
            emotional_arc=self.arc.name,
            training_topic_key=self.topic.key,
            training_topic=self.topic.name,
            consultant_key=self.consultant.key,
        )

    @property
    def documents(self) -> tuple[Ref, ...]:
        """The documents that its passages lie in, each once."""
        return tuple(dict.fromkeys(one.document.ref for one in self.passages))

    @property
    def chunks(self) -> tuple[Ref, ...]:
        """The chunks that its passages lie in, each once."""
        return tuple(dict.fromkeys(one.chunk.ref for one in self.passages))


def setup_of(cell: Cell, catalogues: Catalogues, passages: Sequence[Passage] = ()) -> Setup:
    """What the keys of `cell` stand for."""
    return Setup(
        cell=cell,
        persona=catalogues.personas[cell.persona],
        arc=catalogues.arcs[cell.arc],
        topic=catalogues.topics[cell.topic],
        consultant=catalogues.consultants[cell.consultant],
        entries=tuple(one.ref for one in entries_of(cell, catalogues)),
        passages=tuple(passages),
    )


def entries_of(cell: Cell, catalogues: Catalogues) -> tuple[CatalogueEntry, ...]:
    """The records of the persona, the arc, the topic and the consultant of a cell."""
    return (
        catalogues.record(PERSONAS, catalogues.personas[cell.persona]),
        catalogues.record(ARCS, catalogues.arcs[cell.arc]),
        catalogues.record(TOPICS, catalogues.topics[cell.topic]),
        catalogues.record(CONSULTANTS, catalogues.consultants[cell.consultant]),
    )


def facts_of(setup: Setup) -> dict[str, Any]:
    """What a prompt may say of a conversation, by the names that it uses."""
    return {
        **_of_consultant(setup.consultant),
        **_of_persona(setup.persona),
        **_of_arc(setup),
        **_of_topic(setup),
        "chunk_context": [one.words for one in setup.passages],
    }


def _of_consultant(one: Consultant) -> dict[str, Any]:
    return {
        "consultant_name": one.name,
        "consultant_credential": one.credential,
        "consultant_business": one.business,
        "consultant_expertise": one.expertise,
        "consultant_years": one.years_experience,
        "consultant_tone": one.tone,
        "consultant_principles": [f"{rule.name}: {rule.rule}" for rule in one.principles],
        "consultant_techniques": one.techniques,
        "consultant_avoid": one.avoid,
        "consultant_phrases": one.signature_phrases,
        "consultant_jargon": one.jargon_to_explain,
    }


def _of_persona(one: Persona) -> dict[str, Any]:
    told = (
        ("age range", one.age_range),
        ("occupation", one.occupation),
        ("income", one.income_range),
        *((name.replace("_", " "), value) for name, value in one.demographics.items()),
    )
    return {
        "persona_name": one.name,
        "persona_archetype": one.archetype,
        "persona_label": one.label,
        "persona_demographics": "; ".join(f"{name} {value}" for name, value in told if value),
        "persona_financial_background": " ".join(filter(None, (one.background, one.situation))),
        "persona_communication_style": one.communication_style,
        "persona_emotional_baseline": one.emotional_baseline,
        "persona_typical_questions": one.typical_questions,
        "persona_common_concerns": one.common_concerns,
        "persona_language_patterns": one.language_patterns,
    }


def _of_arc(setup: Setup) -> dict[str, Any]:
    arc = setup.arc
    return {
        "emotional_arc_name": arc.name,
        "starting_emotion": arc.start.emotion,
        "starting_intensity_min": str(arc.start.least),
        "starting_intensity_max": str(arc.start.most),
        "middle_emotion": arc.middle.emotion if arc.middle else None,
        "ending_emotion": arc.end.emotion,
        "ending_intensity_min": str(arc.end.least),
        "ending_intensity_max": str(arc.end.most),
        "typical_turn_count_min": arc.fewest_turns,
        "typical_turn_count_max": arc.most_turns,
        "target_turn_count": setup.exchanges,
        "arc_strategy": arc.strategy.replace("_", " "),
        "arc_principles": arc.principles,
        "arc_phases": [
            {"user": phase.user, "advisor": phase.advisor}
            for phase in phases_of(arc, setup.exchanges)
        ],
        "arc_required_elements": arc.required_elements,
        "arc_techniques": arc.techniques,
        "arc_phrases": arc.phrases,
        "arc_avoid": arc.avoid,
    }


def _of_topic(setup: Setup) -> dict[str, Any]:
    topic = setup.topic
    questions = topic.questions
    return {
        "topic_name": topic.name,
        "topic_category": topic.category,
        "topic_description": topic.description,
        "topic_complexity": topic.complexity.value,
        "topic_example_questions": questions,
        "topic_question": questions[setup.lot % len(questions)] if questions else None,
        "topic_key_concepts": topic.concepts,
    }
