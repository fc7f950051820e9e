"""Conversations of every shape to be written, and what makes a file valid."""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from hypothesis import strategies as st

from builders import a_conversation, a_recipe, an_enrichment
from lorewright.conversations.brightrun.writing import TrainingJson, TrainingLines
from lorewright.conversations.brightrun.writing_totals import About
from lorewright.conversations.complete import Complete, ConversationWriter
from lorewright.conversations.enriching import Valence
from lorewright.records import (
    Conversation,
    Emotion,
    EnrichedContent,
    EnrichedTurn,
    QualityParts,
    QualityTier,
    RawForm,
    Scaffold,
)

ABOUT = About("made-up", version=3, created_date="2030-01-02", last_updated="2030-01-03")
MADE = an_enrichment().ref
NASTY = st.sampled_from(
    ["\\n", "\u2028", "\x85", "\r\n", '"', "\\", "\ufeff", "\x00", "{", "\\ud83d", "=1+1", "😀"]
)
TEXT = st.lists(
    st.one_of(NASTY, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)),
    min_size=1,
    max_size=4,
).map("".join)
CLEAN = (
    st.lists(
        st.one_of(
            st.sampled_from(["\\n", "\u2028", '"', "\\", "{", "=1+1", "😀", "ß "]),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6),
        ),
        min_size=1,
        max_size=4,
    )
    .map(lambda parts: "".join(parts).strip())
    .filter(bool)
)
"""Words that no stage changes."""
SCORES = st.decimals(0, 10, places=2)
CRITERIA = st.none() | st.decimals(1, 5, places=1)
INTENSITIES = st.decimals(0, 1, places=3) | st.sampled_from([Decimal(1), Decimal("0.80")])
VALENCES: st.SearchStrategy[Valence | None] = st.sampled_from(
    [None, "positive", "negative", "mixed"]
)
PARTS = st.builds(QualityParts, **dict.fromkeys(QualityParts.model_fields, SCORES))


@st.composite
def enriched_turns(
    draw: st.DrawFn, role: Literal["user", "assistant"], pair_id: str, text: st.SearchStrategy[str]
) -> EnrichedTurn:
    """One turn; whatever may be open may be open."""
    maybe = st.none() | text
    emotions = st.builds(Emotion, primary=text, secondary=maybe, intensity=INTENSITIES)
    is_bare = draw(st.booleans())
    more: dict[str, Any] = (
        {}
        if is_bare
        else {
            "difficulty_level": draw(maybe),
            "key_learning_objective": draw(maybe),
            "demonstrates_skills": tuple(draw(st.lists(text, max_size=2))),
            "emotional_progression_target": draw(maybe),
            "quality_score": draw(st.none() | st.integers(1, 5)),
            **{name: draw(CRITERIA) for name in ("empathy", "clarity", "brand_voice")},
        }
    )
    return EnrichedTurn(
        role=role,
        text=draw(text),
        emotion=draw(st.none() | emotions),
        valence=draw(VALENCES),
        pair_id=pair_id,
        **more,
    )


@st.composite
def completes(draw: st.DrawFn, number: int = 1, text: st.SearchStrategy[str] = TEXT) -> Complete:
    """One conversation; roles need not alternate, and whatever may be open may be open."""
    maybe = st.none() | text
    scaffold = Scaffold(**{name: draw(maybe) for name in Scaffold.model_fields})
    named = f"talk-{number}-{draw(text)}"
    roles = draw(st.lists(st.sampled_from(["user", "assistant"]), min_size=2, max_size=5))
    turns = tuple(
        draw(enriched_turns("user" if role == "user" else "assistant", f"{named}-{at}", text))
        for at, role in enumerate(roles)
    )
    content = EnrichedContent(
        scaffold=scaffold,
        client_persona=draw(text),
        client_background=draw(maybe),
        session_context=draw(text),
        conversation_phase=draw(text),
        expected_outcome=draw(maybe),
        system_prompt=draw(maybe),
        turns=turns,
        parts=draw(PARTS),
        quality=draw(SCORES),
        tier=draw(st.sampled_from(list(QualityTier))),
        created_date=draw(maybe),
        human_reviewed=draw(st.booleans()),
        reviewer_notes=draw(maybe),
    )
    conversation = Conversation(
        conversation_id=named,
        scaffold=scaffold,
        form=RawForm.TURNS,
        raw="{}",
        teacher=draw(maybe),
        is_control=draw(st.booleans()),
        made_from=(a_recipe("converse").ref,),
    )
    return Complete(conversation, MADE, content)


@st.composite
def several(draw: st.DrawFn, text: st.SearchStrategy[str] = TEXT) -> list[Complete]:
    """One or two conversations with different ids."""
    return [draw(completes(number, text)) for number in range(draw(st.integers(1, 2)))]


def a_complete(number: int = 1, *roles: str, **content: Any) -> Complete:
    """A conversation about a pump, with turns of these roles."""
    conversation = a_conversation().model_copy(
        update={"conversation_id": f"balanced-7-{number:04}"}
    )
    enrichment = an_enrichment(conversation)
    made = enrichment.content
    assert made is not None
    asked, told = made.turns
    turns = tuple(
        (asked if role == "user" else told).model_copy(
            update={"text": f"{role} says {at}", "pair_id": f"b{number}-{at}"}
        )
        for at, role in enumerate(roles or ("user", "assistant"), start=1)
    )
    changed = made.model_copy(update={"turns": turns, **content})
    return Complete(conversation, enrichment.ref, changed)


def write(path: Path, writer: ConversationWriter, talks: Iterable[Complete]) -> Path:
    """Write a file as the flow does: the head is asked for last."""
    body = b"".join(piece for one in talks for piece in writer.add(one))
    path.write_bytes(writer.head() + body + writer.tail())
    return path


def write_json(path: Path, talks: Iterable[Complete], about: About = ABOUT) -> dict[str, Any]:
    """What stands in a JSON file."""
    write(path, TrainingJson(about), talks)
    return json.loads(path.read_text(encoding="utf-8"))


def write_lines(path: Path, talks: Iterable[Complete], about: About = ABOUT) -> list[Any]:
    """What stands in a file with one pair a line."""
    write(path, TrainingLines(about), talks)
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


FILE_FIELDS = {
    "file_name": str, "version": str, "created_date": str, "last_updated": str,
    "format_spec": str, "target_model": str | None, "vertical": str | None,
    "total_conversations": int, "total_training_pairs": int, "quality_summary": dict,
    "scaffolding_distribution": dict,
}  # fmt: skip
TALK_FIELDS = {
    "conversation_id": str, "source_file": str, "created_date": str | None, "total_turns": int,
    "quality_tier": str, "scaffolding": dict,
}  # fmt: skip
PAIR_FIELDS = {
    "id": str, "conversation_id": str, "turn_number": int, "conversation_metadata": dict,
    "system_prompt": str | None, "conversation_history": list, "current_user_input": str | None,
    "emotional_context": dict, "target_response": str | None, "training_metadata": dict,
}  # fmt: skip
TRAINING_FIELDS = {
    "difficulty_level": str | None, "key_learning_objective": str | None,
    "demonstrates_skills": list, "conversation_turn": int,
    "emotional_progression_target": str | None, "quality_score": int | None,
    "quality_criteria": dict, "human_reviewed": bool, "reviewer_notes": str | None,
    "use_as_seed_example": bool, "generate_variations_count": int,
}  # fmt: skip


def assert_has(value: dict[str, Any], fields: dict[str, Any]) -> None:
    """Every field is there and of its type."""
    for name, kind in fields.items():
        assert isinstance(value[name], kind), (name, value.get(name))


def assert_valid_v4(file: dict[str, Any]) -> None:
    """What the format asks of a JSON file, and none of its known defects."""
    head = file["training_file_metadata"]
    assert_has(head, FILE_FIELDS)
    assert head["format_spec"] == "brightrun-lora-v4"
    assert isinstance(file["consultant_profile"], dict)
    talks = file["conversations"]
    pairs = [pair for talk in talks for pair in talk["training_pairs"]]
    assert head["total_conversations"] == len(talks)
    assert head["total_training_pairs"] == len(pairs)
    assert len({pair["id"] for pair in pairs}) == len(pairs)
    for talk in talks:
        about = talk["conversation_metadata"]
        assert_has(about, TALK_FIELDS)
        assert about["total_turns"] == len(talk["training_pairs"])
        for number, pair in enumerate(talk["training_pairs"], start=1):
            assert pair["conversation_id"] == about["conversation_id"]
            assert pair["turn_number"] == number
            assert_valid_pair(pair)


def assert_valid_pair(pair: dict[str, Any]) -> None:
    """A pair says its turn once: as an answer, or as what the client says."""
    assert_has(pair, PAIR_FIELDS)
    assert_has(pair["training_metadata"], TRAINING_FIELDS)
    numbers = [one["turn"] for one in pair["conversation_history"]]
    is_asked = pair["current_user_input"] is not None
    own = is_asked + (pair["target_response"] is not None)
    assert own in {1, 2}
    assert numbers == list(range(1, pair["turn_number"] + 1 - own))
    for felt in pair["emotional_context"].values():
        assert set(felt) == {"primary", "secondary", "intensity", "valence"}
