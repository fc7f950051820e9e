"""A training file becomes conversations and enrichments, and nothing of it is lost."""

import json
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from conversations.brightrun.made import a_file, a_member, in_lines, raw_of, trusted, written
from importing import import_alone, make_file
from killing import kill_and_repeat, names_in, run_to_end
from lorewright.conversations.brightrun.json_text import json_text
from lorewright.errors import Erased, Refused, Unreadable
from lorewright.flows.conversation_files import AT_ONCE, Brought, Imported, import_conversations
from lorewright.flows.enriching import enrich_conversations, enrichment_of, tally
from lorewright.flows.source_files import Terms
from lorewright.flows.sources import erase_source, withdraw_source
from lorewright.records import (
    CatalogueEntry,
    Conversation,
    Enrichment,
    RawForm,
    Rejection,
    Source,
)
from lorewright.settings import EnrichmentSettings, Settings
from lorewright.store import Store, Workspace

SETTINGS = Settings()
EQ12 = (
    Path(
        os.environ.get("LOREWRIGHT_CORPUS", Path(__file__).parents[2].parent / "shared" / "corpus")
    )
    / "eq12"
)
GOOD = tuple(a_member(f"talk-{number:04}") for number in range(3))


def bring(store: Store, *paths: Path, settings: Settings = SETTINGS, **terms: str) -> Brought:
    return import_conversations(paths, store=store, settings=settings, terms=Terms(**terms))


def bring_one(store: Store, path: Path, settings: Settings = SETTINGS) -> Imported:
    (one,) = bring(store, path, settings=settings).files
    assert one.requested == one.accepted + one.rejected.total() + one.failed
    return one


def test_a_file_becomes_a_source_conversations_and_enrichments(
    store: Store, tmp_path: Path
) -> None:
    path = written(tmp_path, a_file(*GOOD))
    (one,) = bring(store, path, licence="CC-BY-4.0", origin="a friend").files

    source = store.get(one.source, Source)
    assert (source.file_name, source.licence, source.origin) == (
        "talks.json",
        "CC-BY-4.0",
        "a friend",
    )
    assert store.blobs.get(source.content) == path.read_bytes()
    assert (one.requested, one.accepted, one.new, one.failed) == (3, 3, 3, 0)
    assert one.tally.values == {"NULL_TARGET": 9}
    for conversation in store.get_many(store.names(Conversation.kind), Conversation):
        assert conversation.raw in path.read_text()
        assert conversation.form is RawForm.V4
        assert conversation.made_from == (source.ref,)
        found = enrichment_of(store, conversation.ref)
        assert found is not None
        assert found.content is not None


def test_the_same_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path, a_file(*GOOD, {"training_pairs": 7}))
    first = bring_one(store, path)
    before = [set(store.names(kind)) for kind in (Source.kind, Conversation.kind, Enrichment.kind)]
    again = bring_one(store, path)

    assert not first.is_known
    assert again.is_known
    assert (again.requested, again.accepted, again.rejected) == (4, 3, {"validation_failed": 1})
    assert again.complaints == first.complaints
    assert before == [
        set(store.names(kind)) for kind in (Source.kind, Conversation.kind, Enrichment.kind)
    ]
    enrich_conversations(store, SETTINGS, again=True)
    assert set(store.names(Enrichment.kind)) == before[2]


def test_json_and_lines_of_both_versions_are_read(store: Store, tmp_path: Path) -> None:
    v5 = written(tmp_path, a_file(*GOOD, form=RawForm.V5), "five.json")
    lines = written(tmp_path, in_lines(*GOOD), "lines.jsonl")
    found = bring(store, v5, lines)

    assert [one.form for one in found.files] == [RawForm.V5, RawForm.V4]
    assert [one.accepted for one in found.files] == [3, 3]


def test_what_cannot_be_used_is_told_and_the_rest_goes_on(store: Store, tmp_path: Path) -> None:
    other = a_member("talk-0009")
    other["training_pairs"][0]["emotional_context"]["detected_emotions"]["intensity"] = 7
    text = a_file(GOOD[0], "MARK", GOOD[1], GOOD[0], {"mood": 1}, other)
    text = text.replace('"MARK"', f'7, {{"big": "{"x" * 1_100_000}"}}') + "\n"
    small = Settings(enrichment=EnrichmentSettings(largest_conversation_mb=1))
    one = bring_one(store, written(tmp_path, text), small)

    assert (one.requested, one.accepted) == (7, 3)
    assert one.rejected == {
        "no_conversation": 1, "too_large": 1, "repeated": 1, "validation_failed": 1,
    }  # fmt: skip
    reasons = [found.reason for found in store.get_many(store.names(Rejection.kind), Rejection)]
    assert Counter(reasons) == {
        "no_conversation": 1,
        "too_large": 1,
        "repeated": 1,
        "validation_failed": 1,  # of the example that none could be made of
    }
    codes = {told.code for told in one.complaints}
    assert {"TOO_LARGE", "REPEATED", "MISSING_TURNS_ARRAY", "INTENSITY_OUT_OF_RANGE"} <= codes
    lines = text.splitlines()
    intensity = next(told for told in one.complaints if told.code == "INTENSITY_OUT_OF_RANGE")
    assert lines[intensity.line - 1].strip() == '"intensity": 7,'
    assert intensity.field.endswith("detected_emotions.intensity")
    assert [told.line for told in one.complaints] == sorted(told.line for told in one.complaints)


def test_a_file_that_breaks_off_keeps_what_stands_before(store: Store, tmp_path: Path) -> None:
    text = a_file(*GOOD)
    one = bring_one(store, written(tmp_path, text[: text.rindex('"training_metadata"')]))

    assert (one.requested, one.accepted) == (3, 2)
    assert one.rejected == {"validation_failed": 1}
    (told,) = [told for told in one.complaints if told.code == "INVALID_JSON_SYNTAX"]
    assert told.severity == "blocker"
    assert told.conversation is not None
    kept = store.get(told.conversation, Conversation)
    assert kept.raw in text


def test_ids_that_repeat_in_a_file_are_made_unique(store: Store, tmp_path: Path) -> None:
    members = [a_member("talk-0001"), a_member("talk-0001", turns=4)]
    one = bring_one(store, written(tmp_path, a_file(*members)))
    found = list(store.get_many(store.names(Conversation.kind), Conversation))

    assert one.accepted == 2
    assert len({conversation.conversation_id for conversation in found}) == 2
    assert one.tally.values["REPEATED_CONVERSATION_ID"] == 1
    assert one.tally.values["REPEATED_ID"] == 4
    ids = [
        turn.pair_id
        for made in store.get_many(store.names(Enrichment.kind), Enrichment)
        if made.content
        for turn in made.content.turns
    ]
    assert len(ids) == len(set(ids)) == 10


def test_files_that_cannot_be_read_hinder_no_other(store: Store, tmp_path: Path) -> None:
    empty = written(tmp_path, "", "empty.json")
    good = written(tmp_path, a_file(*GOOD))
    found = bring(store, empty, tmp_path / "gone.json", tmp_path, good)

    assert [one.accepted for one in found.files] == [3]
    assert [type(error) for _, error in found.unreadable] == [Unreadable] * 3
    assert len(list(store.names(Source.kind))) == 1


def test_a_file_that_is_here_keeps_its_licence(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path, a_file(*GOOD))
    bring(store, path, licence="CC-BY-4.0")

    assert bring(store, path).files
    ((_, error),) = bring(store, path, licence="MIT").unreadable
    assert isinstance(error, Refused)
    assert "lorewright licence" in (error.hint or "")


def test_what_was_withdrawn_or_erased_does_not_come_back(
    workspace: Workspace, store: Store, tmp_path: Path
) -> None:
    path = written(tmp_path, a_file(*GOOD))
    source = bring_one(store, path).source
    withdraw_source(store, source, why="no longer allowed", by="Ada")
    ((_, refused),) = bring(store, path).unreadable
    erase_source(workspace, store, source, why="asked to")
    ((_, erased),) = bring(store, path).unreadable

    assert isinstance(refused, Refused)
    assert isinstance(erased, Erased)
    assert list(store.names(Conversation.kind)) == []


def test_the_arc_that_a_conversation_names_judges_its_turns(store: Store, tmp_path: Path) -> None:
    member = a_member()
    member["conversation_metadata"]["scaffolding"]["emotional_arc_key"] = "fear_to_confidence"
    bring_one(store, written(tmp_path, a_file(member)))
    (made,) = store.get_many(store.names(Enrichment.kind), Enrichment)
    entries = [ref for ref in made.made_from if ref.kind == CatalogueEntry.kind]

    assert [one.key for one in store.get_many(entries, CatalogueEntry)] == ["fear_to_confidence"]
    assert made.content is not None
    assert made.content.client_persona == "Mara - The Careful Saver"


def test_more_than_one_batch_is_brought_in(store: Store, tmp_path: Path) -> None:
    members = [a_member(f"talk-{number:04}", turns=2) for number in range(AT_ONCE + 9)]
    one = bring_one(store, written(tmp_path, a_file(*members)))

    assert one.accepted == tally(store, SETTINGS).completed == AT_ONCE + 9


def test_what_lorewright_wrote_comes_back_exactly(store: Store, tmp_path: Path) -> None:
    bring_one(store, written(tmp_path, a_file(*GOOD)))
    made = list(store.get_many(store.names(Enrichment.kind), Enrichment))
    contents = [one.content for one in made if one.content]
    members = [
        json_text(trusted(one, store.get(of.conversation, Conversation).conversation_id))
        for one, of in zip(contents, made, strict=True)
    ]
    text = f'{{"training_file_metadata":{{}},"conversations":[{",".join(members)}]}}'
    second = bring_one(store, written(tmp_path, text, "again.json"))
    again = [
        one.content
        for one in store.get_many(store.names(Enrichment.kind), Enrichment)
        if one.ref not in {old.ref for old in made}
    ]

    assert (second.accepted, second.tally.values) == (3, {})
    assert sorted(one.model_dump_json() for one in contents) == sorted(
        one.model_dump_json() for one in again if one
    )


@pytest.mark.corpus
@pytest.mark.skipif(not EQ12.is_dir(), reason="the corpus folder is not beside the project")
def test_the_real_files_are_imported_with_every_known_defect_counted(store: Store) -> None:
    of_json, of_lines = bring(
        store, EQ12 / "EQ-12-conversations-demo.json", EQ12 / "EQ-12-conversations-demo.jsonl"
    ).files

    assert (of_json.requested, of_json.accepted, of_json.failed) == (12, 12, 0)
    assert (of_lines.requested, of_lines.accepted, of_lines.failed) == (12, 12, 0)
    answers, pairs = 44, 89
    assert of_json.tally.values == {
        "NULL_TARGET": pairs - answers,
        "DOUBLED_USER_TURN": answers,
        "EMOTION_OF_ADVISOR": answers,
        "REPEATED_ID": pairs,
        "REPEATED_CONVERSATION_ID": pairs,
        "CONSTANT_SCORE": pairs,
        "CONSTANT_PROGRESSION": pairs,
        "PERSONAS_AS_SKILLS": pairs,
    }
    assert of_lines.tally.values == dict.fromkeys(
        (
            "DOUBLED_USER_TURN", "EMOTION_OF_ADVISOR", "CONSTANT_SCORE", "CONSTANT_PROGRESSION",
            "PERSONAS_AS_SKILLS",
        ),
        answers,
    )  # fmt: skip
    assert of_json.tally.warnings == {"PRINCIPLE_MISSING": 12, "ENDS_WITH_CLIENT": 1}
    ids = [
        turn.pair_id
        for made in store.get_many(store.names(Enrichment.kind), Enrichment)
        if made.content
        for turn in made.content.turns
    ]
    assert len(ids) == len(set(ids)) == 177


@pytest.mark.slow
def test_an_import_that_was_killed_ends_like_one_that_nobody_killed(tmp_path: Path) -> None:
    file = tmp_path / "talks.json"
    make_file(file, 6_000_000)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
        (folder / "lorewright.toml").touch()
    step = ("import", str(file))
    whole_s = run_to_end(step, whole, {})
    kill_and_repeat(step, killed, {}, whole_s=whole_s, kills=3, chance=random.Random(5))

    assert names_in(killed) == names_in(whole)
    run_to_end(("verify",), killed, {})


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    found: list[float] = []
    for size in (1, 30):
        file = tmp_path / f"{size}.json"
        made = make_file(file, size * 1_000_000)
        told = import_alone(file, tmp_path / str(size))
        assert told["accepted"] == made
        found.append(told["mib"])

    assert found[1] < 200
    assert found[1] - found[0] < 60


def test_a_line_of_the_file_is_named_for_lines_too(store: Store, tmp_path: Path) -> None:
    bad = a_member("talk-0009")
    bad["training_pairs"][3]["training_metadata"]["quality_score"] = 9
    text = in_lines(GOOD[0], bad)
    one = bring_one(store, written(tmp_path, text, "talks.jsonl"))
    (told,) = [told for told in one.complaints if told.code == "SCORE_OUT_OF_RANGE"]

    assert json.loads(text.splitlines()[told.line - 1])["id"] == "talk-0009-turn4"
    assert raw_of(bad)
