"""Other vendors by way of Pydantic AI, tried with the stand-ins that it ships."""

import asyncio
import json

import pytest
from pydantic_ai.exceptions import ModelHTTPError, UnexpectedModelBehavior
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.test import TestModel as Stand
from pydantic_ai.usage import RequestUsage

from llms.straight import PURPOSE, Pairs, StraightAsker, a_prompt, a_request
from lorewright.errors import BadReply, BadSettings, EndpointError, LorewrightError, ModelError
from lorewright.llms import Stop, Usage, ask, parsed
from lorewright.llms.models import open_model
from lorewright.llms.pydantic_ai import PydanticAiModel
from lorewright.settings import TeacherSettings

PAIR = {"form": "define", "question": "What?", "answer": "That.", "quotes": ["Save a tenth."]}
PAIRS = json.dumps({"pairs": [PAIR, PAIR]})


def a_vendor(response: ModelResponse | Exception) -> tuple[PydanticAiModel, list[AgentInfo]]:
    """A vendor that answers one thing, and what it was asked for."""
    seen: list[AgentInfo] = []

    def answer(_messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        seen.append(info)
        if isinstance(response, Exception):
            raise response
        return response

    return PydanticAiModel(FunctionModel(answer), "vendor:m"), seen


def test_an_answer_is_held_to_the_schema_and_counted() -> None:
    usage = RequestUsage(
        input_tokens=100, cache_read_tokens=60, cache_write_tokens=10, output_tokens=7
    )
    said = ModelResponse(parts=[TextPart(PAIRS)], usage=usage, finish_reason="stop")
    chat, seen = a_vendor(said)

    reply = asyncio.run(chat.complete(a_request()))

    assert parsed(reply, Pairs).pairs
    assert reply.usage == Usage(30, 7, 60, 10)
    assert seen[0].model_request_parameters.output_mode == "native"
    assert reply.raw


def test_an_answer_by_tool_is_its_arguments() -> None:
    chat, seen = a_vendor(ModelResponse(parts=[ToolCallPart("Pairs", json.loads(PAIRS))]))

    reply = asyncio.run(chat.complete(a_request(means="tool")))

    assert parsed(reply, Pairs).pairs
    assert [tool.name for tool in seen[0].output_tools] == ["Pairs"]


def test_a_question_goes_all_the_way_through() -> None:
    chat, _ = a_vendor(ModelResponse(parts=[TextPart(PAIRS)]))

    answer = asyncio.run(ask(StraightAsker(chat), a_prompt(), Pairs, PURPOSE))

    assert len(answer.value.pairs) == 2


def test_its_own_stand_in_can_be_opened_by_name() -> None:
    chat = open_model(TeacherSettings(model="pydantic_ai:test"))

    reply = asyncio.run(chat.complete(a_request(shape=None, means="prose")))

    assert reply.stop is Stop.END
    assert reply.text


def test_what_it_can_do_is_what_its_profile_says() -> None:
    assert PydanticAiModel(Stand(), "test").can.means == ("tool", "prose")
    assert a_vendor(ModelResponse(parts=[]))[0].can.means == ("schema", "tool", "prose")


@pytest.mark.parametrize(
    ("reason", "stop"),
    [("length", Stop.LENGTH), ("content_filter", Stop.FILTERED), ("error", Stop.OTHER)],
)
def test_how_an_answer_ended_is_kept(reason: str, stop: Stop) -> None:
    said = ModelResponse(parts=[TextPart("a")], finish_reason=reason)  # pyright: ignore[reportArgumentType] - from a table

    assert asyncio.run(a_vendor(said)[0].complete(a_request())).stop is stop


@pytest.mark.parametrize(
    ("error", "kind", "fault"),
    [
        (ModelHTTPError(429, "m", {"error": "slow down"}), ModelError, "rate_limited"),
        (ModelHTTPError(500, "m", "broken"), ModelError, "server"),
        (ModelHTTPError(401, "m", {"error": "no"}), EndpointError, None),
        (ModelHTTPError(400, "m", {"error": "json_schema?"}), ModelError, "shape_unsupported"),
        (UnexpectedModelBehavior("odd", "body"), BadReply, "other_protocol"),
    ],
)
def test_what_goes_wrong_is_told_in_our_own_words(
    error: Exception, kind: type[LorewrightError], fault: str | None
) -> None:
    chat, _ = a_vendor(error)

    with pytest.raises(kind) as caught:
        asyncio.run(chat.complete(a_request()))

    assert getattr(caught.value, "fault", None) == fault
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", ["no-such-vendor:m", "nonsense"])
def test_a_vendor_that_there_is_not_is_an_error(name: str) -> None:
    with pytest.raises(EndpointError, match="cannot open"):
        open_model(TeacherSettings(model=f"pydantic_ai:{name}"))


def test_settings_that_it_would_not_heed_are_refused() -> None:
    with pytest.raises(BadSettings, match="url"):
        open_model(TeacherSettings(model="pydantic_ai:test", url="http://localhost:1"))
