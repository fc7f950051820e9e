"""One conversation is one example, in which every turn stands once; or there is a reason."""

from typing import Any

import pytest

from builders import a_document, a_source
from conversations.talks import (
    ENTRIES,
    RECIPE,
    a_conversation,
    a_talk,
    raw_of,
)
from lorewright.conversations.enriching import Entries, enrich
from lorewright.conversations.examples import example_of
from lorewright.records import (
    DifficultyLevel,
    EnrichedContent,
    Enrichment,
    Example,
    Level,
    QualityTier,
    Rejection,
    Scaffold,
)


def made(
    talk: object = None,
    *,
    entries: Entries = ENTRIES,
    header: bool = False,
    system: bool = True,
    tier: QualityTier | None = None,
) -> Example | Rejection:
    conversation = a_conversation(None if talk is None else raw_of(talk))
    enrichment = enrich(conversation, recipe=RECIPE, entries=entries)
    if tier is not None:
        content = enrichment.content
        assert content is not None
        enrichment = with_content(enrichment, content.model_copy(update={"tier": tier}))
    return example_of(enrichment, conversation, recipe=RECIPE, header=header, system=system)


def with_content(enrichment: Enrichment, content: EnrichedContent) -> Enrichment:
    return enrichment.model_copy(update={"content": content})


def example(**how: Any) -> Example:
    found = made(**how)
    assert isinstance(found, Example), found
    return found


def rejection(**how: Any) -> Rejection:
    found = made(**how)
    assert isinstance(found, Rejection), found
    return found


def test_a_conversation_becomes_one_example_of_all_its_turns() -> None:
    found = example()
    texts = [turn["content"] for turn in a_talk()["turns"]]

    assert [turn.role for turn in found.turns] == ["system", *["user", "assistant"] * 4]
    assert [turn.text for turn in found.turns[1:]] == texts
    assert (found.level, found.task_form) == (Level.CONVERSATION, "fear_to_confidence")
    assert found.teacher == "scripted:script"
    assert found.difficulty is DifficultyLevel.BEGINNER
    assert found.ungrounded == "it was written along a scaffold, and not from a document"
    assert {ref.kind for ref in found.made_from} == {"conversation", "enrichment", "recipe"}


def test_the_system_turn_says_who_the_advisor_is_and_what_steers_it() -> None:
    plain, steered, bare = example(), example(header=True), example(header=True, system=False)

    assert plain.turns[0].text.startswith("You give advice in the voice of Ada Brook")
    assert "emotional_arc:" not in plain.turns[0].text
    assert steered.turns[0].text == f"{plain.turns[0].text}\n\n{bare.turns[0].text}"
    assert bare.turns[0].text.startswith("persona_archetype: careful_saver")
    assert example(system=False).turns[0].role == "user"


def test_a_last_turn_that_nobody_answers_is_left_out() -> None:
    talk = a_talk(7)

    assert [turn.text for turn in example(talk=talk).turns[1:]] == [
        turn["content"] for turn in talk["turns"][:6]
    ]


def test_a_conversation_without_arc_or_entries_is_told_as_such() -> None:
    conversation = a_conversation().model_copy(update={"scaffold": Scaffold(), "teacher": None})
    enrichment = enrich(conversation, recipe=RECIPE)
    found = example_of(enrichment, conversation, recipe=RECIPE, header=True)

    assert isinstance(found, Example)
    assert (found.task_form, found.teacher) == ("conversation", "unknown")
    assert found.difficulty is None
    assert found.turns[0].role == "user"


def test_what_was_brought_in_says_so_and_what_has_evidence_keeps_it() -> None:
    imported = a_conversation(made_from=(a_source().ref,))
    found = example_of(enrich(imported, recipe=RECIPE), imported, recipe=RECIPE, header=False)
    assert isinstance(found, Example)
    assert found.ungrounded == "it was brought in as a conversation, which cites no document"

    document = a_document()
    evidence = document.cite(9, 49)
    grounded = a_conversation(made_from=(document.ref,)).model_copy(
        update={"evidence": (evidence,)}
    )
    found = example_of(enrich(grounded, recipe=RECIPE), grounded, recipe=RECIPE, header=False)
    assert isinstance(found, Example)
    assert (found.evidence, found.ungrounded) == ((evidence,), None)
    assert document.ref in found.made_from


@pytest.mark.parametrize(
    ("roles", "reason", "detail"),
    [
        (("assistant", "user", "assistant"), "not_alternating", "the advisor speaks first"),
        (("user", "user", "assistant"), "not_alternating", "turns 1 and 2 are both by the user"),
        (("user", "user"), "no_answer", "the advisor says nothing"),
    ],
)
def test_turns_that_do_not_alternate_are_rejected(
    roles: tuple[str, ...], reason: str, detail: str
) -> None:
    talk = a_talk(len(roles))
    for turn, role in zip(talk["turns"], roles, strict=True):
        turn["role"] = role
    found = rejection(talk=talk, tier=QualityTier.PRODUCTION)

    assert (found.step, found.outcome, found.reason) == ("examples", "rejected", reason)
    assert detail in found.detail
    assert found.question is not None


def test_a_conversation_below_every_tier_is_rejected() -> None:
    found = rejection(tier=QualityTier.REJECTED)

    assert found.reason == "low_quality"
    assert found.detail.endswith("of 10, below every tier")


def test_a_conversation_with_a_blocker_is_rejected_with_its_codes() -> None:
    talk = a_talk()
    talk["turns"][0]["role"] = "client"
    found = rejection(talk=talk)

    assert found.reason == "validation_failed"
    assert found.detail == "its enrichment ended with INVALID_ROLE"
    assert (found.question, found.answer) == (None, None)
