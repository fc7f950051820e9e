"""The exchange format: what is written is valid, and every wrong value is refused."""

import copy
import sys
from typing import Any

import pytest

from builders import a_deliberation, a_recipe
from lorewright.errors import MissingExtra, UsageError
from lorewright.generate.deliberations import (
    Casting,
    ExportTerms,
    HybridWeigher,
    StaticWeigher,
    panel_library,
    play,
    v3_document,
    v3_issues,
    v3_schema,
)
from lorewright.records.deliberation import ACT_KEYS

TERMS = ExportTerms("2030-01-31", "Ada")
DOCUMENT = v3_document([a_deliberation()], TERMS)
PAIR = "conversations.0.training_pairs.0"


def changed(path: str, value: object) -> dict[str, Any]:
    document: Any = copy.deepcopy(DOCUMENT)
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    place = document
    for part in way:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


def test_a_deliberation_with_everything_in_it_is_valid() -> None:
    assert v3_issues(DOCUMENT) == []


def test_numbers_are_counted_and_not_claimed() -> None:
    metadata = DOCUMENT["dataset_metadata"]
    (conversation,) = DOCUMENT["conversations"]

    assert metadata["total_training_pairs"] == len(conversation["training_pairs"]) == 1
    assert conversation["conversation_metadata"]["total_turns"] == 1
    assert conversation["conversation_metadata"]["personas_involved"] == 2
    assert metadata["quality_summary"]["human_reviewed_percentage"] == 0
    assert conversation["purpose_framework"]["progression_stages"] == ["idea", "tried"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("dataset_metadata.schema_version", "2.0"),
        ("dataset_metadata.created_date", "31.01.2030"),
        ("dataset_metadata.dataset_type", "other"),
        ("dataset_metadata.use_case_domains", ["cooking"]),
        ("dataset_metadata.conversation_count", 0),
        ("dataset_metadata.quality_summary.persona_identification_accuracy", 1.1),
        ("dataset_metadata.quality_summary.human_reviewed_percentage", 101),
        ("dataset_metadata.framework_configuration.persona_weighting_approach", "guessed"),
        ("dataset_metadata.dataset_creation_metadata.generation_method", "found"),
        ("dataset_metadata.author", None),
        ("conversations", []),
        ("conversations.0.conversation_metadata.complexity", "easy"),
        ("conversations.0.conversation_metadata.total_turns", 21),
        ("conversations.0.conversation_metadata.quality_tier", "gold"),
        ("conversations.0.purpose_framework.progression_stages", "idea > tried"),
        ("conversations.0.purpose_framework.progression_methodology", "any"),
        ("conversations.0.purpose_framework.overall_starting_state.characteristics", {"a": 0.1}),
        ("conversations.0.persona_library.personas.0.persona_id", "Researcher"),
        ("conversations.0.persona_library.personas.0.weight_by_state", {"idea": 2}),
        ("conversations.0.persona_library.personas.0.critical_blocker_likelihood", -0.1),
        (f"{PAIR}.turn_id", "first"),
        (f"{PAIR}.turn_number", "1"),
        (f"{PAIR}.purpose_state_at_turn_start.current_score", float("nan")),
        (f"{PAIR}.active_personas_this_turn.personas_weighted_for_this_state", []),
        (f"{PAIR}.active_personas_this_turn.personas_weighted_for_this_state.0.weight", 1.5),
        (f"{PAIR}.user_input", ""),
        (f"{PAIR}.internal_deliberation.deliberation_transcript", []),
        (f"{PAIR}.internal_deliberation.deliberation_transcript.0.shouts", "yes"),
        (f"{PAIR}.internal_deliberation.consensus_building.areas_of_agreement", None),
        (f"{PAIR}.synthesized_output.response_to_user", "too short"),
        (f"{PAIR}.synthesized_output.quality_score", 8.7),
        (f"{PAIR}.purpose_state_at_turn_end.ready_for_next_state", "no"),
        (f"{PAIR}.training_metadata.deliberation_depth", "deep"),
        (f"{PAIR}.training_metadata", None),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(path: str, value: object) -> None:
    issues = v3_issues(changed(path, value))

    assert issues
    assert all(one.startswith("$") for one in issues)


def test_every_act_key_of_the_format_may_stand_in_a_statement() -> None:
    names: Any = v3_schema()["$defs"]["statement"]["propertyNames"]["anyOf"]

    assert {*names[1]["enum"]} == ACT_KEYS | {"speaker", "statement"}
    said = f"{PAIR}.internal_deliberation.deliberation_transcript.0.validates_the_market"
    assert v3_issues(changed(said, "yes")) == []


def test_a_file_says_one_way_of_weighting() -> None:
    panel, parents = panel_library().panels["healthcare"], [a_recipe("deliberations").ref]
    held = [
        play(Casting(panel, weigher), panel.worked[0], parents=parents)
        for weigher in (StaticWeigher(), HybridWeigher())
    ]

    with pytest.raises(UsageError, match="2 ways"):
        v3_document(held, TERMS)
    with pytest.raises(UsageError, match="no deliberations"):
        v3_document([], TERMS)


def test_without_jsonschema_one_sentence_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)

    with pytest.raises(MissingExtra, match="needs jsonschema") as raised:
        v3_issues(DOCUMENT)
    assert "lorewright[formats]" in (raised.value.hint or "")
