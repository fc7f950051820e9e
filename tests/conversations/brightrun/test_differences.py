"""Whatever two training files say otherwise is named with its place, and nothing else."""

from decimal import Decimal
from pathlib import Path

import pytest

from conversations.brightrun.written_talks import ABOUT, a_complete, write_json, write_lines
from lorewright.conversations.brightrun.differences import (
    NOTHING,
    Difference,
    differences,
    unlike_records,
)
from lorewright.conversations.brightrun.writing_totals import About
from lorewright.conversations.complete import Complete

TALK = ("user", "assistant", "user", "assistant")


def told_otherwise(one: Complete, at: int, **changes: object) -> Complete:
    turns = list(one.content.turns)
    turns[at] = turns[at].model_copy(update=changes)
    return one._replace(content=one.content.model_copy(update={"turns": tuple(turns)}))


def test_the_order_of_conversations_and_the_numbers_of_the_file_do_not_count(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    write_json(first, [a_complete(1), a_complete(2)])
    write_json(second, [a_complete(2), a_complete(1)], About("other", version=9))

    assert differences(first, second) == []


@pytest.mark.parametrize(
    ("changes", "field", "before", "after"),
    [
        ({"text": "No."}, "turns[1].text", '"assistant says 2"', '"No."'),
        ({"quality_score": None}, "turns[1].quality_score", "4", "null"),
        ({"empathy": Decimal("4.50")}, "turns[1].empathy", "4.5", "4.50"),
        ({"pair_id": "x"}, "turns[1].pair_id", '"b1-2"', '"x"'),
        ({"valence": "mixed"}, "turns[1].valence", '"positive"', '"mixed"'),
        ({"emotion": None}, "turns[1].emotion", None, "null"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_changed_turn_is_named_with_both_values(
    tmp_path: Path, changes: dict[str, object], field: str, before: str | None, after: str
) -> None:
    one = a_complete(1, *TALK)
    first, second = tmp_path / "a.json", tmp_path / "b.jsonl"
    write_json(first, [one])
    write_lines(second, [told_otherwise(one, 1, **changes)])
    (found,) = differences(first, second)

    assert (found.conversation, found.field, found.second) == ("balanced-7-0001", field, after)
    assert before is None or found.first == before


def test_conversations_that_one_file_lacks_are_named(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    write_json(first, [a_complete(1), a_complete(2)])
    write_json(second, [a_complete(2), a_complete(3)])

    assert differences(first, second) == [
        Difference("balanced-7-0001", "", "a conversation", NOTHING),
        Difference("balanced-7-0003", "", NOTHING, "a conversation"),
    ]


def test_another_consultant_is_a_difference_of_the_head(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.jsonl"
    write_json(first, [a_complete(1)], About("x", consultant={"name": "Ada", "years": 3}))
    write_lines(second, [a_complete(1)], About("x", consultant={"name": "Bo", "years": 3}))

    assert differences(first, second) == [
        Difference("", "consultant_profile.name", '"Ada"', '"Bo"')
    ]


def test_what_cannot_be_read_in_one_file_is_a_difference(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    write_json(first, [a_complete(1)])
    second.write_bytes(first.read_bytes()[:-30])
    found = differences(first, second)

    assert {one.conversation for one in found} >= {"balanced-7-0001"}


def test_a_file_is_compared_with_records_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, [a_complete(1), a_complete(2)], ABOUT)
    other = a_complete(2, human_reviewed=False)

    assert list(unlike_records(path, [a_complete(1), other])) == [
        Difference("balanced-7-0002", "human_reviewed", "true", "false")
    ]
    assert list(unlike_records(path, [a_complete(1)])) == [
        Difference("balanced-7-0002", "", "a conversation", NOTHING)
    ]
    assert list(unlike_records(path, [a_complete(1), a_complete(2), a_complete(3)])) == [
        Difference("balanced-7-0003", "", NOTHING, "a conversation")
    ]
