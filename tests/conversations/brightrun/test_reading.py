"""Every known defect is put right with both values, every issue is told with field and line."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from architecture.house import ROOT
from conversations.brightrun.made import (
    PROMPT,
    SAID,
    Json,
    a_member,
    content_of,
    enriched,
    raw_of,
    read,
    repairs_with,
)
from lorewright.conversations import brightrun
from lorewright.conversations.brightrun import (
    ISSUES,
    REASONS,
    REPAIRS,
    identity_of,
    read_v4,
    read_v5,
)
from lorewright.records import EnrichmentState, RawForm, Severity

Change = Callable[[Json], object]
SOURCES = Path(brightrun.__file__).parent
PAGE = ROOT / "docs" / "brightrun.md"
FELT = "emotional_context.detected_emotions"


def at(place: str, value: Any, pair: int = 1) -> Change:
    """Puts a value at a place of one pair; None takes it away."""

    def change(member: Json) -> None:
        found: Any = member["training_pairs"][pair]
        *above, name = place.split(".")
        for key in above:
            found = found[key]
        if value is None:
            found.pop(name, None)
        else:
            found[name] = value

    return change


def in_all(place: str, value: Any) -> Change:
    def change(member: Json) -> None:
        for number in range(len(member["training_pairs"])):
            at(place, value, number)(member)

    return change


def doubled(member: Json) -> None:
    for pair in member["training_pairs"]:
        if pair["target_response"] is not None:
            pair["conversation_history"].append(
                {"turn": 9, "role": "user", "content": pair["current_user_input"]}
            )


def scores_of_noise(member: Json) -> None:
    noise = {"empathy_score": 2.9, "clarity_score": 3.2, "appropriateness_score": 3}
    in_all("training_metadata.quality_score", 3)(member)
    in_all("training_metadata.quality_criteria", noise)(member)


def repeat_a_pair(member: Json) -> None:
    pairs = member["training_pairs"]
    pairs.insert(2, {**pairs[1], "id": "another"})


def without_target(member: Json) -> None:
    doubled(member)
    member["training_pairs"][5]["target_response"] = None


def reverse(member: Json) -> None:
    member["training_pairs"].reverse()


def no_numbers(member: Json) -> None:
    in_all("turn_number", "one")(member)


CRITERIA = "training_metadata.quality_criteria"

REPAIRED: dict[str, tuple[tuple[Change, str, Any, Any], ...]] = {
    "NULL_TARGET": ((lambda _: None, "training_pairs[0].target_response", None, {"role": "user"}),),
    "DOUBLED_USER_TURN": (
        (
            doubled,
            "training_pairs[1].conversation_history[0]",
            {"role": "user", "content": SAID[0][2]},
            None,
        ),
    ),
    "EMOTION_OF_ADVISOR": (
        (
            at(FELT, {"primary": "calm", "intensity": 0.5}),
            f"training_pairs[1].{FELT}",
            {"primary": "calm", "intensity": 0.5},
            {"primary": "fear", "secondary": "care", "intensity": 0.8},
        ),
    ),
    "REPEATED_ID": (
        (in_all("id", "turn2"), "training_pairs[0].id", "turn2", ...),
        (at("id", "talk-0001-turn1"), "training_pairs[1].id", "talk-0001-turn1", ...),
    ),
    "REPEATED_CONVERSATION_ID": (
        (at("conversation_id", "talk"), "training_pairs[1].conversation_id", "talk", "talk-0001"),
    ),
    "REPEATED_PAIR": ((repeat_a_pair, "training_pairs[2]", "another", None),),
    "CONSTANT_SCORE": (
        (
            scores_of_noise,
            "training_pairs[0].training_metadata.quality_score",
            {
                "quality_score": 3,
                "quality_criteria": {
                    "empathy_score": 2.9,
                    "clarity_score": 3.2,
                    "appropriateness_score": 3,
                },
            },
            None,
        ),
    ),
    "CONSTANT_PROGRESSION": (
        (
            at("training_metadata.emotional_progression_target", "fear(0.8) \u2192 calm(0.8)"),
            "training_pairs[1].training_metadata.emotional_progression_target",
            "fear(0.8) \u2192 calm(0.8)",
            None,
        ),
    ),
    "PERSONAS_AS_SKILLS": (
        (
            at("training_metadata.demonstrates_skills", ["anxious_planner", "careful_saver", "x"]),
            "training_pairs[1].training_metadata.demonstrates_skills",
            ["anxious_planner", "careful_saver", "x"],
            ["x"],
        ),
    ),
    "LITERAL_LINE_END": (
        (
            at("target_response", "First this.\\n\\nThen C:\\new, and that."),
            "training_pairs[1].target_response",
            "First this.\\n\\nThen C:\\new, and that.",
            "First this.\n\nThen C:\\new, and that.",
        ),
    ),
    "SYSTEM_PROMPT_DIFFERS": (
        (at("system_prompt", "Hm."), "training_pairs[1].system_prompt", "Hm.", PROMPT),
    ),
    "SCORE_OUT_OF_RANGE": tuple(
        (
            at(place, value),
            f"training_pairs[1].{place}",
            value,
            None,
        )
        for place, value in (
            ("training_metadata.quality_score", 9),
            ("training_metadata.quality_score", 3.5),
            ("training_metadata.quality_score", "4"),
            ("training_metadata.quality_score", True),
            (f"{CRITERIA}.clarity_score", 0),
            (f"{CRITERIA}.clarity_score", "five"),
        )
    ),
    "INTENSITY_OUT_OF_RANGE": tuple(
        (
            at(f"{FELT}.intensity", value, 0),
            f"training_pairs[0].{FELT}.intensity",
            value,
            None,
        )
        for value in (-0.1, 1.01, 80, 10**30)
    ),
    "INVALID_VALENCE": (
        (at(f"{FELT}.valence", "good", 0), f"training_pairs[0].{FELT}.valence", "good", None),
    ),
    "INVALID_TURN_NUMBER": tuple(
        (at("turn_number", value), "training_pairs[1].turn_number", value, None)
        for value in ("2", 0, 2.5, True, [2])
    ),
    "WRONG_TYPE": (
        (at("system_prompt", 7), "training_pairs[1].system_prompt", 7, None),
        (at("emotional_context", "fear"), "training_pairs[1].emotional_context", "fear", None),
        (at("training_metadata", []), "training_pairs[1].training_metadata", [], None),
        (at("conversation_history", {}), "training_pairs[1].conversation_history", {}, None),
        (at("current_user_input", ["Hm"]), "training_pairs[1].current_user_input", ["Hm"], None),
        (at("id", 3), "training_pairs[1].id", 3, None),
        (
            at("training_metadata.demonstrates_skills", ["x", 7]),
            "training_pairs[1].training_metadata.demonstrates_skills",
            ["x", 7],
            ["x"],
        ),
        (
            at(f"{FELT}.intensity", "strong", 0),
            f"training_pairs[0].{FELT}.intensity",
            "strong",
            None,
        ),
        (lambda member: member["training_pairs"].append(7), "training_pairs[6]", 7, None),
    ),
    "LEFT_OUT": (
        (
            at(f"{FELT}.primary_confidence", 0.55, 0),
            f"training_pairs[0].{FELT}.primary_confidence",
            0.55,
            None,
        ),
        (
            at("training_metadata.use_as_seed_example", value=True),
            "training_pairs[1].training_metadata.use_as_seed_example",
            True,
            None,
        ),
        (at(f"{FELT}.intensity", None, 0), f"training_pairs[0].{FELT}.primary", "fear", None),
    ),
}
OF_TEXTS = {"HALF_CHARACTERS", "NOT_A_NUMBER"}
"""Defects that only a text can have; each has a test of its own below."""


@pytest.mark.parametrize(
    ("code", "change", "field", "original", "repaired"),
    [
        pytest.param(code, *case, id=f"{code}-{number}")
        for code, cases in REPAIRED.items()
        for number, case in enumerate(cases)
    ],
)
def test_a_defect_is_put_right_and_both_values_are_kept(
    code: str, change: Change, field: str, original: Any, repaired: Any
) -> None:
    member = a_member()
    change(member)
    found = {one.field: one for one in repairs_with(code, enriched(member))}

    assert field in found
    assert json.loads(found[field].original) == original
    if repaired is not ...:
        assert json.loads(found[field].repaired) == repaired


def test_a_good_conversation_has_nothing_but_client_turns_of_its_own() -> None:
    found = enriched(a_member())

    assert found.state is EnrichmentState.COMPLETED
    assert {one.code for one in found.repairs} == {"NULL_TARGET"}
    assert {one.code for one in found.issues} == {"MISSING_EMOTIONAL_CONTEXT"}
    assert found.content is not None
    assert [(one.role, one.text) for one in found.content.turns] == [
        (("user", "assistant")[number % 2], text) for number, (_, _, text) in enumerate(SAID)
    ]


def test_every_code_that_is_told_is_named_and_has_a_case() -> None:
    code = re.compile(r'"([A-Z]{3,}(?:_[A-Z]+)+)"')
    used = {
        found
        for file in SOURCES.glob("*.py")
        if file.name != "codes.py" and not file.name.startswith("writing")
        for found in code.findall(file.read_text(encoding="utf-8"))
    }

    assert used == set(ISSUES) | set(REPAIRS)
    assert set(REPAIRED) | OF_TEXTS == set(REPAIRS)
    assert set(RAISED) | OF_TEXTS | {"DUPLICATE_KEY", "INVALID_JSON_SYNTAX"} == set(ISSUES)


RAISED: dict[str, tuple[tuple[Change, str], ...]] = {
    "MISSING_TURNS_ARRAY": (
        (lambda member: member.pop("training_pairs"), "training_pairs"),
        (lambda member: member.update(training_pairs={"1": 2}), "training_pairs"),
    ),
    "WRONG_TYPE": tuple((case[0], case[1]) for case in REPAIRED["WRONG_TYPE"][:6]),
    "UNKNOWN_KEY": (
        (lambda member: member.update(mood="good"), "mood"),
        (
            lambda member: member["conversation_metadata"].update(mood="good"),
            "conversation_metadata.mood",
        ),
        (at("mood", "good"), "training_pairs[1].mood"),
        (
            at("conversation_metadata.mood", "good"),
            "training_pairs[1].conversation_metadata.mood",
        ),
        (at("training_metadata.mood", "good"), "training_pairs[1].training_metadata.mood"),
        (
            at("conversation_history", [{"role": "user", "content": SAID[0][2], "mood": 1}], 2),
            "training_pairs[2].conversation_history[0].mood",
        ),
    ),
    "INVALID_TURN_NUMBER": (
        (at("turn_number", "2"), "training_pairs[1].turn_number"),
        (no_numbers, "training_pairs[0].turn_number"),
    ),
    "DUPLICATE_TURN_NUMBER": ((at("turn_number", 1), "training_pairs"),),
    "PAIRS_OUT_OF_ORDER": ((reverse, "training_pairs"),),
    "TURN_NUMBER_MISMATCH": ((at("turn_number", 7, 5), "training_pairs[5].turn_number"),),
    "MISSING_CONTENT": (
        (at("current_user_input", None, 0), "training_pairs[0].current_user_input"),
        (at("target_response", "", 5), "training_pairs[5].target_response"),
    ),
    "LOST_TARGET": ((without_target, "training_pairs[5].target_response"),),
    "HISTORY_DIFFERS": (
        (
            at("conversation_history", [{"role": "user", "content": "Else."}], 2),
            "training_pairs[2].conversation_history[0]",
        ),
    ),
    "INVALID_ROLE": (
        (
            at("conversation_history", [{"role": "client", "content": "Hm."}], 2),
            "training_pairs[2].conversation_history[0]",
        ),
        (
            at("conversation_history", [{"role": "user"}], 2),
            "training_pairs[2].conversation_history[0]",
        ),
    ),
    "MISSING_PRIMARY_EMOTION": (
        (at(f"{FELT}.primary", None, 0), f"training_pairs[0].{FELT}.primary"),
    ),
    "MISSING_INTENSITY": (
        (at(f"{FELT}.intensity", None, 0), f"training_pairs[0].{FELT}.intensity"),
    ),
    "INTENSITY_OUT_OF_RANGE": (
        (at(f"{FELT}.intensity", 1.5, 0), f"training_pairs[0].{FELT}.intensity"),
    ),
    "INVALID_VALENCE": ((at(f"{FELT}.valence", 1, 0), f"training_pairs[0].{FELT}.valence"),),
    "SCORE_OUT_OF_RANGE": (
        (
            at("training_metadata.quality_score", 6),
            "training_pairs[1].training_metadata.quality_score",
        ),
    ),
    "PARTLY_REVIEWED": (
        (
            at("training_metadata.human_reviewed", value=True),
            "training_pairs[0].training_metadata.human_reviewed",
        ),
    ),
    "SYSTEM_PROMPT_DIFFERS": ((at("system_prompt", "Hm."), "training_pairs[1].system_prompt"),),
    "PRINCIPLE_MISSING": (
        (in_all("system_prompt", PROMPT.partition(" (5)")[0]), "training_pairs[0].system_prompt"),
    ),
    "UNKNOWN_PHASE": (
        (
            at("conversation_metadata.conversation_phase", "small_talk", 0),
            "training_pairs[0].conversation_metadata.conversation_phase",
        ),
    ),
    "ENDS_WITH_CLIENT": (
        (lambda member: member["training_pairs"].pop(), "training_pairs[4].current_user_input"),
    ),
}


@pytest.mark.parametrize(
    ("code", "change", "field"),
    [
        pytest.param(code, *case, id=f"{code}-{number}")
        for code, cases in RAISED.items()
        for number, case in enumerate(cases)
    ],
)
def test_an_issue_is_told_with_its_field_and_its_line(
    code: str, change: Change, field: str
) -> None:
    member = a_member()
    change(member)
    raw = raw_of(member)
    form = RawForm.V5 if code == "UNKNOWN_PHASE" else RawForm.V4
    found = [one for one in enriched(raw, form).issues if one.code == code]

    assert field in [one.field for one in found]
    issue = next(one for one in found if one.field == field)
    assert issue.line is not None
    assert issue.suggestion
    name = re.sub(r"\[\d+\]$", "", field).rpartition(".")[2]
    if not code.startswith("MISSING") and not field.endswith("]"):
        assert f'"{name}"' in raw.splitlines()[issue.line - 1]
    assert (issue.severity is Severity.BLOCKER) == (code == "MISSING_TURNS_ARRAY")


def test_a_text_that_is_no_json_is_told_with_its_line() -> None:
    raw = raw_of(a_member())
    for cut in (raw[: len(raw) // 2], raw.replace('"id"', "id", 1), raw + "}", ""):
        found = read_v4(cut)
        assert found.findings.stops
        (issue,) = found.findings.issues(cut, found.place)
        assert issue.code == "INVALID_JSON_SYNTAX"
        assert issue.line


def test_what_only_texts_can_have_is_told() -> None:
    raw = raw_of(a_member())
    halves = enriched(raw.replace("roof", "\\ud83d roof"))
    twice = enriched(raw.replace('"id":', '"turn_number": 1, "turn_number":', 1))
    nan = enriched(raw.replace("0.8,\n", "NaN,\n").replace("0.6", "-Infinity"))

    assert {"HALF_CHARACTERS"} <= {one.code for one in halves.issues}
    assert repairs_with("HALF_CHARACTERS", halves)
    assert halves.content is not None
    assert "\ufffd roof" in halves.content.turns[0].text
    assert "DUPLICATE_KEY" in {one.code for one in twice.issues}
    assert {one.original for one in repairs_with("NOT_A_NUMBER", nan)} == {"NaN", "-Infinity"}
    assert nan.state is EnrichmentState.COMPLETED
    assert all(one.line for one in nan.issues if one.code == "NOT_A_NUMBER")


def test_numbers_without_end_and_nests_without_bottom_are_only_told() -> None:
    raw = raw_of(a_member())
    for odd in (raw.replace("0.8", "1e999999999999999999999", 1), "[" * 100_000):
        (issue,) = enriched(odd).issues
        assert issue.code == "INVALID_JSON_SYNTAX"
    huge = enriched(raw.replace('"quality_score": 4', '"quality_score": 1e99999', 1))
    assert repairs_with("SCORE_OUT_OF_RANGE", huge)


def test_what_is_put_right_is_what_is_trained_on() -> None:
    member = a_member()
    doubled(member)
    scores_of_noise(member)
    in_all("id", "fp_turn2")(member)
    in_all("conversation_id", "fp")(member)
    content = content_of(member)

    assert [one.text for one in content.turns] == [text for _, _, text in SAID]
    assert len({one.pair_id for one in content.turns}) == len(SAID)
    assert all(one.pair_id.startswith("talk-0001-") for one in content.turns)
    assert {one.empathy for one in content.turns} == {None}
    answers = [one for one in content.turns if one.role == "assistant"]
    assert all(one.emotion is None for one in answers)


def test_scores_that_differ_are_kept_digit_by_digit() -> None:
    content = content_of(a_member())

    assert [one.quality_score for one in content.turns] == [3, 4] * 3
    assert content.turns[0].appropriateness == Decimal("2.25")
    assert content.turns[0].clarity == Decimal(4)


def test_what_the_advisor_feels_goes_to_the_answer() -> None:
    member = a_member()
    at(FELT, {"primary": "calm", "intensity": 0.50, "valence": "positive"})(member)
    turn = content_of(member).turns[1]

    assert turn.emotion is not None
    assert (turn.emotion.primary, turn.valence) == ("calm", "positive")


def test_a_turn_that_only_a_history_tells_is_there() -> None:
    member = a_member()
    del member["training_pairs"][2]
    content = content_of(member)

    assert [one.text for one in content.turns] == [text for _, _, text in SAID]
    assert content.turns[2].emotion is not None
    assert content.turns[2].emotion.primary == "doubt"


def test_an_answer_that_is_lost_may_stand_in_a_later_history() -> None:
    member = a_member()
    doubled(member)
    member["training_pairs"][3]["target_response"] = None
    found = enriched(member)

    assert found.content is not None
    assert [one.text for one in found.content.turns] == [text for _, _, text in SAID]


def test_roles_that_do_not_alternate_are_told_and_stop_nothing() -> None:
    member = a_member()
    pairs = member["training_pairs"]
    pairs[1]["target_response"] = None
    pairs[1]["current_user_input"] = "And what about the car, which is old too?"
    for pair in pairs[2:]:
        pair["conversation_history"] = []
    found = enriched(member)

    assert found.state is EnrichmentState.COMPLETED
    assert "ROLE_NOT_ALTERNATING" in {one.code for one in found.issues}


def test_languages_may_be_mixed() -> None:
    member = a_member()
    words = (
        "Wieviel soll ich zur\u00fccklegen?",
        "\u4e09\u304b\u6708\u5206\u3067\u3059\u3002",
        "\u0643\u0645 \u0623\u062f\u062e\u0631\u061f \U0001f3e0",
    )
    at("current_user_input", words[0], 0)(member)
    at("current_user_input", words[0], 1)(member)
    at("target_response", words[1], 1)(member)
    at("current_user_input", words[2], 2)(member)
    in_all("conversation_history", [])(member)

    assert [one.text for one in content_of(member).turns][:3] == list(words)


def test_an_old_file_may_lack_nearly_everything() -> None:
    pairs: list[Json] = [
        {"current_user_input": "How much should I save?"},
        {
            "conversation_history": [],
            "current_user_input": "How much should I save?",
            "target_response": "A tenth of your pay is a good beginning.",
        },
    ]
    found = enriched({"training_pairs": pairs})

    assert found.state is EnrichmentState.COMPLETED
    assert found.content is not None
    assert len(found.content.turns) == 2
    assert {one.severity for one in found.issues} == {Severity.WARNING}


def test_client_turns_inside_a_line_stand_where_their_numbers_say() -> None:
    member = a_member()
    last = {"turn_number": 7, "content": "Thank you, I sleep better already.", "id": "x"}
    pair = member["training_pairs"][5]
    pair["client_turns"] = [last]
    found = enriched(member)

    assert found.content is not None
    assert found.content.turns[-1].text == last["content"]
    assert "ENDS_WITH_CLIENT" in {one.code for one in found.issues}


def test_who_a_conversation_is_stands_in_it_or_comes_from_its_letters() -> None:
    who = identity_of(raw_of(a_member()))
    assert (who.conversation_id, who.scaffold.persona_name) == ("talk-0001", "Mara")
    bare = a_member()
    del bare["conversation_metadata"]
    who = identity_of(raw_of(bare))
    assert (who.conversation_id, who.scaffold.persona_key) == ("talk-0001", "careful_saver")
    assert who.scaffold.emotional_arc_key == "fear_to_calm"

    for raw in ("{broken", "[]", "{}", '{"training_pairs": [{"id": 1}]}'):
        assert re.fullmatch(r"conversation-[0-9a-f]{16}", identity_of(raw).conversation_id)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "turn", "primary", "intensity"]), inner
        )
    ),
    max_leaves=8,
)
PLACES = (
    "conversation_history", "current_user_input", "emotional_context", "target_response",
    "training_metadata", "training_metadata.quality_criteria", "client_turns", "turn_number", "id",
    "training_metadata.demonstrates_skills", FELT, f"{FELT}.intensity", "input_parameters",
    "conversation_metadata", "conversation_id", "system_prompt",
)  # fmt: skip


@given(st.sampled_from(PLACES), JSON, st.integers(0, 5), st.sampled_from([read_v4, read_v5]))
def test_no_value_is_too_odd(
    place: str, value: Any, pair: int, reader: Callable[[str], brightrun.Identity]
) -> None:
    member = a_member()
    at(place, value, pair)(member)
    raw = json.dumps(member)
    found = enriched(raw, RawForm.V5 if reader is read_v5 else RawForm.V4)

    assert found.conversation
    assert all(one.line for one in found.issues)
    assert identity_of(raw).conversation_id
    assert read(raw).is_legacy
    assert found.content is None or found.state is EnrichmentState.COMPLETED


@pytest.mark.parametrize(
    ("head", "table"), [("repair", REPAIRS), ("issue", ISSUES), ("reason", REASONS)]
)
def test_the_page_names_every_code_with_its_sentence(head: str, table: dict[str, str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    below = page.partition(f"| {head} |")[2].partition("\n\n")[0]

    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", below, re.MULTILINE)) == table
