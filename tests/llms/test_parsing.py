"""Answers are forgiven their form; a part of one is never taken for the whole."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from lorewright.errors import BadReply
from lorewright.llms import Reply, Stop, Usage, parsed

TEXTS = st.text(max_size=12) | st.sampled_from(
    ['a } b"}', "it's {", "]}", '\\"}', "```", "</think>"]
)


class Loose(BaseModel):
    """The most forgiving shape there is: everything may be left out, anything may be added."""

    model_config = ConfigDict(extra="allow")

    name: str = ""
    inner: "list[Loose]" = []


class Said(BaseModel):
    """One text."""

    model_config = ConfigDict(extra="forbid")

    said: str


LEAF = st.fixed_dictionaries({"name": TEXTS, "more": TEXTS | st.integers()})
LOOSE = st.fixed_dictionaries({"name": TEXTS, "inner": st.lists(LEAF, max_size=2), "more": TEXTS})


def reply(text: str, stop: Stop = Stop.END) -> Reply:
    return Reply(text, stop, Usage(), raw=text.encode())


def dressed(text: str, dress: str) -> str:
    return dress.replace("@", text)


DRESSES = st.sampled_from(
    ["@", "```json\n@", "Here you are:\n@", '<think>{"a": 1}</think>@', "[1] @"]
)


@settings(max_examples=40)
@given(LOOSE, DRESSES, st.sampled_from([None, 2]))
def test_no_part_of_an_answer_is_ever_taken_for_the_whole(
    answer: dict[str, Any], dress: str, indent: int | None
) -> None:
    whole = json.dumps(answer, ensure_ascii=False, indent=indent)

    for cut in range(len(whole)):
        with pytest.raises(BadReply):
            parsed(reply(dressed(whole[:cut], dress)), Loose)


@settings(max_examples=40)
@given(
    LOOSE, st.sampled_from(["@", "```json\n@\n```", "So:\n\n@\n\nThat is it [all].", "\ufeff@\n"])
)
def test_a_whole_answer_is_read_through_whatever_stands_around(
    answer: dict[str, Any], dress: str
) -> None:
    whole = json.dumps(answer, ensure_ascii=False)

    assert parsed(reply(dressed(whole, dress)), Loose) == Loose.model_validate(answer)


@given(st.text(max_size=200) | st.text(alphabet="{}[]\",:\\ 'a1", max_size=40))
def test_no_text_makes_the_parser_fail_in_another_way(text: str) -> None:
    with suppress(BadReply):
        parsed(reply(text), Said)


@given(st.text(alphabet="ab ,.", min_size=1))
def test_what_python_writes_is_understood(text: str) -> None:
    assert parsed(reply(repr({"said": text})), Said) == Said(said=text)


@pytest.mark.parametrize(
    "text",
    [
        '{"said": "a", "said_too": "b"}',
        '{"said": "one"} or {"said": "another"}',
        '[{"said": "one"}, {"said": "another"}]',
        '{"outer": {"said": "inner"}}',
        '{"outer": {"said": "inner"},}',
        '{"said": "one" /* or two */}',
        "said: one",
        '{"said": "half a \\ud83d character"}',
        '{"said": 5}',
        "{'said': {1, 2}}",
    ],
)
def test_what_could_be_meant_otherwise_is_refused(text: str) -> None:
    with pytest.raises(BadReply):
        parsed(reply(text), Said)


def test_the_same_answer_given_twice_is_one_answer() -> None:
    assert parsed(reply('{"said": "a"}\n\n```json\n{"said": "a"}\n```'), Said) == Said(said="a")


@pytest.mark.parametrize(
    ("stop", "fault"),
    [
        (Stop.LENGTH, "truncated"),
        (Stop.REFUSED, "refused"),
        (Stop.FILTERED, "filtered"),
        (Stop.OTHER, "unfinished"),
    ],
)
def test_a_reply_that_did_not_end_by_itself_is_never_read(stop: Stop, fault: str) -> None:
    with pytest.raises(BadReply) as caught:
        parsed(reply('{"said": "whole all the same"}', stop), Said)

    assert caught.value.fault == fault


@pytest.mark.parametrize("text", ["[" * 100_000, "{" * 100_000, '{"said":' * 5_000, "{'" * 50_000])
def test_depth_without_end_is_refused(text: str) -> None:
    with pytest.raises(BadReply):
        parsed(reply(text), Said)


def test_an_answer_longer_than_any_can_be_is_refused_unread() -> None:
    with pytest.raises(BadReply, match="2,000,0"):
        parsed(reply(f'{{"said": "{"a" * 2_000_000}"}}'), Said)


def test_what_is_wrong_is_said_place_by_place_for_the_model() -> None:
    with pytest.raises(BadReply, match=r"said: field required; sad: extra inputs"):
        parsed(reply('{"sad": 1}'), Said)
