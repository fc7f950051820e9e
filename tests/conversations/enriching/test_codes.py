"""Every code is raised by what it is for, with the field, the line and what helps."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from conversations.talks import (
    ARC,
    ENTRIES,
    RECIPE,
    Talk,
    a_conversation,
    a_talk,
    codes_in,
    enriched,
    raw_of,
)
from lorewright.conversations.enriching import (
    CODES,
    FOURTEEN,
    LEGACY,
    MOST_ISSUES,
    SIX,
    Said,
    enrich,
    entries_of,
    read_nothing,
)
from lorewright.records import EnrichmentState, Issue, Severity

Change = Callable[[Talk], object]
METADATA, TURN = "conversation_metadata", "turns[2]"
FEELS = f"{TURN}.emotional_context"
GERMAN = (
    "Drei Monate klingen nach einem hohen Berg, denn unser Haushalt verbraucht ungefähr "
    "zweitausend, und selten bleiben mehr als hundert davon übrig, wenn alle Rechnungen bezahlt "
    "sind."
)


def setting(place: str, value: Any) -> Change:
    """Puts `value` at a place of the metadata, of the third turn, or of what is felt in it."""
    above, _, key = place.rpartition(".")

    def change(talk: Talk) -> None:
        found: Any = {
            METADATA: talk[METADATA],
            TURN: talk["turns"][2],
            FEELS: talk["turns"][2]["emotional_context"],
            "": talk,
        }[above]
        if value is None:
            del found[key]
        else:
            found[key] = value

    return change


RAISED: dict[str, tuple[tuple[Change, str], ...]] = {
    "MISSING_CONVERSATION_METADATA": (
        (setting(METADATA, None), METADATA),
        (setting(METADATA, ["Bob"]), METADATA),
    ),
    "MISSING_TURNS_ARRAY": (
        (setting("turns", None), "turns"),
        (setting("turns", {"1": "Hello"}), "turns"),
    ),
    "INSUFFICIENT_TURNS": (
        (setting("turns", []), "turns"),
        (setting("turns", a_talk()["turns"][:1]), "turns"),
    ),
    **{
        f"MISSING_{key.upper()}": tuple(
            (setting(f"{METADATA}.{key}", value), f"{METADATA}.{key}") for value in (None, " ", 7)
        )
        for key in ("client_persona", "session_context", "conversation_phase", "expected_outcome")
    },
    "INVALID_TURN_NUMBER": tuple(
        (setting(f"{TURN}.turn_number", value), f"{TURN}.turn_number")
        for value in (None, "3", 3.5, True)
    ),
    "INVALID_ROLE": tuple(
        (setting(f"{TURN}.role", value), f"{TURN}.role") for value in (None, "client", "User", 1)
    ),
    "MISSING_CONTENT": tuple(
        (setting(f"{TURN}.content", value), f"{TURN}.content") for value in (None, "", "\n", 4)
    ),
    "MISSING_EMOTIONAL_CONTEXT": ((setting(FEELS, None), FEELS), (setting(FEELS, "fear"), FEELS)),
    "MISSING_PRIMARY_EMOTION": tuple(
        (setting(f"{FEELS}.primary_emotion", value), f"{FEELS}.primary_emotion")
        for value in (None, "", 0.5)
    ),
    "MISSING_INTENSITY": tuple(
        (setting(f"{FEELS}.intensity", value), f"{FEELS}.intensity")
        for value in (None, "0.5", True, [0.5])
    ),
    "INTENSITY_OUT_OF_RANGE": tuple(
        (setting(f"{FEELS}.intensity", value), f"{FEELS}.intensity") for value in (-0.1, 1.01, 8)
    ),
    "TURN_NUMBER_MISMATCH": ((setting(f"{TURN}.turn_number", 9), f"{TURN}.turn_number"),),
    "ROLE_NOT_ALTERNATING": ((lambda talk: talk["turns"].pop(3), "turns[3].role"),),
    "SHORT_CONTENT": ((setting(f"{TURN}.content", "Oh dear."), f"{TURN}.content"),),
    "EXTREME_INTENSITY": tuple(
        (setting(f"{FEELS}.intensity", value), f"{FEELS}.intensity") for value in (0, 1, 1.0)
    ),
    "MISSING_SECONDARY_EMOTION": (
        (setting(f"{FEELS}.secondary_emotion", None), f"{FEELS}.secondary_emotion"),
    ),
    "DUPLICATE_TURN_NUMBER": ((setting(f"{TURN}.turn_number", 2), f"{TURN}.turn_number"),),
    "UNKNOWN_KEY": (
        (setting("mood", "good"), "mood"),
        (setting(f"{METADATA}.mood", "good"), f"{METADATA}.mood"),
        (setting(f"{TURN}.mood", "good"), f"{TURN}.mood"),
        (setting(f"{FEELS}.mood", "good"), f"{FEELS}.mood"),
    ),
    "MIXED_LANGUAGES": ((setting(f"{TURN}.content", GERMAN), f"{TURN}.content"),),
    "WRONG_TYPE": (
        (setting(f"{METADATA}.client_background", 7), f"{METADATA}.client_background"),
        (setting(f"{FEELS}.secondary_emotion", ["care"]), f"{FEELS}.secondary_emotion"),
    ),
}
ELSEWHERE = {
    "INVALID_JSON_SYNTAX", "CONVERSATION_TOO_LARGE", "UNKNOWN_FORM", "UNREADABLE_ENTRY",
    "ENRICHED_TOO_LARGE", "DUPLICATE_KEY", "ENRICHED_SMALL", "MORE_ISSUES",
}  # fmt: skip
"""Those that no changed value raises; each has a test of its own below."""


def only(code: str, found: tuple[Issue, ...]) -> Issue:
    issues = [one for one in found if one.code == code]
    assert len(issues) == 1, found
    return issues[0]


def test_a_good_conversation_has_no_issue() -> None:
    assert enriched().issues == ()


def test_no_code_is_without_a_case() -> None:
    assert set(RAISED) | ELSEWHERE == set(CODES)
    assert set(RAISED) & ELSEWHERE == set()
    assert (len(FOURTEEN), len(SIX)) == (14, 6)
    assert {*FOURTEEN, *SIX} < set(CODES)
    assert set(FOURTEEN) > LEGACY


@pytest.mark.parametrize(
    ("code", "change", "field"),
    [
        pytest.param(code, *case, id=f"{code}-{number}")
        for code, cases in RAISED.items()
        for number, case in enumerate(cases)
    ],
)
def test_a_code_is_raised_where_it_belongs(code: str, change: Change, field: str) -> None:
    talk = a_talk()
    change(talk)
    raw = raw_of(talk)
    found = enriched(raw)
    issue = only(code, found.issues)

    assert issue.field == field
    assert issue.severity is CODES[code].severity
    assert issue.suggestion == CODES[code].suggestion
    assert (found.content is None) == (CODES[code].severity is Severity.BLOCKER)
    if found.content is None:
        assert found.state is EnrichmentState.VALIDATION_FAILED
    assert issue.line is not None
    key = field.rpartition(".")[2].partition("[")[0]
    there = raw.splitlines()[issue.line - 1]
    assert f'"{key}"' in there or there.strip().startswith("{") or there.endswith("{")


def test_several_things_are_told_at_once() -> None:
    talk = a_talk()
    talk["turns"][0]["role"] = "client"
    talk["turns"][3]["content"] = ""
    talk["turns"][4]["emotional_context"]["intensity"] = 4

    assert codes_in(enriched(raw_of(talk))) == [
        "INVALID_ROLE", "MISSING_CONTENT", "INTENSITY_OUT_OF_RANGE",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "line", "said"),
    [
        ("", None, ""),
        ('{\n"turns": [\n', 3, "breaks off"),
        ('{\n"turns": [1 2]\n}', 2, "delimiter"),
        ('{\n"turns": NaN}', 2, "NaN is no number that JSON knows"),
        ('{"a": "NaN",\n"turns": -Infinity}', 2, "-Infinity is no number that JSON knows"),
        ("[" * 100_000, None, "nested too deeply"),
        ("9" * 5_000, None, "too large"),
        ("I would rather not.", 1, "line 1, column 1"),
    ],
)
def test_what_is_no_json_says_where(raw: str, line: int | None, said: str) -> None:
    found = enriched(raw or " ")
    issue = only("INVALID_JSON_SYNTAX", found.issues)

    assert said in issue.message
    assert issue.field == "raw"
    assert line is None or issue.line == line
    assert found.content is None


@pytest.mark.parametrize("raw", ["null", "7", '"turns"', "[]", "{}"])
def test_json_that_is_no_conversation_lacks_both_halves(raw: str) -> None:
    assert codes_in(enriched(raw)) == ["MISSING_CONVERSATION_METADATA", "MISSING_TURNS_ARRAY"]


def test_a_number_beyond_all_bounds_is_out_of_range() -> None:
    raw = raw_of(a_talk()).replace("0.8", "1e99999", 1)

    assert codes_in(enriched(raw)) == ["INTENSITY_OUT_OF_RANGE"]


def test_a_key_that_stands_twice_is_told_and_the_last_one_counts() -> None:
    raw = raw_of(a_talk()).replace('"role": "user"', '"role": "x", "role": "user"', 1)
    found = enriched(raw)

    assert only("DUPLICATE_KEY", found.issues).message == "the key 'role' stands twice in an object"
    assert found.content is not None


def test_a_text_above_the_limit_is_not_read() -> None:
    conversation = a_conversation()
    size = len(conversation.raw.encode())
    found = enrich(conversation, recipe=RECIPE, entries=ENTRIES, largest=size - 1)

    issue = only("CONVERSATION_TOO_LARGE", found.issues)
    assert f"{size:,} bytes" in issue.message
    assert found.state is EnrichmentState.VALIDATION_FAILED
    assert enrich(conversation, recipe=RECIPE, entries=ENTRIES, largest=size).content is not None


def test_a_form_that_nothing_reads_is_told() -> None:
    found = enrich(a_conversation(), recipe=RECIPE, read=read_nothing)

    assert codes_in(found) == ["UNKNOWN_FORM"]
    assert found.content is None


def test_an_entry_that_cannot_be_read_stops_and_says_which() -> None:
    broken = ARC.model_copy(update={"content": {**ARC.content, "tier": "grand"}})
    found = enriched(entries=entries_of([broken]))

    issue = only("UNREADABLE_ENTRY", found.issues)
    assert issue.message.startswith("fear_to_confidence of arcs is off: tier: ")
    assert found.content is None
    assert broken.ref not in found.made_from


def test_turns_that_would_fill_the_disk_when_repeated_stop_at_normalizing() -> None:
    talk = a_talk(2)
    asked, told = talk["turns"]
    asked["content"] = told["content"] = "word " * 400
    talk["turns"] = [
        {**(asked, told)[number % 2], "turn_number": number + 1} for number in range(400)
    ]
    found = enriched(raw_of(talk))

    assert codes_in(found) == ["ENRICHED_TOO_LARGE"]
    assert found.state is EnrichmentState.NORMALIZATION_FAILED
    assert found.content is None


def test_next_to_nothing_is_told_as_small() -> None:
    talk = a_talk(2)
    for turn in talk["turns"]:
        turn["content"] = "Is it so, or not?"
    found = enriched(raw_of(talk), entries_of([]))

    assert codes_in(found) == ["ENRICHED_SMALL"]
    assert found.content is not None


def test_of_a_hostile_text_the_first_issues_are_kept_and_the_rest_are_counted() -> None:
    talk = a_talk()
    talk["turns"] = [1] * 1_000
    found = enriched(raw_of(talk))

    assert len(found.issues) == MOST_ISSUES + 1
    assert found.issues[-1].code == "MORE_ISSUES"
    assert found.issues[-1].message == "800 further issues are not listed"
    assert found.issues[-1].severity is Severity.BLOCKER


def test_a_blocker_among_those_that_are_not_listed_stops_all_the_same() -> None:
    talk = a_talk()
    talk.update({f"extra_{number}": 1 for number in range(MOST_ISSUES)})
    assert enriched(raw_of(talk)).content is not None

    talk["turns"] = []
    assert enriched(raw_of(talk)).content is None


def test_what_older_training_files_lack_is_milder_there() -> None:
    talk = a_talk()
    del talk["conversation_metadata"]["client_persona"]
    del talk["turns"][0]["emotional_context"]

    def read(raw: str) -> Said:
        return Said(json.loads(raw), is_legacy=True)

    found = enrich(a_conversation(raw_of(talk)), recipe=RECIPE, read=read)

    assert {one.severity for one in found.issues} == {Severity.WARNING}
    assert {"MISSING_CLIENT_PERSONA", "MISSING_EMOTIONAL_CONTEXT"} <= set(codes_in(found))
    assert found.content is not None
    assert found.content.turns[0].emotion is None
