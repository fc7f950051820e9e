"""Calls in batches: gathered, handed over once whatever happens, and given out one by one."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from decimal import Decimal
from typing import TypeVar

import pytest

from builders import a_language_model, keep_document
from jobs.chats import Clock, FakeChat, FlatPricer, a_purpose, a_reply, a_request, fails
from lorewright.errors import EndpointError, ModelError, Stopped
from lorewright.jobs.batching import Batching, UnderWay
from lorewright.jobs.caller import Caller
from lorewright.jobs.wanting import World
from lorewright.llms import BatchProgress, BatchState, Call, Reply, Request
from lorewright.llms.batches import HALF, BatchResult, ListedBatch
from lorewright.records import Document
from lorewright.settings import TeacherSettings
from lorewright.store import Store, calls_of, every_call
from lorewright.store.call_batches import named_batches
from lorewright.store.tables import batched_calls, call_batches

T = TypeVar("T")


class Provider:
    """A batch API that lives in the test and outlives those who ask it."""

    record = a_language_model()
    discount = HALF
    most_requests = 1000

    def __init__(self) -> None:
        self.batches: dict[str, list[str]] = {}
        self.marks: dict[str, str | None] = {}
        self.troubles: list[ModelError | EndpointError] = []
        """What goes wrong with the next submissions."""
        self.marks_batches = True
        self.has_ended = True
        self.outcomes: dict[int, Reply | ModelError | None] = {}
        """What becomes of calls, in the order in which they came; None is never told."""
        self.answered = 0

    async def submit(self, requests: Sequence[tuple[str, Request]], *, mark: str = "") -> str:
        trouble = self.troubles.pop(0) if self.troubles else None
        known_as = f"batch-{len(self.batches)}"
        if trouble is None or getattr(trouble, "fault", "") == "unsure":
            self.batches[known_as] = [one for one, _ in requests]
            self.marks[known_as] = mark if self.marks_batches else None
        if trouble is not None:
            raise trouble
        return known_as

    async def listed(self) -> list[ListedBatch]:
        return [
            ListedBatch(one, time.time(), len(calls), self.marks[one])
            for one, calls in self.batches.items()
        ]

    async def poll(self, batch: str) -> BatchProgress:
        if batch not in self.batches:
            raise fails("lost")
        state = BatchState.ENDED if self.has_ended else BatchState.RUNNING
        return BatchProgress(state, len(self.batches[batch]))

    async def results(self, batch: str) -> AsyncIterator[BatchResult]:
        for one in self.batches[batch]:
            outcome = self.outcomes.get(self.answered, a_reply())
            self.answered += 1
            if outcome is not None:
                yield one, outcome

    async def cancel(self, batch: str) -> None:
        raise AssertionError(f"nobody cancels {batch}")

    async def close(self) -> None:
        pass


def put(
    store: Store,
    provider: Provider,
    use: Callable[[Caller], Awaitable[T]],
    *,
    stop: Callable[[], None] = lambda: None,
    told: list[UnderWay | None] | None = None,
) -> T:
    """Open a caller that hands over in batches, use it, and close it."""
    clock, settings = Clock(), TeacherSettings(batch=True)
    world = World(clock, clock.sleep, lambda: 0.5)
    tell = (told if told is not None else list[UnderWay | None]()).append

    async def go() -> T:
        batching = Batching(provider, store, settings, tell=tell, world=world)
        async with Caller(
            FakeChat(), store, settings, pricer=FlatPricer(), stop=stop, run="run-7",
            batching=batching, world=world,
        ) as caller:  # fmt: skip
            return await use(caller)

    return asyncio.run(go())


def asking(document: Document, count: int = 3) -> Callable[[Caller], Awaitable[list[Call]]]:
    async def use(caller: Caller) -> list[Call]:
        return await asyncio.gather(
            *(
                caller.call(a_request(f"Question {number}?"), a_purpose(document))
                for number in range(count)
            )
        )

    return use


def left(store: Store) -> int:
    """Calls that stand in a batch."""
    with store.database.read() as db:
        return len(db.execute(batched_calls.select()).all())


def interrupted(store: Store, provider: Provider, document: Document) -> None:
    """Hand a batch over, and stop waiting for it."""
    provider.has_ended = False
    going = {"on": True}

    def stop() -> None:
        if provider.batches and not going["on"]:
            raise Stopped("no more")
        going["on"] = not provider.batches

    with pytest.raises(Stopped):
        put(store, provider, asking(document), stop=stop)
    provider.has_ended = True
    assert list(every_call(store)) == []
    assert left(store) == 3


@pytest.fixture
def document(store: Store) -> Document:
    return keep_document(store)


@pytest.fixture
def provider() -> Provider:
    return Provider()


def test_calls_are_gathered_into_one_batch(
    store: Store, document: Document, provider: Provider
) -> None:
    told = list[UnderWay | None]()

    calls = put(store, provider, asking(document), told=told)

    assert [sorted(one) for one in provider.batches.values()] == [
        sorted(call.key.hex() for call in calls)
    ]
    assert {call.cost for call in calls} == {Decimal("0.030")}
    assert len(list(calls_of(store, "run-7"))) == 3
    assert left(store) == 0
    under_way = told[0]
    assert under_way is not None
    assert (under_way.batches, under_way.calls, told[-1]) == (1, 3, None)
    assert abs(under_way.since - time.time()) < 60


def test_more_calls_than_fit_in_a_batch_go_into_several(
    store: Store, document: Document, provider: Provider
) -> None:
    provider.most_requests = 2

    put(store, provider, asking(document, 5))

    assert [len(one) for one in provider.batches.values()] == [2, 2, 1]


def test_who_stops_waiting_finds_the_batch_again(
    store: Store, document: Document, provider: Provider
) -> None:
    interrupted(store, provider, document)

    put(store, provider, asking(document))

    assert len(provider.batches) == 1
    assert left(store) == 0


@pytest.mark.parametrize("marks", [True, False])
def test_a_batch_whose_name_was_never_written_down_is_found_in_the_list(
    store: Store, document: Document, provider: Provider, *, marks: bool
) -> None:
    provider.marks_batches = marks
    interrupted(store, provider, document)
    store.write(lambda db: db.execute(call_batches.update().values(known_as=None)))

    put(store, provider, asking(document))

    assert len(provider.batches) == 1
    assert named_batches(store) == {"batch-0"}


def test_a_batch_that_may_have_arrived_is_looked_for(
    store: Store, document: Document, provider: Provider
) -> None:
    provider.troubles = [fails("unsure", again=False)]

    put(store, provider, asking(document))

    assert len(provider.batches) == 1
    assert {one.state for one in every_call(store)} == {"complete"}


def test_a_batch_that_is_in_no_list_after_a_while_has_never_arrived(
    store: Store, document: Document, provider: Provider
) -> None:
    interrupted(store, provider, document)
    provider.batches.clear()
    long_ago = call_batches.update().values(known_as=None, at=call_batches.c.at - 10_000)
    store.write(lambda db: db.execute(long_ago))

    put(store, provider, asking(document))

    assert len(provider.batches) == 1
    assert {one.state for one in every_call(store)} == {"complete"}
    assert left(store) == 0


def test_a_submission_that_surely_failed_is_made_again(
    store: Store, document: Document, provider: Provider
) -> None:
    provider.troubles = [fails("down"), fails("rate_limited", wait_s=30.0)]

    put(store, provider, asking(document))

    assert len(provider.batches) == 1
    assert {one.state for one in every_call(store)} == {"complete"}


def test_a_provider_that_turns_batches_down_ends_the_run(
    store: Store, document: Document, provider: Provider
) -> None:
    provider.troubles = [EndpointError("the server refuses the key")]

    with pytest.raises(EndpointError, match="refuses the key"):
        put(store, provider, asking(document, 1))

    assert left(store) == 0


def test_what_fails_or_never_comes_back_is_asked_again(
    store: Store, document: Document, provider: Provider
) -> None:
    provider.outcomes = {0: fails("expired"), 1: None}

    put(store, provider, asking(document))

    assert max(map(len, provider.batches.values())) == 3
    assert sum(len(one) for one in provider.batches.values()) == 5
    failed = sorted(one.fault or "" for one in every_call(store) if one.state == "failed")
    assert failed == ["expired", "missing"]
    assert left(store) == 0


def test_a_batch_that_the_provider_forgot_is_handed_over_again(
    store: Store, document: Document, provider: Provider
) -> None:
    interrupted(store, provider, document)
    provider.batches = {"another": []}

    put(store, provider, asking(document))

    assert {one.fault for one in every_call(store)} == {"lost", None}


def test_two_at_once_do_not_hand_over_the_same(
    store: Store, document: Document, provider: Provider
) -> None:
    async def both() -> None:
        await asyncio.gather(
            *(asyncio.to_thread(put, store, provider, asking(document)) for _ in range(2))
        )

    asyncio.run(both())

    handed = [one for calls in provider.batches.values() for one in calls]
    assert len(handed) == len(set(handed)) == 3
