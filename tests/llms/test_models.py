"""From the settings to a chat model."""

import asyncio

import pytest

from llms.straight import Pairs, a_request, with_server
from lorewright import plugins
from lorewright.errors import BadSettings, ModelError, NotYet
from lorewright.llms import Reply, parsed
from lorewright.llms.loopback import Loopback, Rehearsal
from lorewright.llms.models import open_model
from lorewright.settings import TeacherSettings


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_server_is_asked_as_the_settings_say(provider: str) -> None:
    async def put(server: Loopback) -> tuple[Reply, dict[str, int]]:
        settings = TeacherSettings(model=f"{provider}:some/model:latest", url=server.url)
        chat = open_model(settings)
        reply = await chat.complete(a_request())
        await chat.close()
        assert chat.record.name == "some/model:latest"
        return reply, dict(server.counts.paths)

    reply, paths = with_server(Rehearsal(names=("some/model:latest",)), put)

    assert parsed(reply, Pairs).pairs
    assert reply.model == "loopback"
    assert sum(paths.values()) == 1


def test_every_plug_in_that_comes_along_can_be_loaded() -> None:
    names = plugins.names("chat_models")

    assert {"anthropic", "openai", "pydantic_ai", "replay"} <= set(names)
    assert all(plugins.load("chat_models", name).from_settings for name in names)


def test_without_a_model_there_is_nobody_to_ask() -> None:
    with pytest.raises(NotYet, match="no language model"):
        open_model(TeacherSettings())


def test_a_plug_in_that_there_is_not_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(BadSettings, match="'opanai'") as caught:
        open_model(TeacherSettings(model="opanai:gpt"))

    assert "openai" in str(caught.value.hint)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://localhost:9"])
def test_a_server_that_is_not_there_is_down_and_worth_another_try(url: str) -> None:
    async def put() -> None:
        chat = open_model(TeacherSettings(model="openai:any", url=url, timeout_s=5))
        try:
            await chat.complete(a_request())
        finally:
            await chat.close()

    with pytest.raises(ModelError) as caught:
        asyncio.run(put())

    assert caught.value.fault == "down"
    assert caught.value.again
    assert caught.value.where == url.removesuffix("/v1")


def test_a_chat_model_can_be_used_again_in_another_event_loop_once_it_was_closed() -> None:
    chats: list[object] = []

    async def put(server: Loopback) -> None:
        chat = open_model(TeacherSettings(model="openai:any", url=server.url))
        chats.append(chat)
        await chat.complete(a_request())
        await chat.close()
        await chat.complete(a_request())
        await chat.close()
        await chat.close()

    with_server(Rehearsal(), put)
