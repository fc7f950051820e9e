"""What a file as a whole may be, and what is said of each stretch of it that cannot be used."""

import json
from pathlib import Path

import pytest

from conversations.brightrun.made import a_file, a_member, in_lines, raw_of, written
from lorewright.conversations.brightrun import (
    REASONS,
    Found,
    Unusable,
    conversations_in,
    head_of,
    is_in_lines,
)
from lorewright.errors import Unreadable
from lorewright.records import RawForm

LIMIT = 1 << 20
MEMBERS = tuple(a_member(f"talk-{number:04}", turns=2) for number in range(3))


def read(path: Path, limit: int = LIMIT) -> list[Found | Unusable]:
    return list(conversations_in(path, limit=limit))


def unusable(path: Path, limit: int = LIMIT) -> list[Unusable]:
    return [one for one in read(path, limit) if isinstance(one, Unusable)]


def texts(path: Path, limit: int = LIMIT) -> list[str]:
    return [one.raw for one in read(path, limit) if isinstance(one, Found)]


@pytest.mark.parametrize("begin", ["", "\ufeff", " \n\t"])
def test_a_mark_of_byte_order_and_blanks_before_a_file_are_passed_over(
    begin: str, tmp_path: Path
) -> None:
    whole = written(tmp_path, begin + a_file(*MEMBERS))
    lines = written(tmp_path, begin + in_lines(*MEMBERS), "talks.jsonl")

    assert [json.loads(one) for one in texts(whole)] == list(MEMBERS)
    assert len(texts(lines)) == 3
    assert head_of(whole).metadata["file_name"] == head_of(lines).metadata["file_name"] == "talks"


def test_lines_are_known_by_their_suffix_or_by_their_first_key(tmp_path: Path) -> None:
    assert is_in_lines(written(tmp_path, in_lines(*MEMBERS), "talks.json"))
    assert is_in_lines(written(tmp_path, "{}", "talks.ndjson"))
    assert not is_in_lines(written(tmp_path, a_file(*MEMBERS), "talks.json"))


@pytest.mark.parametrize("form", [RawForm.V4, RawForm.V5])
def test_the_version_is_what_the_head_says_wherever_it_stands(
    form: RawForm, tmp_path: Path
) -> None:
    value = json.loads(a_file(*MEMBERS, form=form))
    behind = {"conversations": value.pop("conversations"), **value, "extra": 1}
    assert head_of(written(tmp_path, a_file(*MEMBERS, form=form))).form is form
    head = head_of(written(tmp_path, json.dumps(behind)))

    assert head.form is form
    assert head.other == ("extra",)
    assert (
        head_of(
            written(tmp_path, in_lines(*MEMBERS, head={"format_spec": form.value}), "t.jsonl")
        ).form
        is form
    )


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "talks.json", "it is empty"),
        (b"", "talks.jsonl", "it is empty"),
        (b"\n\n", "talks.jsonl", "none of its lines is a training pair"),
        (b'{"messages": []}\n', "talks.jsonl", "none of its lines is a training pair"),
        (b"[1, 2]", "talks.json", "no list called conversations"),
        (b'{"conversations": {}}', "talks.json", "no list called conversations"),
        (b'{"x": {"conversations": []}}', "talks.json", "no list called conversations"),
        (b"%PDF-1.7", "talks.json", "no list called conversations"),
        (a_file(*MEMBERS).encode("utf-16"), "talks.json", "not in UTF-8"),
        (a_file(*MEMBERS).encode("utf-16-le"), "talks.json", "not in UTF-8"),
        (in_lines(*MEMBERS).encode("utf-32"), "talks.jsonl", "not in UTF-8"),
    ],
)
def test_what_is_no_training_file_is_told_with_what_helps(
    content: bytes, name: str, said: str, tmp_path: Path
) -> None:
    path = written(tmp_path, content, name)
    with pytest.raises(Unreadable, match=said) as caught:
        head_of(path)

    assert caught.value.where == str(path)
    assert caught.value.hint


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        read(tmp_path / "gone.json")


def test_a_conversation_knows_its_lines_in_the_file(tmp_path: Path) -> None:
    text = a_file(*MEMBERS)
    for path in (written(tmp_path, text), written(tmp_path, in_lines(*MEMBERS), "talks.jsonl")):
        lines = path.read_text().splitlines()
        for one in read(path):
            assert isinstance(one, Found)
            for number, line in enumerate(one.raw.splitlines(), start=1):
                if "current_user_input" in line:
                    assert line.strip().rstrip(",") in lines[one.line(number) - 1]


def test_lines_that_lie_apart_are_put_together(tmp_path: Path) -> None:
    members = [a_member(name) for name in ("talk-0001", "talk-0002")]
    head, *lines = in_lines(*members).splitlines()
    mixed = [head, lines[0], lines[3], lines[1], lines[4], lines[2], lines[5]]
    found = read(written(tmp_path, "\n".join(mixed), "talks.jsonl"))

    assert [
        len(json.loads(one.raw)["training_pairs"]) for one in found if isinstance(one, Found)
    ] == [3, 3]
    assert [one.line(9) for one in found if isinstance(one, Found)] == [2, 3]


def test_ids_that_repeat_do_not_join_two_conversations(tmp_path: Path) -> None:
    other = a_member()
    for pair in other["training_pairs"]:
        for turn in pair["conversation_history"][:1]:
            turn["content"] = "Quite another beginning."
        if not pair["conversation_history"]:
            pair["current_user_input"] = "Quite another beginning."

    assert len(texts(written(tmp_path, in_lines(a_member(), other), "talks.jsonl"))) == 2


def test_every_stretch_that_is_no_conversation_is_told(tmp_path: Path) -> None:
    good = raw_of(MEMBERS[0])
    latin = good.replace("roof", "d\u00e4ch").encode("latin-1")
    head = b'{"conversations": [\n'
    cases = {
        "no_conversation": head + good.encode() + b', 7, "x", ' + good.encode() + b"]}",
        "no_utf8": head + latin + b",\n" + good.encode() + b"]}",
        "cut_off": head + good.encode() + b",\n",
        "too_large": head
        + good.encode()
        + b', {"a": "'
        + b"x" * 9000
        + b'"}, '
        + good.encode()
        + b"]}",
    }
    for reason, content in cases.items():
        path = written(tmp_path, content)
        (told,) = unusable(path, limit=8000)
        assert told.reason == reason
        assert told.detail
        assert set(texts(path, limit=8000)) == {good}
    behind = unusable(written(tmp_path, head + good.encode() + b"]}]"))
    assert [one.reason for one in behind] == ["no_conversation"]


def test_every_line_that_is_no_pair_is_told(tmp_path: Path) -> None:
    head, first, second, third = in_lines(*MEMBERS).encode().splitlines()
    lines = (
        head, b"{broken", first, b"[1]", b'{"a": 1}', second, b"\xff\xfe", b" ",
        b'{"target_response": "' + b"x" * 20_000 + b'"}', third,
    )  # fmt: skip
    path = written(tmp_path, b"\n".join(lines), "talks.jsonl")
    told = unusable(path, limit=8000)

    assert [(one.place.line, one.reason) for one in told] == [
        (2, "invalid_json"),
        (4, "no_pair"),
        (5, "no_pair"),
        (7, "invalid_json"),
        (9, "too_large"),
    ]
    assert len(texts(path, limit=8000)) == 3


def test_a_conversation_of_many_lines_may_be_too_large_as_a_whole(tmp_path: Path) -> None:
    path = written(tmp_path, in_lines(a_member("talk-0009"), MEMBERS[1]), "talks.jsonl")
    (told,) = unusable(path, limit=5000)

    assert (told.reason, told.place.line) == ("too_large", 2)
    assert len(texts(path, limit=5000)) == 1


def test_reasons_are_named() -> None:
    assert {"too_large", "no_conversation", "cut_off", "no_utf8", "invalid_json", "no_pair"} < set(
        REASONS
    )
