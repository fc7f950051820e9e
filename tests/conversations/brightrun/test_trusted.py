"""What Lorewright wrote itself is read back exactly; nothing in it is taken for a defect."""

from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.brightrun.made import (
    Json,
    a_member,
    content_of,
    enriched,
    trusted,
    trusted_lines,
)
from lorewright.conversations.brightrun import identity_of
from lorewright.conversations.brightrun.json_text import json_text, read_json
from lorewright.records import (
    Emotion,
    EnrichedContent,
    EnrichedTurn,
    EnrichmentState,
    QualityParts,
    QualityTier,
    Scaffold,
)

WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=12
)
MAYBE = st.none() | WORDS
TEXTS = st.sampled_from(
    ["Said twice.", "It says \\n and means it.", "anxious_planner", "First\nthen\tlast \U0001f3e0"]
) | WORDS.map(lambda word: f"  {word} ")


def tenths(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 100, high * 100).map(
        lambda one: Decimal(one).scaleb(-2)
    ) | st.integers(low, high).map(Decimal)


EMOTIONS = st.builds(Emotion, primary=WORDS, secondary=MAYBE, intensity=tenths(0, 1))
ROLES: tuple[Literal["user", "assistant"], ...] = ("user", "assistant")
VALENCES: st.SearchStrategy[Literal["positive", "negative", "mixed"] | None] = st.sampled_from(
    [None, "positive", "negative", "mixed"]
)


@st.composite
def contents(draw: st.DrawFn) -> EnrichedContent:
    roles = draw(st.lists(st.sampled_from(ROLES), min_size=2, max_size=7))
    score = st.none() | tenths(1, 5)
    turns = tuple(
        EnrichedTurn(
            role=role,
            text=draw(TEXTS),
            emotion=draw(st.none() | EMOTIONS),
            valence=draw(VALENCES),
            pair_id=f"{draw(st.sampled_from(['turn', 'talk-0001-turn']))}{number}",
            difficulty_level=draw(MAYBE),
            key_learning_objective=draw(MAYBE),
            demonstrates_skills=tuple(
                draw(st.lists(WORDS | st.just("anxious_planner"), max_size=2))
            ),
            emotional_progression_target=draw(MAYBE | st.just("fear(0.8) -> calm(0.8)")),
            quality_score=draw(st.none() | st.integers(1, 5) | st.just(3)),
            empathy=draw(score),
            clarity=draw(score),
            appropriateness=draw(score),
            brand_voice=draw(score),
        )
        for number, role in enumerate(roles, start=1)
    )
    return EnrichedContent(
        scaffold=Scaffold(**{name: draw(MAYBE) for name in Scaffold.model_fields}),
        client_persona=draw(WORDS | st.just("")),
        client_background=draw(MAYBE),
        session_context=draw(WORDS),
        conversation_phase=draw(WORDS),
        expected_outcome=draw(MAYBE),
        system_prompt=draw(MAYBE | st.just("(1) a (2) b (3) c (4) d")),
        turns=turns,
        parts=QualityParts(**{name: draw(tenths(0, 10)) for name in QualityParts.model_fields}),
        quality=draw(tenths(0, 10)),
        tier=draw(st.sampled_from(QualityTier)),
        created_date=draw(MAYBE),
        human_reviewed=draw(st.booleans()),
        reviewer_notes=draw(MAYBE),
    )


def same(left: EnrichedContent, right: EnrichedContent) -> bool:
    """Equal to the last digit, which `==` of decimals is not."""
    return left.model_dump_json() == right.model_dump_json()


@given(contents())
def test_every_value_comes_back_from_json(content: EnrichedContent) -> None:
    raw = json_text(trusted(content))
    found = enriched(raw)

    assert found.content is not None, found.issues
    assert same(found.content, content)
    assert found.repairs == ()
    who = identity_of(raw)
    assert who.scaffold == content.scaffold
    assert (who.conversation_id, who.teacher) == ("talk-0001", "openai:teacher-1")


@given(contents())
def test_every_value_comes_back_from_lines(content: EnrichedContent) -> None:
    lines = trusted_lines(trusted(content, is_control=True))
    if not lines:
        assert all(one.role == "user" for one in content.turns)
        return
    raw = f'{{"training_pairs":[\n{",".join(map(json_text, lines))}\n]}}'
    found = enriched(raw)

    assert found.content is not None, found.issues
    assert same(found.content, content)
    assert found.repairs == ()
    assert identity_of(raw).is_control


def test_what_came_from_outside_is_exact_from_then_on() -> None:
    first = content_of(a_member())
    again = content_of(json_text(trusted(first)))

    assert same(again, first)


@pytest.mark.parametrize(
    "broken",
    [None, {}, {"score": 11, "parts": {}}, {"score": True, "parts": {}}, "good", {"score": "NaN"}],
)
def test_a_quality_that_cannot_be_read_is_worked_out_anew(broken: Any) -> None:
    first = content_of(a_member())
    member: Json = read_json(json_text(trusted(first))).value
    member["input_parameters"]["quality"] = broken
    found = enriched(json_text(member))

    assert found.state is EnrichmentState.COMPLETED
    assert found.content is not None
    assert found.content.quality == first.quality


def test_who_else_says_so_is_not_trusted() -> None:
    member = a_member()
    member["input_parameters"] = {"written_by": "somebody"}

    assert enriched(member).repairs
