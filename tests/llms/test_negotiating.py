"""A server that cannot be held to a shape one way is held to it another way."""

import asyncio

import pytest

from llms.straight import (
    PROTOCOLS,
    PURPOSE,
    Pairs,
    StraightAsker,
    a_chat,
    a_prompt,
    a_request,
    with_server,
)
from lorewright.errors import ModelError
from lorewright.llms import ask, parsed
from lorewright.llms.loopback import Loopback, Rehearsal
from lorewright.llms.negotiating import Negotiating


@pytest.mark.parametrize(
    ("lacks", "taken"),
    [
        ((), "schema"),
        (("schema",), "tool"),
        (("schema", "tool"), "json"),
        (("schema", "tool", "json"), "prose"),
    ],
)
def test_the_strictest_means_that_the_server_takes_is_found_once(
    lacks: tuple[str, ...], taken: str
) -> None:
    async def put(server: Loopback) -> tuple[str, int, int]:
        chat = Negotiating(a_chat("openai", server))
        for task in ("one", "two", "three"):
            parsed(await chat.complete(a_request(task=task)), Pairs)
        await chat.close()
        return (
            chat.means_for("Pairs"),
            sum(server.counts.asked.values()),
            sum(server.counts.answered.values()),
        )

    means, tried, answered = with_server(Rehearsal(lacks=frozenset(lacks)), put)

    assert means == taken
    assert tried == 3 + len(lacks)
    assert answered == 3


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_name_of_a_request_does_not_change_with_what_is_found_out(protocol: str) -> None:
    async def put(server: Loopback) -> tuple[bytes, bytes]:
        chat = Negotiating(a_chat(protocol, server))
        asker = StraightAsker(chat)
        first = await ask(asker, a_prompt(), Pairs, PURPOSE)
        second = await ask(asker, a_prompt(), Pairs, PURPOSE)
        await chat.close()
        return first.calls[0], second.calls[0]

    first, second = with_server(Rehearsal(lacks=frozenset({"schema"})), put)

    assert first == second


def test_calls_under_way_together_find_out_the_same() -> None:
    async def put(server: Loopback) -> str:
        chat = Negotiating(a_chat("openai", server))
        requests = [a_request(task=str(number)) for number in range(8)]
        replies = await asyncio.gather(*map(chat.complete, requests))
        await chat.close()
        assert all(parsed(reply, Pairs) for reply in replies)
        return chat.means_for("Pairs")

    rehearsal = Rehearsal(lacks=frozenset({"schema", "tool"}), latency_ms=5)

    assert with_server(rehearsal, put) == "json"


def test_another_fault_is_no_reason_to_step_down() -> None:
    async def put(server: Loopback) -> str:
        chat = Negotiating(a_chat("openai", server))
        with pytest.raises(ModelError, match="something is off"):
            await chat.complete(a_request())
        await chat.close()
        return chat.means_for("Pairs")

    assert with_server(Rehearsal(script=["bad_request"]), put) == "schema"


def test_when_no_means_is_left_the_last_refusal_is_told() -> None:
    async def put(server: Loopback) -> None:
        chat = Negotiating(a_chat("anthropic", server))
        try:
            await chat.complete(a_request(means="tool"))
        finally:
            await chat.close()

    rehearsal = Rehearsal(script=["no_schema_support", "no_schema_support"])

    with pytest.raises(ModelError) as caught:
        with_server(rehearsal, put)

    assert caught.value.fault == "bad_request"
