"""A row is understood under our names and those of other tools, or says what is wrong with it."""

from decimal import Decimal
from typing import Any

import pytest

from evaluate.scenarios.drafts import a_row
from lorewright.evaluate.scenarios import BadRow, Draft, Row, draft_of, unread
from lorewright.records import Emotion, ScenarioPurpose


def read(**values: Any) -> Draft:
    draft = draft_of(Row(3, values))
    assert isinstance(draft, Draft), draft
    return draft


def refused(**values: Any) -> str:
    found = draft_of(Row(3, values))
    assert isinstance(found, BadRow), found
    assert found.number == 3
    assert found.detail
    return found.reason


def test_the_names_of_other_tools_are_understood() -> None:
    draft = read(**a_row())

    assert draft == Draft(
        scenario_id="t-7",
        messages=("I cannot look my brother in the eye any more.",),
        number=3,
        persona="anxious_planner",
        emotional_arc="shame_to_acceptance",
        topic="debt",
        situation="He owes his brother money.",
        emotional_state=Emotion(primary="shame", secondary="fear", intensity=Decimal("0.85")),
        expected=("names the shame", "calls it normal"),
    )


def test_our_own_names_are_understood() -> None:
    draft = read(
        scenario_id=7,
        family="debt",
        source="talk-3",
        purpose="Safety",
        persona="p",
        emotional_arc="a",
        topic="t",
        situation="x",
        messages=["one", " ", "two"],
        expected=[],
    )

    assert (draft.scenario_id, draft.family, draft.source) == ("7", "debt", "talk-3")
    assert draft.purpose is ScenarioPurpose.SAFETY
    assert draft.messages == ("one", "two")


def test_cells_of_a_table_hold_lists_and_states_as_json_or_in_columns() -> None:
    in_json = read(
        message='["one", "two"]', emotional_state='{"primary": "fear", "intensity": "1"}'
    )
    in_columns = read(message="[sighs] no", emotion="fear", intensity="1", expected='["x", "y"]')

    assert in_json.messages == ("one", "two")
    assert in_json.emotional_state == in_columns.emotional_state
    assert in_columns.messages == ("[sighs] no",)
    assert in_columns.expected == ("x", "y")


def test_without_an_id_the_words_give_one() -> None:
    assert read(message="hello").scenario_id == read(message="hello", topic="x").scenario_id
    assert read(message="hello").scenario_id != read(message="goodbye").scenario_id


def test_what_stands_for_nothing_is_named() -> None:
    assert unread(Row(1, {"message": "x", "colour": "blue", "arc": "y"})) == {"colour"}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "no_message"),
        ({"message": "  "}, "no_message"),
        ({"messages": []}, "no_message"),
        ({"message": {"text": "x"}}, "wrong_type"),
        ({"message": True}, "wrong_type"),
        ({"message": "half \ud83d"}, "wrong_type"),
        ({"message": "x" * 20_001}, "too_long"),
        ({"message": "x", "topic": ["a"]}, "wrong_type"),
        ({"message": "x", "id": "a", "scenario_id": "b"}, "said_twice"),
        ({"message": "x", "purpose": "fun"}, "unknown_purpose"),
        ({"message": "x", "emotional_state": "sad"}, "bad_emotion"),
        ({"message": "x", "emotional_state": "{sad"}, "bad_emotion"),
        ({"message": "x", "emotional_state": {"intensity": 0.5}}, "bad_emotion"),
        ({"message": "x", "emotional_state": {"primary": "a", "intensity": 2}}, "bad_emotion"),
        (
            {"message": "x", "emotional_state": {"primary": "a", "intensity": float("nan")}},
            "bad_emotion",
        ),
        ({"message": "x", "emotional_state": {"primary": "a", "mood": 1}}, "bad_emotion"),
        ({"message": "x", "emotion": "half \ud83d", "intensity": 1}, "wrong_type"),
        ({"message": "x", "emotion": "fear"}, "bad_emotion"),
    ],
)
def test_what_is_wrong_with_a_row(values: dict[str, Any], reason: str) -> None:
    assert refused(**values) == reason


def test_the_same_field_twice_may_say_the_same() -> None:
    assert read(message="x", id="a", scenario_id="a").scenario_id == "a"
