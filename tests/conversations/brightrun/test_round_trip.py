"""What is written is read back exactly, and what is repaired once stays so."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings

from builders import a_recipe
from conversations.brightrun.written_talks import (
    ABOUT,
    CLEAN,
    assert_valid_v4,
    several,
    write,
    write_json,
    write_lines,
)
from lorewright.conversations.brightrun.differences import differences, unlike_records
from lorewright.conversations.brightrun.found import Found
from lorewright.conversations.brightrun.reading import identity_of, read_v4
from lorewright.conversations.brightrun.reading_files import conversations_in
from lorewright.conversations.brightrun.writing import TrainingJson, TrainingLines
from lorewright.conversations.complete import Complete
from lorewright.conversations.enriching import enrich
from lorewright.records import Conversation, RawForm

LIMIT = 8_000_000
RECIPE = a_recipe("enrich").ref
SOURCE = a_recipe("import").ref


def corpus() -> Path:
    place = os.environ.get("LOREWRIGHT_CORPUS")
    return Path(place) if place else Path(__file__).parents[3].parent / "shared" / "corpus"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round-trip")


def is_answered(one: Complete) -> bool:
    return any(turn.role == "assistant" for turn in one.content.turns)


def read_again(path: Path) -> Iterator[Complete]:
    """A file as import and the five stages take it in."""
    for found in conversations_in(path, limit=LIMIT):
        assert isinstance(found, Found)
        identity = identity_of(found.raw)
        conversation = Conversation(
            conversation_id=identity.conversation_id,
            scaffold=identity.scaffold,
            form=RawForm.V4,
            raw=found.raw,
            teacher=identity.teacher,
            is_control=identity.is_control,
            made_from=(SOURCE,),
        )
        enrichment = enrich(conversation, recipe=RECIPE, read=read_v4)
        assert enrichment.content is not None, enrichment.issues
        yield Complete(conversation, enrichment.ref, enrichment.content)


@settings(max_examples=20)
@given(several())
def test_a_json_file_says_what_the_records_say(folder: Path, talks: list[Complete]) -> None:
    path = write(folder / "any.json", TrainingJson(ABOUT), talks)

    assert not list(unlike_records(path, talks))


@settings(max_examples=20)
@given(several())
def test_lines_say_what_the_records_say(folder: Path, talks: list[Complete]) -> None:
    answered = [one for one in talks if is_answered(one)]
    assume(answered)
    path = write(folder / "any.jsonl", TrainingLines(ABOUT), answered)

    assert not list(unlike_records(path, answered))


@settings(max_examples=20)
@given(several())
def test_json_and_lines_say_the_same(folder: Path, talks: list[Complete]) -> None:
    answered = [one for one in talks if is_answered(one)]
    assume(answered)
    as_json = write(folder / "same.json", TrainingJson(ABOUT), answered)
    in_lines = write(folder / "same.jsonl", TrainingLines(ABOUT), answered)

    assert not differences(as_json, in_lines)


@settings(max_examples=20)
@given(several(CLEAN))
def test_what_is_imported_again_is_the_same_enrichment(folder: Path, talks: list[Complete]) -> None:
    answered = [one for one in talks if is_answered(one)]
    as_json = write(folder / "again.json", TrainingJson(ABOUT), talks)
    in_lines = write(folder / "again.jsonl", TrainingLines(ABOUT), answered)

    for path, before in ((as_json, talks), (in_lines, answered)):
        after = list(read_again(path))
        assert [one.content for one in after] == [one.content for one in before]
        assert [one.conversation.teacher for one in after] == [
            one.conversation.teacher for one in before
        ]


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["EQ-12-conversations-demo.json", "EQ-12-conversations-demo.jsonl"]
)
def test_a_real_file_is_repaired_once_and_then_stays(tmp_path: Path, name: str) -> None:
    source = corpus() / "eq12" / name
    if not source.is_file():
        pytest.skip("the corpus folder is not beside the project")
    talks = list(read_again(source))
    first, lines = tmp_path / "first.json", tmp_path / "first.jsonl"
    assert_valid_v4(write_json(first, talks))
    write_lines(lines, talks)
    again, again_lines = tmp_path / "again.json", tmp_path / "again.jsonl"
    write_json(again, read_again(first))
    write_lines(again_lines, read_again(lines))

    assert len(talks) == 12
    assert not list(unlike_records(first, talks))
    assert not list(unlike_records(lines, talks))
    assert not differences(first, again)
    assert not differences(first, again_lines)
    assert not [text for one in talks for turn in one.content.turns for text in [turn.text]
                if "\\n" in text]  # fmt: skip
