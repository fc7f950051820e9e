"""A call is made once, within its limits, and kept before anybody sees its reply."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeVar

import pytest

from builders import a_document, keep_document
from jobs.chats import (
    Clock,
    FakeChat,
    FlatPricer,
    Script,
    a_purpose,
    a_reply,
    a_request,
    fails,
)
from lorewright.errors import (
    BadReply,
    BudgetReached,
    EndpointError,
    ModelError,
    NotFound,
    Stopped,
)
from lorewright.jobs.attempts import Made
from lorewright.jobs.caller import Caller
from lorewright.jobs.wanting import World
from lorewright.llms import Asker, Stop
from lorewright.records import Document, LanguageModel
from lorewright.settings import TeacherSettings
from lorewright.store import Store, call_named, calls_of, every_call, spent, words_of

T = TypeVar("T")


@pytest.fixture
def document(store: Store) -> Document:
    return keep_document(store)


def with_caller(
    store: Store,
    chat: FakeChat,
    use: Callable[[Caller], Awaitable[T]],
    *,
    settings: TeacherSettings | None = None,
    clock: Clock | None = None,
    stop: Callable[[], None] = lambda: None,
    run: str | None = None,
    told: list[Made] | None = None,
    chance: float = 0.5,
) -> T:
    """Open a caller, use it, and close it."""
    time = clock or Clock()

    async def go() -> T:
        async with Caller(
            chat, store, settings or TeacherSettings(), pricer=FlatPricer(), stop=stop, run=run,
            on_call=(told if told is not None else list[Made]()).append,
            world=World(time, time.sleep, lambda: chance),
        ) as caller:  # fmt: skip
            return await use(caller)

    return asyncio.run(go())


def test_a_call_is_kept_with_all_that_came_back(store: Store, document: Document) -> None:
    chat, told = FakeChat(), list[Made]()

    async def use(caller: Caller) -> bytes:
        asker: Asker = caller
        call = await asker.call(a_request(), a_purpose(document))
        assert (call.reply, call.cost) == (a_reply(), Decimal("0.030"))
        return call.key

    key = with_caller(store, chat, use, run="run-7", told=told)

    (kept,) = calls_of(store, "run-7")
    assert (kept.key, kept.state, kept.attempt) == (key, "complete", 1)
    assert (kept.cost_usd, kept.characters) == (Decimal("0.030"), len("How often?"))
    assert kept.language_model == chat.record.ref
    assert store.get(chat.record.ref, LanguageModel) == chat.record
    assert words_of(store, kept.number) == ("Once a week.", b"Once a week.")
    assert [(one.cost, one.again, one.fault) for one in told] == [(Decimal("0.030"), False, None)]
    assert chat.is_closed


def test_the_reply_is_committed_before_anybody_sees_it(store: Store, document: Document) -> None:
    async def use(caller: Caller) -> int:
        await caller.call(a_request(), a_purpose(document))
        return len(list(every_call(store)))

    assert with_caller(store, FakeChat(), use) == 1


def test_a_finished_call_is_never_paid_for_again(store: Store, document: Document) -> None:
    chat, told = FakeChat(), list[Made]()

    async def use(caller: Caller) -> list[Decimal]:
        calls = [await caller.call(a_request(), a_purpose(document)) for _ in range(3)]
        assert {call.reply for call in calls} == {a_reply()}
        return [call.cost for call in calls]

    first = with_caller(store, chat, use)
    second = with_caller(store, chat, use, run="another", told=told)

    assert first == [Decimal("0.030"), 0, 0]
    assert second == [0, 0, 0]
    assert all(one.again for one in told)
    assert chat.attempts == 1
    assert spent(store) == Decimal("0.030")


def test_another_draw_or_purpose_is_another_call(store: Store, document: Document) -> None:
    chat = FakeChat()

    async def use(caller: Caller) -> None:
        for purpose in (
            a_purpose(document), a_purpose(document, draw=1), a_purpose(document, "generate/x"),
        ):  # fmt: skip
            await caller.call(a_request(), purpose)

    with_caller(store, chat, use)

    assert chat.attempts == 3


def test_the_same_call_asked_for_at_once_is_made_once(store: Store, document: Document) -> None:
    chat, told = FakeChat(wait_s=0.01), list[Made]()

    async def use(caller: Caller) -> list[Decimal]:
        calls = [caller.call(a_request(), a_purpose(document)) for _ in range(20)]
        return sorted(call.cost for call in await asyncio.gather(*calls))

    costs = with_caller(store, chat, use, told=told)

    assert costs == [0] * 19 + [Decimal("0.030")]
    assert chat.attempts == 1
    assert sum(one.again for one in told) == 19


@pytest.mark.parametrize("stop", [one for one in Stop if one is not Stop.END])
def test_a_reply_that_is_not_whole_is_kept_and_asked_for_again(
    store: Store, document: Document, stop: Stop
) -> None:
    chat = FakeChat(lambda number: a_reply(stop=stop) if number == 0 else a_reply("Whole."))

    async def use(caller: Caller) -> str:
        return (await caller.call(a_request(), a_purpose(document))).reply.text

    assert with_caller(store, chat, use) == "Once a week."
    assert with_caller(store, chat, use) == "Whole."
    assert with_caller(store, chat, use) == "Whole."
    states = [(one.attempt, one.state, one.fault) for one in every_call(store)]
    assert states == [(1, "unusable", stop.value), (2, "complete", None)]
    assert spent(store) == Decimal("0.060"), "what was cut off has been paid for"


def test_calls_that_led_nowhere_are_asked_for_again(store: Store, document: Document) -> None:
    chat = FakeChat()

    async def use(caller: Caller) -> None:
        call = await caller.call(a_request(), a_purpose(document))
        await caller.discard([call.key])

    with_caller(store, chat, use)
    with_caller(store, chat, use)

    assert chat.attempts == 2
    assert [one.state for one in every_call(store)] == ["unusable"] * 2


def in_turn(*outcomes: ModelError) -> Script:
    """These first, and then a reply."""
    return lambda number: outcomes[number] if number < len(outcomes) else a_reply()


def test_a_call_is_tried_again_with_growing_pauses(store: Store, document: Document) -> None:
    chat, clock = FakeChat(in_turn(*[fails("server")] * 4)), Clock()

    async def use(caller: Caller) -> Decimal:
        return (await caller.call(a_request(), a_purpose(document))).cost

    assert with_caller(store, chat, use, clock=clock, chance=1.0) == Decimal("0.030")

    assert sum(clock.slept) == 1 + 2 + 4 + 8
    kept = list(every_call(store))
    assert [(one.attempt, one.state) for one in kept] == [
        (1, "failed"), (2, "failed"), (3, "failed"), (4, "failed"), (5, "complete"),
    ]  # fmt: skip
    assert {one.error for one in kept[:4]} == {"the server was server"}
    assert spent(store) == Decimal("0.030")


def test_a_call_that_keeps_failing_fails_with_the_last_error(
    store: Store, document: Document
) -> None:
    chat = FakeChat(lambda _number: fails("rate_limited"))

    async def use(caller: Caller) -> None:
        with pytest.raises(ModelError, match="rate_limited"):
            await caller.call(a_request(), a_purpose(document))

    with_caller(store, chat, use, settings=TeacherSettings(attempts=3))

    assert chat.attempts == 3
    assert {one.state for one in every_call(store)} == {"failed"}


def test_what_cannot_succeed_is_not_tried_again(store: Store, document: Document) -> None:
    chat = FakeChat(lambda _number: fails("too_long", again=False))

    async def use(caller: Caller) -> None:
        with pytest.raises(ModelError):
            await caller.call(a_request(), a_purpose(document))

    with_caller(store, chat, use)

    assert chat.attempts == 1


def test_an_unreadable_response_is_kept_and_counts_as_paid(
    store: Store, document: Document
) -> None:
    garbled = BadReply("the response is no JSON", fault="protocol", raw=b"\xff<html>")
    chat = FakeChat(lambda _number: garbled)

    async def use(caller: Caller) -> None:
        with pytest.raises(BadReply):
            await caller.call(a_request(), a_purpose(document))

    with_caller(store, chat, use)

    (kept,) = every_call(store)
    assert words_of(store, kept.number).raw == b"\xff<html>"
    assert (kept.state, kept.cost_usd) == ("failed", Decimal("0.120"))


def test_an_endpoint_that_refuses_every_call_says_so_at_once(
    store: Store, document: Document
) -> None:
    chat = FakeChat(lambda _number: EndpointError("the key is not accepted"))

    async def use(caller: Caller) -> None:
        with pytest.raises(EndpointError, match="key is not accepted"):
            await caller.call(a_request(), a_purpose(document))

    with_caller(store, chat, use)

    assert [(one.state, one.fault) for one in every_call(store)] == [("failed", "endpoint")]


def test_a_pause_that_the_endpoint_asks_for_holds_for_all_calls(
    store: Store, document: Document
) -> None:
    clock = Clock()
    began = clock.now
    chat = FakeChat(in_turn(fails("rate_limited", wait_s=20.0)))

    async def use(caller: Caller) -> None:
        first = asyncio.create_task(caller.call(a_request("1"), a_purpose(document)))
        while not clock.slept:  # noqa: ASYNC110 - the first has begun to wait when it sleeps
            await asyncio.sleep(0.001)
        await caller.call(a_request("2"), a_purpose(document))
        assert clock.now - began >= 20.0
        await first

    with_caller(store, chat, use, clock=clock)

    assert chat.attempts == 3


def test_nobody_waits_for_an_hour(store: Store, document: Document) -> None:
    chat = FakeChat(lambda _number: fails("rate_limited", wait_s=3600.0))

    async def use(caller: Caller) -> None:
        with pytest.raises(EndpointError, match="pause of 60 minutes"):
            await caller.call(a_request(), a_purpose(document))

    with_caller(store, chat, use)

    assert chat.attempts == 1


def test_no_more_calls_are_under_way_than_allowed(store: Store, document: Document) -> None:
    chat = FakeChat(wait_s=0.002)

    async def use(caller: Caller) -> None:
        calls = [caller.call(a_request(str(one)), a_purpose(document)) for one in range(40)]
        await asyncio.gather(*calls)

    with_caller(store, chat, use, settings=TeacherSettings(at_once=4))

    assert (chat.attempts, chat.most_at_once) == (40, 4)


def test_the_flag_is_read_before_every_call_and_every_retry(
    store: Store, document: Document
) -> None:
    chat = FakeChat(lambda _number: fails("server"))

    def stop() -> None:
        if chat.attempts >= 2:
            raise Stopped("somebody paused the run")

    async def use(caller: Caller) -> None:
        for question in ("1", "2"):
            with pytest.raises(Stopped):
                await caller.call(a_request(question), a_purpose(document))

    with_caller(store, chat, use, stop=stop)

    assert chat.attempts == 2


def test_a_call_about_what_is_not_stored_is_refused_before_it_costs(store: Store) -> None:
    chat = FakeChat()

    async def use(caller: Caller) -> None:
        with pytest.raises(NotFound):
            await caller.call(a_request(), a_purpose(a_document("never kept")))

    with_caller(store, chat, use)

    assert chat.attempts == 0


def test_a_call_whose_task_is_cancelled_is_kept_all_the_same(
    store: Store, document: Document
) -> None:
    chat = FakeChat(wait_s=0.02)

    async def use(caller: Caller) -> None:
        asking = asyncio.create_task(caller.call(a_request(), a_purpose(document)))
        await chat.began.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    with_caller(store, chat, use)

    assert [one.state for one in every_call(store)] == ["complete"]


def test_a_budget_of_nothing_stops_before_the_first_call(store: Store, document: Document) -> None:
    chat = FakeChat()

    async def use(caller: Caller) -> None:
        with pytest.raises(BudgetReached, match=r"could cost up to \$0.12, and \$0.00 of the"):
            await caller.call(a_request(), a_purpose(document))

    with_caller(store, chat, use, settings=TeacherSettings(max_cost_usd=Decimal(0)))

    assert chat.attempts == 0


def test_what_was_found_is_free_even_without_money(store: Store, document: Document) -> None:
    async def use(caller: Caller) -> Decimal:
        return (await caller.call(a_request(), a_purpose(document))).cost

    with_caller(store, FakeChat(), use)

    assert with_caller(
        store, FakeChat(), use, settings=TeacherSettings(budget_usd=Decimal(0))
    ) == Decimal(0)


def test_a_call_is_known_by_what_was_asked(store: Store, document: Document) -> None:
    async def use(caller: Caller) -> bytes:
        return (await caller.call(a_request(), a_purpose(document))).key

    key = with_caller(store, FakeChat(), use)

    assert [one.key for one in call_named(store, key.hex()[:8])] == [key]
