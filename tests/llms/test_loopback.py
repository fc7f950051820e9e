"""The rehearsal answers in shape, out of the words it is given, and the same every time."""

import asyncio
import json
import math
import statistics
import urllib.request
from importlib.resources import files
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from llms.straight import PASSAGE, PROTOCOLS, Pairs, a_chat, a_request, with_server
from lorewright.errors import ModelError, UsageError
from lorewright.llms import Message, Request, fenced, parsed, shape_of
from lorewright.llms.endpoint import Endpoint
from lorewright.llms.loopback import Loopback, Rehearsal, in_background, in_process
from lorewright.llms.openai import OpenAiModel

HANDBOOK = files("lorewright.samples").joinpath("handbook.md").read_text(encoding="utf-8")
CHUNKS = [HANDBOOK[at : at + 2500] for at in range(0, len(HANDBOOK), 2500)]


class Everything(BaseModel):
    """A field of each kind that verbs ask for."""

    title: str = Field(max_length=40)
    summary: str = Field(min_length=200, max_length=400)
    evidence: list[str] = Field(min_length=2)
    tone: Literal["calm", "stern"]
    level: int = Field(ge=2, le=4)
    score: int = Field(ge=1, le=10)
    share: float = Field(ge=0, le=1)
    pii_flag: bool
    unsupported: list[str]
    audience: str | None
    slug: str = Field(pattern="^[a-z0-9_]+$")
    terms: list[str] = Field(min_length=3, max_length=5)


class Judged(BaseModel):
    id: str
    score: int = Field(ge=1, le=10)


class Judgements(BaseModel):
    judged: list[Judged]


class Relation(BaseModel):
    first_quotes: list[str] = Field(min_length=1)
    second_quotes: list[str] = Field(min_length=1)


def a_question(shape: type[BaseModel], said: str) -> Request:
    return Request((Message("user", said),), 4096, shape_of(shape), "schema")


def texts(rehearsal: Rehearsal, *requests: Request, protocol: str = "openai") -> list[str]:
    """What the rehearsal says to each request, one after the other."""

    async def put(server: Loopback) -> list[str]:
        chat = a_chat(protocol, server)
        said = [(await chat.complete(request)).text for request in requests]
        await chat.close()
        return said

    return with_server(rehearsal, put)


@pytest.mark.parametrize("number", range(8))
def test_every_kind_of_field_is_filled_within_its_bounds(number: int) -> None:
    request = a_question(Everything, f"The passage:\n\n{fenced(PASSAGE)}\n\n({number})")

    value = Everything.model_validate_json(texts(Rehearsal(), request)[0])

    assert all(quote in PASSAGE for quote in value.evidence)
    assert value.score >= 7
    assert value.unsupported == []


def test_quotes_stand_in_the_passage_whatever_else_the_prompt_brings_along() -> None:
    surroundings = "What stands before the passage:\n\n" + fenced("Nothing to do with it. " * 40)
    asked = "Already asked:\n\n" + fenced("What is a fund? Who sells in a panic, and why so?")
    said = f"{surroundings}\n\nThe passage:\n\n{fenced(PASSAGE)}\n\n{asked}\n\nWrite 4 pairs."

    value = Pairs.model_validate_json(texts(Rehearsal(), a_question(Pairs, said))[0])

    assert len(value.pairs) == 4
    assert all(quote in PASSAGE for pair in value.pairs for quote in pair.quotes)


def test_of_two_passages_each_is_quoted_for_itself() -> None:
    other = "The nurse opens the window twice a day. Fresh air costs nothing and cures much."
    said = f"The first passage:\n\n{fenced(PASSAGE)}\n\nThe second passage:\n\n{fenced(other)}"

    value = Relation.model_validate_json(texts(Rehearsal(), a_question(Relation, said))[0])

    assert value.first_quotes[0] in PASSAGE
    assert value.second_quotes[0] in other


def test_every_part_of_a_task_is_answered_under_its_name() -> None:
    said = f"Judge.\n\n## Example a7\n\n{fenced(PASSAGE)}\n\n## Example b9\n\nMore."

    value = Judgements.model_validate_json(texts(Rehearsal(), a_question(Judgements, said))[0])

    assert [one.id for one in value.judged] == ["a7", "b9"]


def test_lines_that_ask_for_a_form_get_it() -> None:
    wanted = "1. `apply`: a\n2. `define`: b\n3. `apply`: c"
    said = f"The passage:\n\n{fenced(PASSAGE)}\n\nWrite 3 pairs:\n\n{wanted}"

    value = Pairs.model_validate_json(texts(Rehearsal(), a_question(Pairs, said))[0])

    assert [pair.form for pair in value.pairs] == ["apply", "define", "apply"]


def test_the_sample_handbook_gives_more_than_two_hundred_different_questions() -> None:
    requests = [a_request(chunk, f"Write pairs. ({draw})") for chunk in CHUNKS for draw in range(4)]

    said = texts(Rehearsal(), *requests)

    pairs = [pair for text in said for pair in Pairs.model_validate_json(text).pairs]
    questions = {pair.question for pair in pairs}
    assert len(questions) > 200
    assert len(questions) > 0.97 * len(pairs)
    assert all(any(quote in chunk for chunk in CHUNKS) for pair in pairs for quote in pair.quotes)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_same_seed_says_the_same_and_another_one_something_else(protocol: str) -> None:
    one, again, other = (
        texts(Rehearsal(seed=seed), a_request(), protocol=protocol) for seed in (1, 1, 2)
    )

    assert one == again
    assert one != other


def test_means_do_not_change_what_kind_of_answer_comes() -> None:
    requests = [a_request(means=means) for means in ("schema", "tool", "json", "prose")]

    assert all(Pairs.model_validate_json(text).pairs for text in texts(Rehearsal(), *requests))


def test_lengths_are_drawn_log_normal() -> None:
    requests = [
        Request((Message("user", f"{fenced(HANDBOOK)}\n({number})"),), 100_000)
        for number in range(120)
    ]

    said = texts(Rehearsal(typical_tokens=200, spread=0.5), *requests)

    logarithms = [math.log(len(text) / 4) for text in said]
    assert abs(statistics.mean(logarithms) - math.log(215)) < 0.2
    assert 0.35 < statistics.stdev(logarithms) < 0.65


def test_an_answer_that_needs_more_tokens_than_it_may_have_is_cut() -> None:
    async def put(server: Loopback) -> str:
        chat = a_chat("anthropic", server)
        reply = await chat.complete(a_request(max_tokens=16))
        await chat.close()
        return reply.stop

    assert with_server(Rehearsal(), put) == "length"


def test_faults_befall_the_share_of_calls_that_was_said_and_pass() -> None:
    async def put(server: Loopback) -> tuple[dict[str, int], int]:
        chat = a_chat("openai", server)
        left = [a_request(task=str(number)) for number in range(200)]
        while left:
            failed: list[Request] = []
            for request in left:
                try:
                    parsed(await chat.complete(request), Pairs)
                except ModelError:
                    failed.append(request)
            left = failed
        await chat.close()
        return dict(server.counts.faults), server.counts.paid_again

    rehearsal = Rehearsal(faults={"rate_limited": 0.1, "reset_mid_body": 0.05}, retry_after_s=0)

    faults, paid_again = with_server(rehearsal, put)

    assert paid_again == faults["reset_mid_body"]
    assert 10 < faults["rate_limited"] < 40
    assert 2 < faults["reset_mid_body"] < 25


@pytest.mark.parametrize(
    "faults", [{"no_such_fault": 0.1}, {"slow": 0.6, "huge": 0.6}, {"slow": -1}]
)
def test_faults_that_cannot_be_are_refused(faults: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Rehearsal(faults=faults)


def test_what_was_paid_for_twice_is_counted() -> None:
    async def put(server: Loopback) -> dict[str, Any]:
        chat = a_chat("openai", server)
        for task in ("one", "two", "one"):
            await chat.complete(a_request(task=task))
        await chat.close()
        return server.counts.told()

    told = with_server(Rehearsal(), put)

    assert (told["calls"], told["answers"], told["paid_again"]) == (3, 3, 1)
    assert told["paths"] == {"/v1/chat/completions": 3}
    assert told["tokens"]["output"] > 0


def test_a_program_without_an_event_loop_can_have_it_in_the_background() -> None:
    with in_background(Rehearsal()) as server:
        chat = OpenAiModel("any", Endpoint(server.url))

        async def put() -> str:
            reply = await chat.complete(a_request())
            await chat.close()
            return reply.model

        assert asyncio.run(put()) == "loopback"
        assert sum(server.counts.answered.values()) == 1


def test_it_can_be_served_by_a_process_of_its_own() -> None:
    with in_process("--seed", "7", "--fault", "refusal=1") as url:
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "a"}]}).encode()
        address = f"{url}/chat/completions"
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            said = json.load(response)
        with urllib.request.urlopen(url.replace("/v1", "/counts"), timeout=30) as response:
            counts = json.load(response)

    assert said["model"] == "loopback"
    assert said["choices"][0]["message"]["refusal"]
    assert counts["faults"] == {"refusal": 1}
