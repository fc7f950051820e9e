"""What all records share: a name from their content, and no way to change."""

import copy
import hashlib
import json
import pickle
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from builders import a_blob, a_chunk, a_recipe, a_source
from every_kind import one_of_each_kind
from lorewright.errors import BadRecord
from lorewright.lineage import Ref
from lorewright.records import KINDS, MOST_PARENTS, Chunk, Collection, Record, Source

each_kind = pytest.mark.parametrize("record", one_of_each_kind(), ids=lambda one: one.kind)

texts = st.text(st.characters(codec="utf-8"))
keys = st.text(st.characters(codec="ascii"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(keys, parts, max_size=4),
    max_leaves=12,
)


class Note(Record):
    """A record whose shape has changed once: schema 1 called its text `words`."""

    kind: ClassVar[str] = "note"
    schema_number: ClassVar[int] = 2
    is_origin: ClassVar[bool] = True

    text: str

    @classmethod
    def upcast(cls, schema: int, content: dict[str, Any]) -> dict[str, Any]:
        return {"text": content["words"]} if schema == 1 else super().upcast(schema, content)


def body_of(kind: str, schema: int, content: Any) -> bytes:
    return json.dumps(
        {"content": content, "kind": kind, "made_from": [], "schema": schema},
        separators=(",", ":"),
    ).encode()


def test_there_is_one_of_each_kind() -> None:
    assert [record.kind for record in one_of_each_kind()] == sorted(KINDS)


@each_kind
def test_a_name_is_the_hash_of_the_stored_bytes(record: Record) -> None:
    assert record.ref == f"{record.kind}:{hashlib.sha256(record.body).hexdigest()}"


@each_kind
def test_the_stored_bytes_hold_kind_schema_content_and_parents(record: Record) -> None:
    stored = json.loads(record.body)

    assert stored.keys() == {"kind", "schema", "content", "made_from"}
    assert (stored["kind"], stored["schema"]) == (record.kind, record.schema_number)
    assert stored["made_from"] == list(record.made_from)
    assert "made_from" not in stored["content"]


@each_kind
def test_a_record_can_be_read_back(record: Record) -> None:
    again = type(record).from_body(record.body)

    assert again == record
    assert again.ref == record.ref
    assert list(again.cited_blobs()) == list(record.cited_blobs())


@each_kind
def test_a_record_that_was_read_writes_the_same_bytes(record: Record) -> None:
    again = type(record).from_body(record.body)

    assert again.model_copy().body == record.body


@each_kind
def test_a_record_survives_pickling_and_copying(record: Record) -> None:
    assert pickle.loads(pickle.dumps(record)).ref == record.ref
    assert copy.deepcopy(record).ref == record.ref


@each_kind
def test_a_record_takes_no_change_and_no_unknown_field(record: Record) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        record.made_from = ()
    with pytest.raises(ValidationError, match=r"[Ee]xtra"):
        record.model_copy(update={"surprise": 1})


@given(st.dictionaries(keys, json_values, max_size=5))
def test_equal_content_has_an_equal_name(settings: dict[str, Any]) -> None:
    turned_round = a_recipe().model_copy(update={"settings": dict(reversed(settings.items()))})
    recipe = a_recipe().model_copy(update={"settings": settings})

    assert recipe == turned_round
    assert recipe.ref == turned_round.ref
    assert type(recipe).from_body(recipe.body) == recipe


@given(texts, texts)
def test_other_content_has_another_name(one: str, other: str) -> None:
    assert (one == other) == (a_source(file_name=one).ref == a_source(file_name=other).ref)


def test_a_decimal_of_another_precision_is_other_content() -> None:
    exact, rough = (a_chunk().model_copy(update={"confidence": c}) for c in ("0.90", "0.9"))

    assert exact.ref != rough.ref
    assert exact != rough
    assert hash(exact) == hash(exact.model_copy()) != hash(rough)


def test_another_parent_makes_another_name() -> None:
    chunk = a_chunk()
    also = chunk.model_copy(update={"made_from": (*chunk.made_from, a_recipe().ref)})

    assert also.ref != chunk.ref


def test_a_changed_copy_is_named_anew_and_checked_again() -> None:
    chunk = a_chunk()
    old = chunk.ref

    assert chunk.model_copy(update={"ordinal": 2}).ref != old
    with pytest.raises(ValidationError, match="at least one character"):
        chunk.model_copy(update={"end": 0})


def test_only_what_comes_from_the_world_has_no_parents() -> None:
    assert a_source().made_from == ()
    with pytest.raises(ValidationError, match="must say what it was made from"):
        a_chunk().model_copy(update={"made_from": ()})


def test_more_parents_than_64_need_a_collection() -> None:
    parents = tuple(Ref("chunk", f"{number:064x}") for number in range(MOST_PARENTS + 1))

    assert Collection(member_kind="chunk", count=64, made_from=parents[:MOST_PARENTS]).ref
    with pytest.raises(ValidationError, match="at most 64"):
        Collection(member_kind="chunk", count=65, made_from=parents)


def test_a_number_with_a_fraction_has_no_place_in_a_record() -> None:
    recipe = a_recipe().model_copy(update={"settings": {"rate": 0.5}})

    with pytest.raises(BadRecord, match="fraction"):
        _ = recipe.ref


@pytest.mark.parametrize("confidence", ["NaN", "Infinity", "1.01", "-0.01", "0.123"])
def test_a_decimal_must_be_a_number_in_its_range(confidence: str) -> None:
    with pytest.raises(ValidationError, match="confidence"):
        a_chunk().model_copy(update={"confidence": confidence})


def test_a_record_of_an_older_schema_is_read_in_todays_shape_and_keeps_its_name() -> None:
    old = body_of("note", 1, {"words": "hello"})

    note = Note.from_body(old)

    assert note.text == "hello"
    assert note.body == old
    assert note.ref.id == hashlib.sha256(old).hexdigest()
    assert note.ref != Note(text="hello").ref


def test_a_record_of_a_newer_schema_says_what_to_do() -> None:
    with pytest.raises(BadRecord, match="schema 3 cannot be read") as caught:
        Note.from_body(body_of("note", 3, {"text": "hello"}))

    assert caught.value.hint == "install a newer Lorewright"


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"[]", b"7", b'"text"', b"{}", body_of("source", 1, 7),
     body_of("source", 1, None)],
)  # fmt: skip
def test_bytes_that_are_no_record_are_refused(body: bytes) -> None:
    with pytest.raises(BadRecord, match="cannot be read"):
        Source.from_body(body)


def test_a_record_of_another_kind_is_refused() -> None:
    with pytest.raises(BadRecord, match="a source stands where a chunk is expected"):
        Chunk.from_body(a_source().body)


def test_a_record_of_another_shape_is_refused_in_one_line() -> None:
    content = {
        "file_name": "a.md",
        "media_type": "text/plain",
        "content": {"sha256": "no", "size": 1},
    }

    with pytest.raises(BadRecord, match=r"content.sha256") as caught:
        Source.from_body(body_of("source", 1, content))

    assert "\n" not in caught.value.sentence


def test_most_records_cite_no_blobs() -> None:
    assert list(a_recipe().cited_blobs()) == []
    assert list(a_source().cited_blobs()) == [a_source().content]
    assert a_blob(b"abc").size == 3
