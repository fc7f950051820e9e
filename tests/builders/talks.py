"""Conversations, and what they are made of: small valid records for tests."""

from decimal import Decimal

from builders.documents import a_recipe
from lorewright.records import (
    CatalogueEntry,
    Conversation,
    Emotion,
    EnrichedContent,
    EnrichedTurn,
    Enrichment,
    EnrichmentState,
    Issue,
    QualityParts,
    QualityTier,
    RawForm,
    Repair,
    Scaffold,
    Severity,
)


def an_entry(key: str = "anxious_planner", *, catalogue: str = "personas") -> CatalogueEntry:
    return CatalogueEntry(
        catalogue=catalogue, key=key, content={"name": "Jennifer", "intensity": "0.75"}, own=True
    )


def a_conversation(raw: str = '{"turns": []}') -> Conversation:
    persona = an_entry()
    return Conversation(
        conversation_id="balanced-7-0001",
        scaffold=Scaffold(
            persona_key=persona.key,
            persona_name="Jennifer",
            emotional_arc_key="fear_to_confidence",
            emotional_arc="Fear to confidence",
            training_topic_key="hsa_vs_fsa",
            training_topic="Two kinds of health account",
            consultant_key="elena_morales",
        ),
        form=RawForm.TURNS,
        raw=raw,
        teacher="openai:teacher-1",
        made_from=(persona.ref, a_recipe("converse").ref),
    )


def an_enrichment(conversation: Conversation | None = None) -> Enrichment:
    conversation = conversation or a_conversation()
    grade, feels = (
        Decimal("4.5"),
        Emotion(primary="fear", secondary="doubt", intensity=Decimal("0.8")),
    )
    asked = EnrichedTurn(role="user", text="Will it last?", emotion=feels, pair_id="b7-1")
    told = EnrichedTurn(
        role="assistant",
        text="Let us look at what you have.",
        emotion=Emotion(primary="calm", intensity=Decimal("0.5")),
        valence="positive",
        pair_id="b7-2",
        difficulty_level="beginner_conversation_turn_2",
        key_learning_objective="hsa_vs_fsa",
        demonstrates_skills=("reality testing",),
        emotional_progression_target="fear(0.8) -> confidence(0.7)",
        quality_score=4,
        empathy=grade,
        clarity=grade,
        appropriateness=grade,
        brand_voice=grade,
    )
    part = Decimal("8.0")
    return Enrichment(
        conversation=conversation.ref,
        state=EnrichmentState.COMPLETED,
        issues=(
            Issue(
                code="SHORT_CONTENT",
                severity=Severity.WARNING,
                field="turns[0].content",
                message="turn 1 has fewer than 10 characters",
                suggestion="let the client say more",
                line=3,
            ),
        ),
        repairs=(Repair(code="REPEATED_ID", field="id", original='"a"', repaired='"b7-1"'),),
        content=EnrichedContent(
            scaffold=conversation.scaffold,
            client_persona="Jennifer - The Anxious Planner",
            client_background="on track, and never sure of it",
            session_context="a first talk",
            conversation_phase="initial_crisis_disclosure",
            expected_outcome="she knows what protects her",
            system_prompt="You advise people about money.",
            turns=(asked, told),
            parts=QualityParts(turn_count=part, length=part, structure=part, confidence=part),
            quality=part,
            tier=QualityTier.PRODUCTION,
            created_date="2030-01-02",
            human_reviewed=True,
            reviewer_notes="warm",
        ),
        made_from=(conversation.ref, an_entry().ref, a_recipe("enrich").ref),
    )
