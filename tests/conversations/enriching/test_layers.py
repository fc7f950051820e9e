"""What is laid over the turns comes from the entries; what a language model invented does not."""

import json
from decimal import Decimal

import pytest

from conversations.talks import (
    ARC,
    CONSULTANT,
    ENTRIES,
    INVENTED,
    KEPT,
    PERSONA,
    RECIPE,
    TOPIC,
    a_conversation,
    a_talk,
    content_of,
    enriched,
    raw_of,
)
from lorewright.conversations.enriching import (
    NEGATIVE,
    POSITIVE,
    Carried,
    Entries,
    Said,
    background_of,
    enrich,
    entries_of,
    objective_of,
    progression_of,
    read_turns,
    skills_of,
    target_of,
    valence_of,
    way_of,
)
from lorewright.conversations.voice import control_header, system_prompt
from lorewright.records import CatalogueEntry, Emotion, Scaffold


def test_who_the_client_is_comes_from_the_persona_and_the_invented_one_is_told() -> None:
    found = enriched()
    assert found.content is not None
    told = next(one for one in found.repairs if one.code == "INVENTED_PERSONA")

    assert found.content.client_persona == "Mara - The Careful Saver"
    assert told.field == "conversation_metadata.client_persona"
    assert (told.original, told.repaired) == (
        json.dumps(INVENTED),
        json.dumps("Mara - The Careful Saver"),
    )
    assert found.content.client_background == (
        "age 37, two children, nurse; saves a tenth of her pay and fears that it is too little"
    )


def test_without_a_persona_the_conversation_has_the_word() -> None:
    found = enriched(entries=Entries())

    assert found.repairs == ()
    assert found.content is not None
    assert found.content.client_persona == INVENTED
    assert found.content.system_prompt is None


def test_what_the_advisor_says_carries_aim_skills_and_score() -> None:
    content = content_of()

    for number, turn in enumerate(content.turns, start=1):
        taught = turn.role == "assistant"
        assert turn.difficulty_level == f"beginner_conversation_turn_{number}"
        assert turn.key_learning_objective == (
            "A fund for rainy days: how much to set aside, and where"
        )
        assert turn.demonstrates_skills == (
            ("name the feeling", "one concrete number", "a small next step") if taught else ()
        )
        aim = "fear(0.8) -> confidence(0.7)" if taught else None
        assert turn.emotional_progression_target == aim
        assert (turn.quality_score is not None) == taught
        assert (turn.empathy, turn.clarity, turn.appropriateness, turn.brand_voice) == (None,) * 4
    assert PERSONA.key not in {
        skill for turn in content.turns for skill in turn.demonstrates_skills
    }


def test_without_an_arc_the_aim_is_what_the_turns_come_to() -> None:
    turns = content_of(entries=Entries()).turns

    assert turns[1].emotional_progression_target == "fear(0.8) -> confidence(0.7)"
    assert turns[1].difficulty_level is None
    assert turns[1].demonstrates_skills == ()
    assert way_of([]) is None


def test_no_two_turns_of_any_conversations_share_a_pair_id() -> None:
    conversations = [a_conversation(number=1), a_conversation(raw_of(a_talk(4)), number=1)]
    found = [enrich(one, recipe=RECIPE, entries=ENTRIES).content for one in conversations]
    names = [turn.pair_id for content in found if content for turn in content.turns]

    assert len(names) == 12
    assert len(set(names)) == 12


def test_what_a_training_file_says_already_is_kept() -> None:
    carried = Carried(
        pair_id="p-1",
        valence="mixed",
        difficulty_level="advanced_conversation_turn_1",
        key_learning_objective="patience",
        demonstrates_skills=("listening",),
        emotional_progression_target="shame(0.8) -> relief(0.3)",
        quality_score=4,
        empathy=Decimal("4.5"),
    )

    def read(raw: str) -> Said:
        return Said(
            read_turns(raw).content,
            turns=(carried,),
            system_prompt="You listen.",
            created_date="2030-01-02",
            human_reviewed=True,
            reviewer_notes="warm",
        )

    content = enrich(a_conversation(), recipe=RECIPE, entries=ENTRIES, read=read).content

    assert content is not None
    kept = content.turns[0]
    assert Carried(*(getattr(kept, name) for name in Carried._fields)) == carried
    assert content.turns[1].pair_id != "p-1"
    assert (content.system_prompt, content.reviewer_notes) == ("You listen.", "warm")
    assert (content.created_date, content.human_reviewed) == ("2030-01-02", True)


def test_an_enrichment_is_made_from_all_that_shaped_it() -> None:
    assert enriched().made_from == (a_conversation().ref, *(one.ref for one in KEPT), RECIPE)


@pytest.mark.parametrize(
    ("emotion", "valence"),
    [
        *((word, "positive") for word in sorted(POSITIVE)),
        *((word, "negative") for word in sorted(NEGATIVE)),
        ("tentative_hope", "positive"),
        ("Deep Shame", "negative"),
        ("hope and fear", "mixed"),
        ("curiosity", "mixed"),
    ],
)
def test_the_valence_of_a_feeling_is_that_of_its_words(emotion: str, valence: str) -> None:
    assert valence_of(emotion) == valence


def test_the_way_of_the_client_is_worked_out_from_the_turns() -> None:
    turns = content_of().turns
    found = progression_of(turns, ENTRIES.arc)

    assert found is not None
    assert found.middle is not None
    assert [one.primary for one in (found.start, found.middle, found.end)] == [
        "fear",
        "hope",
        "confidence",
    ]
    assert found.change == Decimal("-0.1")
    assert (found.names_the_end, found.ends_in_range, found.arrives) == (True, True, True)


@pytest.mark.parametrize(
    ("primary", "intensity", "arrives"),
    [("Confidence", "0.6", True), ("confidence", "0.81", False), ("doubt", "0.7", False)],
)
def test_an_arc_is_gone_to_its_end_when_feeling_and_strength_are_there(
    primary: str,
    intensity: str,
    arrives: bool,  # noqa: FBT001 - a table
) -> None:
    turn = content_of().turns[0]
    felt = Emotion(primary=primary, intensity=Decimal(intensity))
    found = progression_of([turn.model_copy(update={"emotion": felt})], ENTRIES.arc)

    assert found is not None
    assert found.arrives is arrives
    assert found.middle is None


def test_without_an_arc_nothing_is_said_of_arriving() -> None:
    found = progression_of(content_of().turns)

    assert found is not None
    assert (found.names_the_end, found.ends_in_range, found.arrives) == (None, None, None)
    assert progression_of([]) is None


def test_what_entries_say_in_the_words_of_a_trainer() -> None:
    persona, arc, topic = ENTRIES.persona, ENTRIES.arc, ENTRIES.topic
    assert persona
    assert arc
    assert topic

    assert target_of(arc) == "fear(0.8) -> confidence(0.7)"
    assert skills_of(arc) == ("name the feeling", "one concrete number", "a small next step")
    assert objective_of(topic).startswith(topic.name)
    assert background_of(persona.model_copy(update={"demographics": {}, "occupation": ""})) == (
        persona.background
    )


def test_entries_are_known_by_their_catalogue_and_others_are_left_alone() -> None:
    other = CatalogueEntry(catalogue="panels", key="bench", content={"seats": 3})
    off = TOPIC.model_copy(update={"content": {"name": "Alone"}})
    found = entries_of([PERSONA, ARC, other, off])

    assert found.persona is not None
    assert found.persona.key == PERSONA.key
    assert found.topic is None
    assert found.refs == (PERSONA.ref, ARC.ref)
    assert len(found.unreadable) == 1
    assert entries_of([]) == Entries()
    assert entries_of([CONSULTANT]).consultant is not None


def test_the_system_prompt_holds_every_principle_and_is_one_for_all_conversations() -> None:
    consultant = ENTRIES.consultant
    assert consultant
    prompt = system_prompt(consultant)

    assert len(consultant.principles) == 5
    for number, principle in enumerate(consultant.principles, start=1):
        assert f"{number}. {principle.name.capitalize()}: {principle.rule}." in prompt
    for word in ("Ada Brook, CFP", "12 years", "ask before you teach", "warm, plain"):
        assert word in prompt
    assert content_of().system_prompt == prompt
    bare = consultant.model_copy(update={"years_experience": 0, "techniques": (), "avoid": ()})
    assert "years" not in system_prompt(bare)
    assert "\n\n\n" not in system_prompt(bare)


def test_the_header_steers_by_keys_and_says_only_what_is_known() -> None:
    assert control_header(a_conversation().scaffold) == (
        "persona_archetype: careful_saver\n"
        "emotional_arc: fear_to_confidence\n"
        "training_topic: rainy_day_fund"
    )
    assert control_header(Scaffold(training_topic_key="tax")) == "training_topic: tax"
    assert control_header(Scaffold()) == ""
