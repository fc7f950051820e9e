"""Many calls at once: every one comes back with an answer or with what went wrong."""

import asyncio
import time
from pathlib import Path

import pytest

from llms.hostile import RawServer, http
from llms.straight import PROTOCOLS, Pairs, a_chat, a_chat_at, a_request, with_server
from lorewright.errors import LorewrightError, ModelError, UsageError
from lorewright.llms import Reply, parsed
from lorewright.llms.batches import BatchModel, BatchProgress, BatchState, ListedBatch
from lorewright.llms.loopback import Loopback, Rehearsal
from lorewright.llms.models import open_batches
from lorewright.settings import TeacherSettings

Results = dict[str, Reply | ModelError]


async def through(batches: BatchModel, count: int = 4) -> tuple[list[BatchProgress], Results]:
    """A batch from its beginning to its end, and how it went."""
    requests = [a_request(task=f"Write pairs. ({number})") for number in range(count)]
    batch = await batches.submit([(one.fingerprint.hex(), one) for one in requests])
    seen = [await batches.poll(batch)]
    while seen[-1].state is not BatchState.ENDED:
        seen.append(await batches.poll(batch))
    return seen, {known_as: one async for known_as, one in batches.results(batch)}


def run(protocol: str, rehearsal: Rehearsal, count: int = 4) -> tuple[list[BatchProgress], Results]:
    async def put(server: Loopback) -> tuple[list[BatchProgress], Results]:
        batches = a_chat(protocol, server).batches()
        try:
            return await through(batches, count)
        finally:
            await batches.close()

    return with_server(rehearsal, put)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_call_of_a_batch_is_answered_under_its_own_id(protocol: str) -> None:
    seen, results = run(protocol, Rehearsal(batch_polls=3))

    assert [one.state for one in seen] == [BatchState.RUNNING, BatchState.RUNNING, BatchState.ENDED]
    assert seen[-1] == BatchProgress(BatchState.ENDED, 4, 4, 0)
    wanted = {a_request(task=f"Write pairs. ({number})").fingerprint.hex() for number in range(4)}
    assert set(results) == wanted
    for reply in results.values():
        assert isinstance(reply, Reply)
        assert parsed(reply, Pairs).pairs
        assert reply.usage.output > 0
        assert reply.raw


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_batch_gives_the_answer_that_a_call_would_have_given(protocol: str) -> None:
    async def alone(server: Loopback) -> Reply:
        chat = a_chat(protocol, server)
        reply = await chat.complete(a_request(task="Write pairs. (0)"))
        await chat.close()
        return reply

    _, results = run(protocol, Rehearsal(answers=lambda asked: f'"{asked.prompt[-5:]}"'), 1)
    single = with_server(Rehearsal(answers=lambda asked: f'"{asked.prompt[-5:]}"'), alone)

    (batched,) = results.values()
    assert isinstance(batched, Reply)
    assert (batched.text, batched.stop, batched.model) == (single.text, single.stop, single.model)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_fails_in_a_batch_says_why_and_harms_no_other(protocol: str) -> None:
    script = [None, "overloaded", "wrong_key", "bad_request"]

    seen, results = run(protocol, Rehearsal(script=script))

    assert seen[-1][1:4] == (4, 1, 3)
    ends = [one.fault if isinstance(one, ModelError) else "right" for one in results.values()]
    assert sorted(ends) == ["bad_request", "overloaded", "refused_call", "right"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_cancelled_batch_gives_what_was_done_and_says_what_was_not(protocol: str) -> None:
    async def put(server: Loopback) -> tuple[BatchProgress, Results]:
        batches = a_chat(protocol, server).batches()
        requests = [(f"call-{number}", a_request(task=str(number))) for number in range(4)]
        batch = await batches.submit(requests)
        await batches.cancel(batch)
        under_way = await batches.poll(batch)
        while (await batches.poll(batch)).state is not BatchState.ENDED:
            pass
        results = {known_as: one async for known_as, one in batches.results(batch)}
        await batches.close()
        return under_way, results

    under_way, results = with_server(Rehearsal(batch_polls=2), put)

    assert under_way.state is BatchState.CANCELLING
    assert len(results) == 4
    ends = [one.fault if isinstance(one, ModelError) else "right" for one in results.values()]
    assert sorted(ends) == ["canceled", "canceled", "right", "right"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_results_that_are_not_there_yet_cannot_be_fetched(protocol: str) -> None:
    async def put(server: Loopback) -> Results:
        batches = a_chat(protocol, server).batches()
        try:
            batch = await batches.submit([("one", a_request())])
            return {known_as: one async for known_as, one in batches.results(batch)}
        finally:
            await batches.close()

    with pytest.raises(ModelError, match="has not ended") as caught:
        with_server(Rehearsal(batch_polls=5), put)

    assert caught.value.again


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_batch_that_nobody_knows_is_an_error(protocol: str) -> None:
    async def put(server: Loopback) -> BatchProgress:
        batches = a_chat(protocol, server).batches()
        try:
            return await batches.poll("batch_of_another_account")
        finally:
            await batches.close()

    with pytest.raises(LorewrightError, match="404"):
        with_server(Rehearsal(), put)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_batch_that_is_too_large_is_not_handed_over(protocol: str) -> None:
    async def put(server: Loopback) -> dict[str, int]:
        batches = a_chat(protocol, server).batches()
        too_many = [("one", a_request())] * (batches.most_requests + 1)
        with pytest.raises(ModelError, match="too large"):
            await batches.submit(too_many)
        await batches.close()
        return dict(server.counts.paths)

    assert with_server(Rehearsal(), put) == {}


def test_batches_are_opened_by_the_settings() -> None:
    async def put(server: Loopback) -> Results:
        settings = TeacherSettings(model="openai:any", url=server.url)
        batches = open_batches(settings)
        _, results = await through(batches, 2)
        await batches.close()
        return results

    assert len(with_server(Rehearsal(), put)) == 2


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_whether_a_batch_was_taken_is_not_guessed(protocol: str) -> None:
    upload = [http(b'{"id": "file-1"}')] if protocol == "openai" else []
    answers = [*upload, http(b'{"id": "bat', length=99)]

    async def put() -> str:
        async with RawServer(answers) as server:
            batches = a_chat_at(protocol, server.url).batches()
            with pytest.raises(ModelError) as caught:
                await batches.submit([("one", a_request())])
            await batches.close()
            return caught.value.fault

    assert asyncio.run(put()) == "unsure"


def test_a_model_without_batches_says_so(tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.touch()

    with pytest.raises(UsageError, match="in batches"):
        open_batches(TeacherSettings(model=f"replay:{answers}"))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_batch_is_found_in_the_list_of_the_account(protocol: str) -> None:
    async def put(server: Loopback) -> tuple[str, list[ListedBatch]]:
        batches = a_chat(protocol, server).batches()
        await batches.submit([("one", a_request())])
        known_as = await batches.submit([("one", a_request()), ("two", a_request())], mark="mark-2")
        listed = await batches.listed()
        await batches.close()
        return known_as, listed

    known_as, listed = with_server(Rehearsal(), put)

    newest, other = listed
    assert (newest.known_as, newest.total, other.total) == (known_as, 2, 1)
    assert [one.mark for one in listed] == (
        ["mark-2", ""] if protocol == "openai" else [None, None]
    )
    assert abs(newest.at - time.time()) < 60
