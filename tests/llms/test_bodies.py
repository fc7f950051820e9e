"""What is sent is what each wire format wants, and what comes back is counted once."""

import json
from decimal import Decimal
from typing import Any

import pytest

from llms.straight import Pairs, a_request
from lorewright.llms import Message, Request, Stop, Usage, anthropic_messages, openai_chat, shape_of
from lorewright.llms.openai_chat import Dialect
from lorewright.llms.said_shapes import INTRODUCTION

AT_HOME = Dialect(is_vendors=False)


def turns(*said: tuple[str, str], marked: int = 0) -> Request:
    """A request with the first `marked` messages at the end of a prefix."""
    messages = tuple(
        Message("user" if role == "user" else "assistant", text, ends_prefix=number < marked)
        for number, (role, text) in enumerate(said)
    )
    return Request(messages, 100)


def openai_said(**choice: Any) -> bytes:
    body: dict[str, Any] = {"choices": [choice], "model": "m"}
    return json.dumps(body).encode()


def test_openai_joins_what_one_side_says_in_a_row() -> None:
    body = openai_chat.body_of(
        turns(("user", "a"), ("user", "b"), ("assistant", "c"), ("user", "d")), "m", Dialect()
    )

    assert body["messages"] == [
        {"role": "user", "content": "a\n\nb"},
        {"role": "assistant", "content": "c"},
        {"role": "user", "content": "d"},
    ]


def test_anthropic_takes_them_as_blocks_of_one_turn_and_marks_what_it_may_cache() -> None:
    request = Request(
        (
            Message("system", "s"),
            Message("user", "material", ends_prefix=True),
            Message("user", "task"),
        ),
        100,
    )

    body = anthropic_messages.body_of(request, "m")

    assert body["system"] == [{"type": "text", "text": "s"}]
    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "material", "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": "task"},
            ],
        }
    ]


def test_anthropic_is_never_given_more_than_four_marks_and_keeps_the_longest_prefixes() -> None:
    body = anthropic_messages.body_of(turns(*[("user", str(n)) for n in range(6)], marked=6), "m")

    marked = [block["text"] for block in body["messages"][0]["content"] if "cache_control" in block]
    assert marked == ["2", "3", "4", "5"]


def test_each_means_is_asked_for_as_the_protocol_has_it() -> None:
    schema = shape_of(Pairs).schema
    openai = {
        means: openai_chat.body_of(a_request(means=means), "m", Dialect())
        for means in ("schema", "tool", "json", "prose")
    }
    anthropic = {
        means: anthropic_messages.body_of(a_request(means=means), "m")
        for means in ("schema", "tool", "prose")
    }

    form = openai["schema"]["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"] == {"name": "Pairs", "strict": True, "schema": schema}
    assert openai["tool"]["tool_choice"] == {"type": "function", "function": {"name": "Pairs"}}
    assert openai["tool"]["tools"][0]["function"]["parameters"] == schema
    assert openai["json"]["response_format"] == {"type": "json_object"}
    assert "response_format" not in openai["prose"]
    assert anthropic["schema"]["output_config"] == {
        "format": {"type": "json_schema", "schema": schema}
    }
    assert anthropic["tool"]["tool_choice"] == {"type": "tool", "name": "Pairs"}
    assert anthropic["tool"]["tools"] == [{"name": "Pairs", "input_schema": schema}]


def test_a_shape_is_said_in_words_where_nobody_else_shows_it_to_the_model() -> None:
    at_home = openai_chat.body_of(a_request(), "m", AT_HOME)
    at_the_vendors = openai_chat.body_of(a_request(), "m", Dialect())
    by_asking = anthropic_messages.body_of(a_request(means="prose"), "m")

    assert INTRODUCTION in at_home["messages"][0]["content"]
    assert INTRODUCTION not in json.dumps(at_the_vendors["messages"])
    assert INTRODUCTION in by_asking["system"][0]["text"]


def test_a_temperature_is_only_sent_when_there_is_one() -> None:
    with_one = openai_chat.body_of(a_request(temperature=Decimal("0.5")), "m", AT_HOME)
    without = openai_chat.body_of(a_request(), "m", Dialect())

    assert with_one["temperature"] == 0.5
    assert with_one["max_tokens"] == 2048
    assert "temperature" not in without
    assert without["max_completion_tokens"] == 2048


def test_cached_tokens_are_counted_apart_from_the_others() -> None:
    body = json.loads(openai_said(message={"content": "a"}, finish_reason="stop"))
    details = {"cached_tokens": 70}
    usage = {"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": details}
    openai = openai_chat.reply_of(json.dumps({**body, "usage": usage}).encode(), None)
    said = {
        "content": [{"type": "text", "text": "a"}],
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 30,
            "output_tokens": 5,
            "cache_read_input_tokens": 60,
            "cache_creation_input_tokens": 10,
        },
    }
    anthropic = anthropic_messages.reply_of(json.dumps(said).encode(), None)

    assert openai.usage == Usage(30, 5, cache_read=70)
    assert anthropic.usage == Usage(30, 5, cache_read=60, cache_write=10)


def test_a_server_that_counts_nothing_is_taken_to_have_used_a_token_for_four_characters() -> None:
    request = Request((Message("user", "x" * 400),), 100)

    reply = openai_chat.reply_of(
        openai_said(message={"content": "y" * 40}, finish_reason="stop"), request
    )

    assert reply.usage == Usage(100, 10)


@pytest.mark.parametrize(
    ("message", "finish", "text", "stop"),
    [
        ({"content": "a"}, "stop", "a", Stop.END),
        ({"content": "a"}, "length", "a", Stop.LENGTH),
        ({"content": None}, "content_filter", "", Stop.FILTERED),
        ({"content": None, "refusal": "no"}, "stop", "no", Stop.REFUSED),
        ({"content": "a"}, None, "a", Stop.OTHER),
        ({"content": [{"type": "text", "text": "a"}, {"text": "b"}]}, "stop", "ab", Stop.END),
        ({"tool_calls": [{"function": {"arguments": "{}"}}]}, "tool_calls", "{}", Stop.END),
        ({"content": "a", "reasoning_content": "hm"}, "stop", "a", Stop.END),
    ],
)
def test_a_reply_of_openai_is_read(
    message: dict[str, Any], finish: str | None, text: str, stop: Stop
) -> None:
    reply = openai_chat.reply_of(openai_said(message=message, finish_reason=finish), None)

    assert (reply.text, reply.stop) == (text, stop)


@pytest.mark.parametrize(
    ("content", "reason", "text", "stop"),
    [
        ([{"type": "text", "text": "a"}], "end_turn", "a", Stop.END),
        ([{"type": "text", "text": "a"}], "stop_sequence", "a", Stop.END),
        ([{"type": "text", "text": "a"}], "max_tokens", "a", Stop.LENGTH),
        ([{"type": "text", "text": "no"}], "refusal", "no", Stop.REFUSED),
        ([{"type": "text", "text": "a"}], "pause_turn", "a", Stop.OTHER),
        ([{"type": "thinking"}, {"type": "text", "text": "a"}], "end_turn", "a", Stop.END),
        ([{"type": "tool_use", "input": {"b": 1}}], "tool_use", '{"b": 1}', Stop.END),
        ([], "end_turn", "", Stop.END),
    ],
)  # fmt: skip
def test_a_reply_of_anthropic_is_read(
    content: list[dict[str, Any]], reason: str, text: str, stop: Stop
) -> None:
    body = json.dumps({"content": content, "stop_reason": reason, "model": "m"}).encode()

    reply = anthropic_messages.reply_of(body, None)

    assert (reply.text, reply.stop, reply.raw, reply.model) == (text, stop, body, "m")
