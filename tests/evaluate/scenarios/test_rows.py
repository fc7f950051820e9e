"""Files are read row by row: what cannot be used is told, and hinders nothing else."""

import json

import pytest

from evaluate.scenarios.drafts import a_row, lines_of
from lorewright.errors import Unreadable
from lorewright.evaluate.scenarios import BadRow, Row, rows_in


def bad(content: bytes, name: str) -> list[tuple[int, str]]:
    return [(one.number, one.reason) for one in rows_in(content, name) if isinstance(one, BadRow)]


def good(content: bytes, name: str) -> list[int]:
    return [one.number for one in rows_in(content, name) if isinstance(one, Row)]


def test_lines_are_read_one_by_one_and_a_broken_one_is_told() -> None:
    content = lines_of(a_row()) + b"\n{broken\n[1]\n" + lines_of(a_row())

    assert good(content, "a.jsonl") == [1, 5]
    assert bad(content, "a.jsonl") == [(3, "not_json"), (4, "not_an_object")]


def test_a_separator_of_lines_within_a_string_ends_no_line() -> None:
    content = json.dumps({"message": "one\u2028two"}, ensure_ascii=False).encode()

    assert good(content, "a.jsonl") == [1]


@pytest.mark.parametrize("whole", [[{"id": "a"}, 7], {"scenarios": [{"id": "a"}, 7], "by": "us"}])
def test_a_list_stands_alone_or_under_its_name(whole: object) -> None:
    content = json.dumps(whole).encode()

    assert good(content, "a.json") == [1]
    assert bad(content, "a.json") == [(2, "not_an_object")]


def test_a_table_is_read_by_its_header() -> None:
    content = b'\xef\xbb\xbfID, Message ,\na,"one, two",\n\nb,\'=three,,\nc,four,,x\n'
    rows = [one for one in rows_in(content, "a.csv") if isinstance(one, Row)]

    assert [dict(one.values) for one in rows] == [
        {"id": "a", "message": "one, two"},
        {"id": "b", "message": "=three"},
    ]
    assert bad(content, "a.csv") == [(3, "not_a_row")]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.jsonl", "empty"),
        (b" \n\n", "a.csv", "empty"),
        (b"\xff\xd8\xff\xe0", "a.jsonl", "not UTF-8"),
        (b"PK\x03\x04\x00\x00", "a.csv", "no text"),
        (b"{", "a.json", "no JSON"),
        (b"[" * 100_000, "a.json", "no JSON"),
        (b"[]", "a.json", "no list"),
        (b'{"a": 1}', "a.json", "no list"),
        (b"id,id\na,b\n", "a.csv", "two columns"),
        (b"text", "a.docx", r"\.jsonl, \.json or \.csv"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_says_why(content: bytes, name: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as caught:
        list(rows_in(content, name))

    assert caught.value.where == name
