"""Wherever a file is cut or broken, the conversations around are found letter by letter."""

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conversations.brightrun.made import a_file, a_member, in_lines, written
from lorewright.conversations.brightrun import Found, Unusable, conversations_in
from lorewright.errors import Unreadable

LIMIT = 1 << 20

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.lists(st.dictionaries(TEXT, JSON, max_size=4), min_size=1, max_size=6)
SPACES = st.sampled_from([None, 1, 2, "\t"])


def found_in(text: bytes, name: str = "talks.json", limit: int = LIMIT) -> list[Found | Unusable]:
    with tempfile.TemporaryDirectory() as folder:
        return list(conversations_in(written(Path(folder), text, name), limit=limit))


def texts_in(found: list[Found | Unusable]) -> list[str]:
    return [one.raw for one in found if isinstance(one, Found)]


@given(MEMBERS, SPACES)
def test_every_member_is_cut_out_letter_by_letter(
    members: list[dict[str, object]], indent: int | str | None
) -> None:
    text = json.dumps({"conversations": members, "x": ["]}"]}, indent=indent, ensure_ascii=False)
    found = found_in(text.encode())
    texts = texts_in(found)

    assert len(texts) == len(found)
    assert [json.loads(one) for one in texts] == members
    assert all(one in text for one in texts)


@given(MEMBERS, st.data())
def test_no_member_before_a_cut_is_lost(
    members: list[dict[str, object]], data: st.DataObject
) -> None:
    text = json.dumps({"head": {"a": 1}, "conversations": members}, ensure_ascii=False).encode()
    parts = [json.dumps(one, ensure_ascii=False).encode() for one in members]
    begin = text.index(b'"conversations": [') + len(b'"conversations": [')
    cut = data.draw(st.integers(begin, len(text)))
    ends: list[int] = []
    at = begin
    for part in parts:
        ends.append(at + len(part))
        at += len(part) + 2
    whole = sum(end <= cut for end in ends)

    texts = texts_in(found_in(text[:cut]))

    assert [one.encode() for one in texts[:whole]] == parts[:whole]
    assert len(texts) <= whole + 1


@given(
    st.binary(max_size=400) | TEXT.map(str.encode) | JSON.map(lambda one: json.dumps(one).encode())
)
def test_no_bytes_are_too_odd(content: bytes) -> None:
    for text in (
        content,
        b'{"conversations": [' + content,
        b'{"conversations": [' + content + b"]}",
    ):
        for name in ("talks.json", "talks.jsonl"):
            try:
                found = found_in(text, name)
            except Unreadable as error:
                assert error.where  # noqa: PT017 - either way is right
            else:
                assert all(one.place.line >= 1 for one in found)


@given(st.data())
def test_damage_in_one_conversation_hides_no_other(data: st.DataObject) -> None:
    members = [a_member(f"talk-{number:04}", turns=2) for number in range(4)]
    text = a_file(*members)
    which = data.draw(st.integers(0, 2))
    begin = text.index(f'"conversation_id": "talk-{which:04}"')
    end = text.index(f'"conversation_id": "talk-{which + 1:04}"') - 90
    at = data.draw(st.integers(begin + 60, end))
    harm = data.draw(st.sampled_from(["", '"', "{", "}", "]", "["]))
    harmed = text[:at] + harm + text[at + 1 :]

    texts = texts_in(found_in(harmed.encode()))

    others = [f"talk-{at:04}" for at in range(4) if at != which]
    unharmed = [json.loads(text) for text in texts if any(name in text for name in others)]
    assert unharmed == [one for at, one in enumerate(members) if at != which]


def test_strings_larger_than_what_is_read_at_once_are_passed_over() -> None:
    long = '\\"}]{[' * 100_000
    text = f'{{"conversations":[{{"a":"{long}"}},{{"b":1}}]}}'

    assert texts_in(found_in(text.encode(), limit=10 << 20)) == [f'{{"a":"{long}"}}', '{"b":1}']


@given(st.data())
def test_no_line_before_a_cut_is_lost(data: st.DataObject) -> None:
    text = in_lines(*(a_member(f"talk-{number:04}", turns=2) for number in range(4))).encode()
    lines = text.splitlines(keepends=True)
    cut = data.draw(st.integers(len(lines[0]) + len(lines[1]), len(text)))
    whole = text[:cut].count(b"\n") - 1

    found = found_in(text[:cut], "talks.jsonl")

    assert len(texts_in(found)) >= whole
    assert all(isinstance(one, Found) or one.reason == "invalid_json" for one in found)
