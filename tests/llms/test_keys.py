"""A key goes to the server it is for, and nowhere else."""

import asyncio
import logging
import pickle
import traceback
from urllib.parse import urlsplit

import pytest

from llms.straight import PROTOCOLS, a_chat, a_request, asked, with_server
from lorewright.errors import EndpointError, LorewrightError
from lorewright.llms import Reply
from lorewright.llms.anthropic import AnthropicModel
from lorewright.llms.endpoint import Endpoint, endpoint_of
from lorewright.llms.loopback import FAULTS, Loopback, Rehearsal
from lorewright.llms.models import open_model
from lorewright.llms.openai import VENDOR, OpenAiModel
from lorewright.settings import TeacherSettings

KEY = "sk-planted-0123456789"


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("fault", [*FAULTS, None])
def test_a_key_stands_in_no_error_no_log_and_no_reply(
    fault: str | None, protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rehearsal = Rehearsal(script=[fault])
    timeout_s = 0.2 if fault == "slow" else 20.0

    async def put(server: Loopback) -> Reply | LorewrightError:
        chat = a_chat(protocol, server, key=KEY, timeout_s=timeout_s)
        assert KEY not in repr(chat) + repr(vars(chat)["_http"].endpoint)
        try:
            return await chat.complete(a_request())
        except LorewrightError as error:
            return error
        finally:
            await chat.close()

    result = with_server(rehearsal, put)

    told = repr(result)
    if isinstance(result, LorewrightError):
        told += "".join(traceback.format_exception(result))
        told += repr([vars(one) for one in chain_of(result)])
    else:
        told += repr(result.raw)
    assert KEY not in told
    assert KEY not in caplog.text


def chain_of(error: BaseException | None) -> list[BaseException]:
    """An error and all that led to it, as a debugger would follow them."""
    return [] if error is None else [error, *chain_of(error.__cause__ or error.__context__)]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_right_key_opens(protocol: str) -> None:
    assert asked(protocol, Rehearsal(key=KEY), key=KEY).value.pairs


@pytest.mark.parametrize("kind", [AnthropicModel, OpenAiModel])
def test_a_vendor_without_a_key_names_the_variable(
    kind: type[AnthropicModel | OpenAiModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = "ANTHROPIC_API_KEY" if kind is AnthropicModel else "OPENAI_API_KEY"
    monkeypatch.delenv(variable, raising=False)

    with pytest.raises(EndpointError, match=variable):
        kind.from_settings(TeacherSettings(), "any")


def test_a_server_of_ones_own_is_not_sent_the_vendors_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    own = TeacherSettings(url="http://localhost:8000/v1")

    assert endpoint_of(own, VENDOR) == Endpoint("http://localhost:8000/v1")
    assert endpoint_of(TeacherSettings(), VENDOR).key == KEY


def test_a_server_of_ones_own_is_sent_the_key_that_is_named_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_KEY", f" {KEY}\n")
    own = TeacherSettings(url="http://localhost:8000", key_variable="MY_KEY")

    endpoint = endpoint_of(own, VENDOR)

    assert endpoint.key == KEY
    assert endpoint.url == "http://localhost:8000/v1"


def test_a_named_variable_that_is_empty_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", " ")
    own = TeacherSettings(url="http://localhost:8000", key_variable="MY_KEY")

    with pytest.raises(EndpointError, match="MY_KEY"):
        endpoint_of(own, VENDOR)


def test_a_key_that_could_smuggle_a_header_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a\r\nX-Evil: 1")

    with pytest.raises(EndpointError, match="can be no key") as caught:
        endpoint_of(TeacherSettings(), VENDOR)

    assert "Evil" not in str(caught.value)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_redirect_is_not_followed(protocol: str) -> None:
    async def put(server: Loopback) -> dict[str, int]:
        chat = a_chat(protocol, server, key=KEY)
        with pytest.raises(EndpointError, match="another address"):
            await chat.complete(a_request())
        await chat.close()
        return dict(server.counts.paths)

    assert sum(with_server(Rehearsal(script=["redirect"]), put).values()) == 1


def test_a_record_names_the_server_and_nothing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    settings = TeacherSettings(
        model="openai:qwen3", url="http://localhost:8000/v1", key_variable="MY_KEY"
    )

    chat = open_model(settings)

    assert chat.record.endpoint == "http://localhost:8000"
    assert urlsplit(chat.record.endpoint).path == ""
    assert KEY.encode() not in pickle.dumps(chat.record)
    asyncio.run(chat.close())
