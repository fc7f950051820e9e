"""The way to a server holds whatever the server does."""

import asyncio
import json
from collections.abc import Callable, Iterable

import pytest

from llms.hostile import RawServer, bomb, http
from llms.straight import PROTOCOLS, a_chat, a_chat_at, a_request, fault_of, with_server
from lorewright.errors import BadReply, EndpointError, ModelError
from lorewright.llms.endpoint import Endpoint
from lorewright.llms.http import MOST_BYTES, Http
from lorewright.llms.loopback import Loopback, Rehearsal
from lorewright.llms.refusals import LONGEST_SAID

SAID = b'{"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]}'
STREAM = b'data: {"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}\n\n'


def outcome(answers: Iterable[bytes], *, stream: bool = False) -> str:
    """What comes of a call to a server that answers like this."""

    async def put() -> str:
        async with RawServer(answers) as server:
            chat = a_chat_at("openai", server.url, stream=stream, timeout_s=2)
            try:
                return (await chat.complete(a_request())).text
            except (ModelError, EndpointError) as error:
                return f"{fault_of(error)}: {error.sentence}"
            finally:
                await chat.close()

    return asyncio.run(put())


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (http(SAID), "a"),
        (http(SAID, length=len(SAID) + 9), "cut_off: "),
        (b"", "cut_off: "),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "server: what answers there does not speak HTTP"),
        (http(b""), "not_json: "),
        (bomb(12), "too_long: the server's answer is longer than 8 MB"),
        (http(b"[]"), "other_protocol: "),
        (http(b'{"choices": "none"}'), "other_protocol: "),
        (http(SAID, "Content-Encoding: gzip"), "cut_off: "),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"cho\r\n', "cut_off: "),
        (http(b"", "Location: http://localhost:1/", status="302 Found"), "endpoint: "),
        (http(b"<h1>Gone fishing</h1>", status="502 Bad"), "server: the server failed (502)"),
        (http(b'{"error": "no"}', status="418 I am a teapot"), "bad_request: "),
        (http(b'{"detail": [{"loc": ["body"]}]}', status="422 Odd"), "bad_request: "),
        (http(b'{"error": "model \'x\' not found"}', status="404 Not Found"), "endpoint: "),
    ],
)  # fmt: skip
def test_whatever_a_server_answers_has_a_name(answer: bytes, end: str) -> None:
    assert outcome([answer]).startswith(end)


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (STREAM, "a"),
        (STREAM + b"data: [DONE]\n\n", "a"),
        (STREAM.replace(b"\n", b"\r\n"), "a"),
        (b": keep-alive\n\n" + STREAM, "a"),
        (STREAM[:30], "cut_off: the stream stopped before its end"),
        (STREAM.replace(b'"stop"', b"null"), "cut_off: "),
        (b"data: {]\n\n" + STREAM, "not_json: "),
        (SAID, "a"),
    ],
)
def test_a_stream_is_a_reply_only_when_it_has_its_end(body: bytes, end: str) -> None:
    assert outcome([http(body)], stream=True).startswith(end)


def test_the_words_of_a_server_are_cut_and_stand_on_one_line() -> None:
    said = "\x1b[31mno\n\n\tway " * 500

    told = outcome([http(json.dumps({"error": {"message": said}}).encode(), status="400 No")])

    assert len(told) < LONGEST_SAID + 100
    assert told.isprintable()


def test_an_answer_that_is_too_long_is_refused_while_it_is_read_and_its_beginning_kept() -> None:
    async def put(server: Loopback) -> BadReply:
        chat = a_chat("openai", server)
        with pytest.raises(BadReply) as caught:
            await chat.complete(a_request())
        await chat.close()
        return caught.value

    error = with_server(Rehearsal(script=["huge"]), put)

    assert error.raw.startswith(b'{"id"')
    assert len(error.raw) < MOST_BYTES


def test_connections_are_kept_and_no_more_are_opened_than_allowed() -> None:
    async def put(server: Loopback) -> int:
        way = Http(Endpoint(server.url), {}, at_once=3)
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "a"}]}).encode()
        await asyncio.gather(*(way.post("/chat/completions", body) for _ in range(12)))
        await way.close()
        return server.counts.peak

    assert with_server(Rehearsal(latency_ms=10), put) == 3


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_call_that_is_given_up_ends_the_servers_work_too(protocol: str) -> None:
    async def put(server: Loopback) -> int:
        chat = a_chat(protocol, server)
        call = asyncio.create_task(chat.complete(a_request()))
        await until(lambda: server.counts.now == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await chat.close()
        await until(lambda: server.counts.now == 0)
        return sum(server.counts.answered.values())

    assert with_server(Rehearsal(script=["slow"]), put) == 0


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what the server does in its own time."""
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - a count tells nobody when it changes
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (http(b"one\ntwo\n\nthree"), ["one", "two", "", "three"]),
        (http(b"one\ntwo", length=99), "cut_off"),
        (http(b"", status="500 No"), "no_file"),
        (bomb(9), "too_long"),
    ],
)
def test_lines_come_one_by_one_or_say_that_they_are_not_all(
    answer: bytes, end: str | list[str]
) -> None:
    async def put() -> str | list[str]:
        async with RawServer([answer]) as server:
            way = Http(Endpoint(server.url), {}, timeout_s=2)
            try:
                return [line.decode() async for line in way.lines("/files/1/content")]
            except ModelError as error:
                return error.fault
            finally:
                await way.close()

    assert asyncio.run(put()) == end


def test_a_vendors_certificate_is_checked() -> None:
    """A server that does not speak TLS cannot prove who it is."""

    async def put() -> str:
        async with RawServer([http(SAID)]) as server:
            chat = a_chat_at("openai", server.url.replace("http:", "https:"), timeout_s=2)
            try:
                await chat.complete(a_request())
            except EndpointError as error:
                return error.sentence
            finally:
                await chat.close()
        return "nothing was wrong"

    assert "prove who it is" in asyncio.run(put())
