"""What stands in a training file, and that all of its numbers are counted."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from conversations.brightrun.written_talks import (
    ABOUT,
    a_complete,
    assert_valid_pair,
    assert_valid_v4,
    several,
    write,
    write_json,
    write_lines,
)
from conversations.talks import CONSULTANT
from lorewright.conversations.brightrun.writing import TrainingJson, TrainingLines
from lorewright.conversations.brightrun.writing_totals import About, profile_of
from lorewright.conversations.complete import Complete
from lorewright.conversations.enriching import entries_of
from lorewright.errors import Refused
from lorewright.records import QualityTier

TALK = ("user", "assistant", "user", "assistant", "user")


@settings(max_examples=20)
@given(several())
def test_any_conversations_make_a_valid_file(
    tmp_path_factory: pytest.TempPathFactory, talks: list[Complete]
) -> None:
    file = write_json(tmp_path_factory.mktemp("valid") / "any.json", talks)

    assert_valid_v4(file)
    assert [one["conversation_metadata"]["conversation_id"] for one in file["conversations"]] == [
        one.conversation.conversation_id for one in talks
    ]


@settings(max_examples=20)
@given(several())
def test_lines_hold_answers_only_and_no_reader_breaks_them(
    tmp_path_factory: pytest.TempPathFactory, talks: list[Complete]
) -> None:
    answered = [one for one in talks if any(turn.role == "assistant" for turn in one.content.turns)]
    path = tmp_path_factory.mktemp("lines") / "any.jsonl"
    meta, *pairs = write_lines(path, answered)

    assert len(path.read_text(encoding="utf-8").splitlines()) == 1 + len(pairs)
    assert meta["_meta"]["total_pairs"] == len(pairs)
    assert all(pair["target_response"] is not None for pair in pairs)
    ids = [one["id"] for pair in pairs for one in (pair, *pair["client_turns"])]
    assert len(set(ids)) == len(ids) == sum(len(one.content.turns) for one in answered)
    for pair in pairs:
        assert_valid_pair(pair)


def test_a_pair_holds_its_own_turn_and_all_before_it_once(tmp_path: Path) -> None:
    file = write_json(tmp_path / "a.json", [a_complete(1, *TALK)])
    pairs = file["conversations"][0]["training_pairs"]

    assert [pair["current_user_input"] for pair in pairs] == [
        "user says 1", "user says 1", "user says 3", "user says 3", "user says 5",
    ]  # fmt: skip
    assert [pair["target_response"] for pair in pairs] == [
        None, "assistant says 2", None, "assistant says 4", None,
    ]  # fmt: skip
    told = [[one["content"] for one in pair["conversation_history"]] for pair in pairs]
    assert [len(one) for one in told] == [0, 0, 2, 2, 4]
    assert told[4] == [f"{role} says {at}" for at, role in enumerate(TALK[:4], start=1)]
    felt = pairs[1]["emotional_context"]
    assert felt["detected_emotions"]["primary"] == "fear"
    assert felt["response_emotions"]["primary"] == "calm"


def test_lines_keep_what_the_client_says_without_an_answer(tmp_path: Path) -> None:
    twice = a_complete(1, "user", "user", "assistant", "user")
    _, line = write_lines(tmp_path / "a.jsonl", [twice])

    assert line["current_user_input"] == "user says 2"
    assert [one["content"] for one in line["conversation_history"]] == ["user says 1"]
    assert [one["content"] for one in line["client_turns"]] == [
        "user says 1", "user says 2", "user says 4",
    ]  # fmt: skip
    assert [one["turn_number"] for one in line["client_turns"]] == [1, 2, 4]


def test_a_conversation_without_an_answer_has_no_line() -> None:
    silent = a_complete(1, "user", "user")
    with pytest.raises(Refused, match="the advisor says nothing in it") as refused:
        list(TrainingLines(ABOUT).add(silent))

    assert refused.value.where == "balanced-7-0001"


def test_totals_are_those_of_what_was_written(tmp_path: Path) -> None:
    poor = a_complete(2, *TALK, human_reviewed=False)
    first, *others = poor.content.turns
    graded = (first, *(one.model_copy(update={"quality_score": 1}) for one in others))
    poor = poor._replace(content=poor.content.model_copy(update={"turns": graded}))
    head = write_json(tmp_path / "a.json", [a_complete(1), poor])["training_file_metadata"]
    meta = write_lines(tmp_path / "a.jsonl", [a_complete(1), poor])[0]["_meta"]

    assert (head["total_conversations"], head["total_training_pairs"]) == (2, 7)
    assert head["quality_summary"] == {
        "avg_quality_score": 1.6,
        "min_quality_score": 1,
        "max_quality_score": 4,
        "human_reviewed_count": 2,
        "human_reviewed_percentage": 28.57,
    }
    assert head["scaffolding_distribution"]["emotional_arcs"] == {"fear_to_confidence": 2}
    assert head["input_parameters"]["file_version"] == 3
    assert (meta["total_pairs"], meta["total_training_pairs"]) == (3, 3)
    assert meta["quality_summary"]["human_reviewed_count"] == 1


def test_a_file_without_scores_has_no_made_up_ones(tmp_path: Path) -> None:
    talk = a_complete(1)
    turns = tuple(one.model_copy(update={"quality_score": None}) for one in talk.content.turns)
    bare = talk._replace(content=talk.content.model_copy(update={"turns": turns}))
    empty = TrainingJson(ABOUT)
    told = write_json(tmp_path / "a.json", [bare])["training_file_metadata"]["quality_summary"]

    assert (told["avg_quality_score"], told["min_quality_score"]) == (None, None)
    assert json.loads(empty.head() + empty.tail())["conversations"] == []


def test_ids_that_repeat_are_kept_apart_and_counted(tmp_path: Path) -> None:
    first, second = a_complete(1), a_complete(2)
    same = second._replace(content=first.content)
    writer = TrainingJson(ABOUT)
    file = write(tmp_path / "a.json", writer, [first, same, same])
    pairs = [
        pair["id"]
        for talk in json.loads(file.read_text())["conversations"]
        for pair in talk["training_pairs"]
    ]

    assert len(set(pairs)) == 6
    assert pairs[:2] == ["b1-1", "b1-2"]
    assert writer.ids.renamed == 4


def test_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, [a_complete(1, quality=Decimal("8.10"))])

    assert '"quality":{"score":8.10,"parts":{"turn_count":8.0,' in path.read_text()


def test_the_header_for_steering_is_a_switch_and_the_prompt_stays(tmp_path: Path) -> None:
    plain = write_json(tmp_path / "a.json", [a_complete(1)])
    steered = write_json(tmp_path / "b.json", [a_complete(1)], About("x", header=True))
    pairs = [one["conversations"][0]["training_pairs"][1] for one in (plain, steered)]

    assert "control_header" not in pairs[0]
    assert pairs[1]["control_header"].splitlines()[1] == "emotional_arc: fear_to_confidence"
    assert (
        pairs[0]["system_prompt"] == pairs[1]["system_prompt"] == "You advise people about money."
    )


def test_both_layers_are_there_and_only_one_has_ids(tmp_path: Path) -> None:
    one = a_complete(1, tier=QualityTier.SEED_DATASET)
    talk = write_json(tmp_path / "a.json", [one])["conversations"][0]
    audit, pair = talk["input_parameters"], talk["training_pairs"][1]

    assert audit["written_by"] == "lorewright"
    assert audit["ids"]["conversation"] == one.conversation.ref
    assert audit["ids"]["enrichment"] == one.enrichment
    assert audit["ids"]["entries"] == [one.conversation.made_from[0]]
    assert pair["conversation_metadata"]["persona_archetype"] == audit["persona_key"]
    assert "input_parameters" not in pair
    assert str(one.conversation.ref) not in json.dumps(talk["training_pairs"])
    assert pair["training_metadata"]["use_as_seed_example"] is True


def test_version_5_renames_the_format_and_knows_its_phases_only(tmp_path: Path) -> None:
    writer = TrainingJson(ABOUT, is_v5=True)
    path = write(tmp_path / "a.json", writer, [a_complete(1)])
    with pytest.raises(Refused, match="version 5 has no phase 'small talk'"):
        list(writer.add(a_complete(2, conversation_phase="small talk")))
    head = json.loads(path.read_text())["training_file_metadata"]

    assert (head["format_spec"], head["version"]) == ("brightrun-lora-v5", "5.0.0")
    assert writer.totals.conversations == 1


def test_a_consultant_is_shown_with_every_principle() -> None:
    consultant = entries_of([CONSULTANT]).consultant
    assert consultant is not None
    profile = profile_of(consultant)

    assert profile["name"] == "Ada Brook, CFP"
    assert list(profile["core_philosophy"]) == [f"principle_{number}" for number in range(1, 6)]
    assert profile["communication_style"]["tone"] == "warm, plain"
