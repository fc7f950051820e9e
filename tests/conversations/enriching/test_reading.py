"""What is nearly JSON is read, and told; lines are found; nothing that comes in raises."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.talks import ENTRIES, RECIPE, a_conversation, a_talk, enriched, raw_of
from lorewright.conversations.enriching import (
    Findings,
    cleaned,
    enrich,
    lines_of,
    read_turns,
    shown,
)

GOOD = raw_of(a_talk())
FIRST = "I lie awake over"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def repairs_in(raw: str) -> list[str]:
    found = enriched(raw)
    assert found.content is not None, found.issues
    return [one.code for one in found.repairs if one.code != "INVENTED_PERSONA"]


def test_what_is_json_is_not_mended() -> None:
    assert repairs_in(GOOD) == []


@pytest.mark.parametrize(
    ("raw", "repairs"),
    [
        (f"```json\n{GOOD}\n```", ["TEXT_AROUND"]),
        (f"```\n{GOOD}\n```\n", ["TEXT_AROUND"]),
        (f"\ufeff{GOOD}", ["TEXT_AROUND"]),
        (GOOD.replace("\n  ]\n", ",\n  ],\n"), ["COMMAS_TOO_MANY"]),
        (GOOD.replace(FIRST, "I lie\nawake over"), ["RAW_LINE_ENDS"]),
        (f"```json\n{GOOD[:-1]},}}\n```", ["TEXT_AROUND", "COMMAS_TOO_MANY"]),
    ],
    ids=["fence", "bare fence", "mark", "commas", "line end", "two"],
)
def test_three_things_are_put_right_and_told(raw: str, repairs: list[str]) -> None:
    assert repairs_in(raw) == repairs


def test_a_comma_inside_a_text_stays() -> None:
    raw = GOOD.replace(FIRST, 'So, [a, ] and \\",}\\" over').replace("\n  ]\n", ",\n  ]\n")
    content = enriched(raw).content

    assert content is not None
    assert content.turns[0].text.startswith('So, [a, ] and ",}" over')


def test_a_line_end_inside_a_text_is_kept() -> None:
    content = enriched(GOOD.replace(FIRST, "I lie\nawake over")).content

    assert content is not None
    assert content.turns[0].text.startswith("I lie\nawake over")


def test_numbers_are_exact() -> None:
    said = read_turns('{"turns": 0.1000000000000000055}')

    assert said.content == {"turns": Decimal("0.1000000000000000055")}


def test_control_characters_and_half_characters_are_taken_out_and_told() -> None:
    raw = GOOD.replace(FIRST, "I\\u0000 lie\\ud800 awake\\u0085 over\\ttabs")
    found = enriched(raw)

    assert found.content is not None
    assert found.content.turns[0].text.startswith("I lie awake over\ttabs")
    told = next(one for one in found.repairs if one.code == "CONTROL_CHARACTERS")
    assert told.field == "turns[0].content"
    assert "\\u0000" in told.original
    assert "\\u0000" not in told.repaired


@given(st.text(st.characters(), max_size=50))
def test_cleaning_leaves_text_that_can_be_stored(text: str) -> None:
    found = Findings()
    clean = cleaned(text, "content", found.repairs)

    clean.encode()
    assert bool(found.repairs) == (clean != text)
    assert cleaned(clean, "content", []) == clean


@given(st.text(st.characters(), max_size=200) | st.integers())
def test_what_is_shown_of_a_foreign_value_is_short_and_one_line(value: object) -> None:
    text = shown(value)

    assert len(text) <= 60
    assert "\n" not in text
    text.encode()


def test_a_field_is_found_on_its_line() -> None:
    lines = GOOD.splitlines()
    fields = ["conversation_metadata.session_context", "turns[3].content", "turns[7]"]
    found = lines_of(GOOD, fields)

    assert "session_context" in lines[found[fields[0]] - 1]
    assert "So the mountain has a name" in lines[found[fields[1]] - 1]
    assert lines[found[fields[2]] - 1].strip() == "{"
    assert '"turn_number": 8' in lines[found[fields[2]]]


def test_what_is_absent_has_the_line_of_what_is_around_it() -> None:
    raw = '{\n  "turns": [\n    {"role": "user"},\n    {\n      "role": "user"}]}'

    assert lines_of(raw, ["turns[1].content.x", "turns[0].content", "mood", "raw"]) == {
        "turns[1].content.x": 4,
        "turns[0].content": 3,
        "mood": 1,
        "raw": 1,
    }


@given(st.lists(st.dictionaries(st.sampled_from("abc"), JSON.map(str)), min_size=1, max_size=5))
def test_the_line_of_each_member_is_the_one_it_stands_on(members: list[dict[str, str]]) -> None:
    raw = json.dumps({"turns": members}, indent=1)
    fields = [f"turns[{at}].{key}" for at, one in enumerate(members) for key in one]
    found = lines_of(raw, fields)

    for field in fields:
        assert raw.splitlines()[found[field] - 1].strip().startswith(f'"{field[-1]}": ')


@given(st.text(), st.lists(st.text(max_size=20), max_size=4))
def test_lines_of_garbage_do_not_raise(raw: str, fields: list[str]) -> None:
    assert set(lines_of(raw, fields)) <= set(fields)


@given(st.text(min_size=1))
def test_no_text_raises(raw: str) -> None:
    assert enriched(raw).conversation == a_conversation(raw).ref


@given(JSON)
def test_no_json_raises(content: object) -> None:
    assert enriched(json.dumps(content)).content is None


def places_in(content: dict[str, Any] | list[Any] | float | str | None) -> list[Any]:
    """The keys of an object or the places of a list; nothing else has any."""
    if isinstance(content, list):
        return [*range(len(content))]
    return [*content] if isinstance(content, dict) else []


@given(st.data())
def test_a_good_conversation_with_any_value_in_it_does_not_raise(data: st.DataObject) -> None:
    talk = a_talk(4)
    found: Any = talk
    while found:
        key = data.draw(st.sampled_from(places_in(found)))
        inner: Any = found[key]
        if not places_in(inner) or data.draw(st.booleans()):
            found[key] = data.draw(JSON)
            break
        found = inner
    conversation = a_conversation(json.dumps(talk))
    once, again = (enrich(conversation, recipe=RECIPE, entries=ENTRIES) for _ in range(2))

    assert once.body == again.body
    assert (once.content is None) == any(one.severity == "blocker" for one in once.issues)


@given(st.integers(min_value=1, max_value=len(GOOD) - 1))
def test_a_conversation_that_is_cut_off_is_told_as_such(length: int) -> None:
    found = enriched(GOOD[:length])

    assert [one.code for one in found.issues] == ["INVALID_JSON_SYNTAX"]
    assert found.content is None
