"""Pieces that wait are under way together, each is done once, and an early end keeps it all."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

import pytest
import sqlalchemy as sa

from builders import an_example
from jobs.chats import FakeChat, FlatPricer, Script, a_reply, fails
from jobs.pieces import a_document_in, a_step, turned_down
from jobs.test_runner import last_run
from jobs.waiting import a_waiting_piece, asking, waiting_pieces
from lorewright.errors import BudgetReached, EndpointError, Stopped, StorageError
from lorewright.jobs import Report, WaitingPiece, WaitingPrepared, run_waiting
from lorewright.jobs.caller import Caller
from lorewright.jobs.report import Progress
from lorewright.llms import Stop
from lorewright.records import Document, Example, Record
from lorewright.settings import TeacherSettings
from lorewright.store import Store, every_call, spent
from lorewright.store.tables import makings

T = TypeVar("T")


@pytest.fixture
def document(store: Store) -> Document:
    return a_document_in(store)


def ask_all(
    store: Store,
    chat: FakeChat,
    use: Callable[[Caller], Awaitable[T]],
    settings: TeacherSettings | None = None,
) -> T:
    async def go() -> T:
        chosen = settings or TeacherSettings(at_once=8)
        async with Caller(chat, store, chosen, pricer=FlatPricer()) as caller:
            return await use(caller)

    return asyncio.run(go())


def run_pieces(
    store: Store,
    document: Document,
    chat: FakeChat,
    count: int,
    *,
    calls: int = 1,
    settings: TeacherSettings | None = None,
    report: Report | None = None,
) -> Report:
    step = a_step(store)

    async def use(caller: Caller) -> Report:
        pieces = waiting_pieces(count, asking(caller, document, calls))
        return await run_waiting(
            pieces, step=step, store=store, at_once=8, report=report, names=True
        )

    return ask_all(store, chat, use, settings)


def test_everything_is_kept_and_counted(store: Store, document: Document) -> None:
    chat = FakeChat(wait_s=0.001)

    report = run_pieces(store, document, chat, 30, calls=2)

    assert (report.pieces, report.again, report.failed) == (30, 0, [])
    assert report.accepted == report.requested == len(report.made) == 60
    assert len(list(store.get_many(report.made, Example))) == 60
    state, items = last_run(store)
    assert state == "done"
    assert items == [(f"piece {number}", "made", "") for number in range(30)]
    assert report.took_s > 0


def test_pieces_are_under_way_together(store: Store, document: Document) -> None:
    chat = FakeChat(wait_s=0.01)

    run_pieces(store, document, chat, 40)

    assert chat.most_at_once == 8


def test_a_piece_that_was_done_is_not_done_again(store: Store, document: Document) -> None:
    chat = FakeChat()
    first = run_pieces(store, document, chat, 5)
    second = run_pieces(store, document, chat, 9)

    assert chat.attempts == 9
    assert (second.pieces, second.again, second.accepted) == (9, 5, 9)
    assert set(first.made) < set(second.made)
    assert [outcome for _, outcome, _ in last_run(store)[1]] == ["again"] * 5 + ["made"] * 4


def test_what_a_piece_cost_stands_beside_its_records(store: Store, document: Document) -> None:
    fails_once: Script = lambda number: a_reply(output=number + 1)  # noqa: E731 - a table of one row
    run_pieces(store, document, FakeChat(fails_once), 6, calls=2)

    with store.database.read() as db:
        costs = [Decimal(cost) for cost in db.scalars(sa.select(makings.c.cost_usd).distinct())]
    assert sum(costs) == spent(store), "each piece has another cost, and together they are all"
    assert len(costs) == 6


def test_rejections_are_counted_by_reason_also_when_found_again(
    store: Store, document: Document
) -> None:
    async def work(number: int) -> Iterable[Record]:
        reason = "short" if number % 2 else "long"
        return [an_example(document, question=f"{number}?"), turned_down(document, number, reason)]

    step = a_step(store)
    reports = [
        asyncio.run(run_waiting(waiting_pieces(6, work), step=step, store=store, at_once=2))
        for _ in range(2)
    ]

    for report in reports:
        assert dict(report.rejected) == {"short": 3, "long": 3}
        assert (report.accepted, report.requested) == (6, 12)
        assert report.made == [], "names are kept only for who asks"


def test_a_piece_whose_calls_fail_is_kept_and_the_others_go_on(
    store: Store, document: Document
) -> None:
    def script(number: int) -> object:
        return {2: fails("refused", again=False), 4: a_reply(stop=Stop.LENGTH)}.get(
            number, a_reply()
        )

    report = run_pieces(store, document, FakeChat(script), 8)  # pyright: ignore[reportArgumentType] - one of the three

    assert sorted(error.sentence for _, error in report.failed) == [
        "the answer was cut off", "the server was refused",
    ]  # fmt: skip
    assert (report.pieces, report.accepted, report.requested) == (8, 6, 8)
    assert all(error.__traceback__ is None for _, error in report.failed)
    assert last_run(store)[0] == "partial"
    assert run_pieces(store, document, FakeChat(), 8).again == 6


def test_the_run_ends_when_the_money_does_and_keeps_what_was_paid_for(
    store: Store, document: Document
) -> None:
    chat, report = FakeChat(wait_s=0.001), Report("generate")
    limit = TeacherSettings(at_once=8, max_cost_usd=Decimal("0.50"))

    with pytest.raises(BudgetReached):
        run_pieces(store, document, chat, 100, settings=limit, report=report)

    assert Decimal("0.38") < spent(store) <= Decimal("0.50")
    assert report.accepted == chat.attempts == len(list(every_call(store)))
    assert report.took_s > 0
    assert last_run(store)[0] == "budget"
    assert run_pieces(store, document, chat, 100).again == report.accepted


@pytest.mark.parametrize("error", [EndpointError("the key is wrong"), StorageError("disk full")])
def test_what_concerns_all_pieces_ends_the_run(
    store: Store, document: Document, error: EndpointError | StorageError
) -> None:
    async def work(number: int) -> Iterable[Record]:
        await asyncio.sleep(0.001)
        if number == 5:
            raise error
        return [an_example(document, question=f"{number}?")]

    step = a_step(store)
    begun = list[int]()

    def pieces() -> Iterator[WaitingPiece]:
        for number in range(1000):
            begun.append(number)
            yield a_waiting_piece(number, work)

    with pytest.raises(type(error)):
        asyncio.run(run_waiting(pieces(), step=step, store=store, at_once=4))

    assert len(begun) < 30
    assert last_run(store)[0] == "interrupted"
    assert store.counts()["example"] >= 5, "pieces under way were waited for and kept"


def test_a_fault_of_ours_ends_the_run_as_itself(store: Store) -> None:
    async def work(number: int) -> Iterable[Record]:
        raise ValueError("a fault of ours")

    with pytest.raises(ValueError, match="of ours"):
        asyncio.run(
            run_waiting(waiting_pieces(9, work), step=a_step(store), store=store, at_once=2)
        )

    assert last_run(store)[0] == "interrupted"


def test_a_run_that_is_cancelled_waits_for_its_calls_and_makes_no_more(
    store: Store, document: Document
) -> None:
    chat, report = FakeChat(wait_s=0.02), Report("generate")

    async def use(caller: Caller) -> None:
        pieces = waiting_pieces(100, asking(caller, document, calls=3))
        running = asyncio.create_task(
            run_waiting(pieces, step=step, store=store, at_once=8, report=report)
        )
        await chat.began.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert chat.under_way == 0

    step = a_step(store)
    ask_all(store, chat, use)

    assert chat.attempts == 8, "the second call of each piece was not made"
    assert [one.state for one in every_call(store)] == ["complete"] * 8
    assert last_run(store)[0] == "stopped"
    again = run_pieces(store, document, chat, 100, calls=3)
    assert (again.accepted, chat.attempts) == (300, 300)


def test_cancelled_twice_it_waits_no_longer(store: Store, document: Document) -> None:
    async def forever(_number: int) -> Iterable[Record]:
        started.set()
        await asyncio.Event().wait()
        return []

    async def go() -> None:
        running = asyncio.create_task(
            run_waiting(waiting_pieces(9, forever), step=step, store=store, at_once=2)
        )
        await started.wait()
        running.cancel()
        await asyncio.sleep(0.01)
        assert not running.done()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    step, started = a_step(store), asyncio.Event()
    asyncio.run(go())

    assert last_run(store)[0] == "stopped"


def test_a_run_that_somebody_stops_ends_as_stopped(store: Store, document: Document) -> None:
    async def work(number: int) -> Iterable[Record]:
        if number == 3:
            raise Stopped("somebody paused the run")
        return [an_example(document, question=f"{number}?")]

    with pytest.raises(Stopped):
        asyncio.run(
            run_waiting(waiting_pieces(50, work), step=a_step(store), store=store, at_once=2)
        )

    assert last_run(store)[0] == "stopped"


def test_pieces_are_pulled_at_most_twice_as_far_ahead(store: Store, document: Document) -> None:
    begun, settled, ahead = 0, 0, list[int]()

    async def work(number: int) -> Iterable[Record]:
        await asyncio.sleep(0)
        return [an_example(document, question=f"{number}?")]

    def pieces() -> Iterator[WaitingPiece]:
        nonlocal begun
        for number in range(200):
            begun += 1
            ahead.append(begun - settled)
            yield a_waiting_piece(number, work)

    def watch(_progress: Progress) -> None:
        nonlocal settled
        settled += 1

    asyncio.run(run_waiting(pieces(), step=a_step(store), store=store, at_once=5, watch=watch))

    assert settled == 200
    assert max(ahead) <= 2 * 5 + 1


def test_a_piece_that_cannot_begin_has_failed(store: Store) -> None:
    def begin() -> WaitingPrepared:
        raise fails("missing")

    report = asyncio.run(
        run_waiting([WaitingPiece("a", begin)], step=a_step(store), store=store, at_once=1)
    )

    assert [label for label, _ in report.failed] == ["a"]


def test_what_is_alive_does_not_grow_with_the_number_of_pieces(
    store: Store, document: Document
) -> None:
    alive: list[int] = []

    async def work(number: int) -> Iterable[Record]:
        return [turned_down(document, number % 7, "short")]

    def watch(_progress: Progress) -> None:
        settled.append(None)
        if len(settled) % 100 == 0:
            gc.collect()
            alive.append(len(gc.get_objects()))

    settled: list[None] = []
    asyncio.run(
        run_waiting(
            waiting_pieces(510, work), step=a_step(store), store=store, at_once=8, watch=watch
        )
    )

    # What grows with the pieces grows in every hundred of them. Whatever else the process does
    # at some moment (a module loaded late, a cache filled) is in one or two of these numbers.
    grown = [after - before for before, after in pairwise(alive)]
    assert len(grown) == 4
    assert min(grown) < 80, "less than one object for each piece in between"
