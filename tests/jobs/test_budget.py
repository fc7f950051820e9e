"""Money is set aside before it can be spent, and the next call waits or ends the run."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_call, a_language_model
from jobs.chats import Clock
from jobs.pieces import a_document_in
from lorewright.errors import BudgetReached, Stopped
from lorewright.jobs.budget import STALE_S, Budget
from lorewright.records import Document
from lorewright.store import Ledger, Store, spent
from lorewright.store.tables import holdings

NUMBERS = count()


def never() -> None:
    """Nobody stops the run."""


@pytest.fixture
def document(store: Store) -> Document:
    store.put(a_language_model())
    return a_document_in(store)


async def pay(store: Store, document: Document, run: str, cost: Decimal) -> None:
    """Let the ledger know of a call."""
    ledger = Ledger(store)
    ledger.admit([document.ref, a_language_model().ref])
    key = next(NUMBERS).to_bytes(32, "big")
    call = replace(a_call(document, key=key), run=run, cost_usd=cost)
    await asyncio.wrap_future(ledger.keep(call))


def usd(text: str) -> Decimal:
    return Decimal(text)


def test_what_costs_nothing_is_never_stopped(store: Store) -> None:
    async def go() -> int:
        budget = Budget(store, "a", of_run=usd("0"), of_all=usd("0"))
        return await budget.reserve(usd("0"), never)

    assert asyncio.run(go()) == 0


@pytest.mark.parametrize(
    ("of_run", "of_all", "told"),
    [
        ("0", None, r"\$0.00 of the \$0.00 that this run may cost are spent"),
        ("0.5", "10", r"\$0.00 of the \$0.50 that this run may cost are spent"),
        ("5", "0.9", r"\$0.00 of the \$0.90 that this workspace may cost are spent"),
    ],
)
def test_a_call_that_does_not_even_fit_alone_ends_the_run(
    store: Store, of_run: str, of_all: str | None, told: str
) -> None:
    async def go() -> None:
        limit = None if of_all is None else usd(of_all)
        budget = Budget(store, "a", of_run=usd(of_run), of_all=limit)
        try:
            await budget.reserve(usd("1.2345"), never)
        finally:
            await budget.close()

    with pytest.raises(BudgetReached, match=told) as caught:
        asyncio.run(go())

    assert "up to $1.2345" in caught.value.sentence
    assert "it continues" in (caught.value.hint or "")


def test_a_call_waits_while_others_may_come_back_cheaper(store: Store, document: Document) -> None:
    async def go() -> list[str]:
        told: list[str] = []
        budget = Budget(store, "a", of_run=usd("1"), of_all=None)

        async def second() -> None:
            reserved = await budget.reserve(usd("0.7"), never)
            told.append("second goes")
            budget.settle(reserved, usd("0"))

        first = await budget.reserve(usd("0.6"), never)
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.05)
        told.append("first comes back")
        await pay(store, document, "a", usd("0.1"))
        budget.settle(first, usd("0.1"))
        await waiting
        with pytest.raises(BudgetReached, match=r"\$0.10 of the \$1.00"):
            await budget.reserve(usd("0.95"), never)
        await budget.close()
        return told

    assert asyncio.run(go()) == ["first comes back", "second goes"]


def test_who_waits_for_money_can_be_stopped(store: Store) -> None:
    def stop() -> None:
        raise Stopped("somebody stopped the run")

    async def go() -> None:
        budget = Budget(store, "a", of_run=usd("1"), of_all=None)
        await budget.reserve(usd("0.6"), never)
        with pytest.raises(Stopped):
            await budget.reserve(usd("0.6"), stop)
        await budget.close()

    asyncio.run(go())


def test_many_calls_are_fitted_in_with_few_writes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[None] = []
    queue = store.queue

    def counted(change: Callable[..., object]) -> object:
        writes.append(None)
        return queue(change)

    async def go() -> None:
        budget = Budget(store, "a", of_run=usd("10"), of_all=usd("100"))
        monkeypatch.setattr(store, "queue", counted)
        for _ in range(200):
            budget.settle(await budget.reserve(usd("0.01"), never), usd("0.01"))
        monkeypatch.undo()
        await budget.close()

    asyncio.run(go())

    assert len(writes) < 10


def test_money_that_was_not_refreshed_for_long_is_not_used(store: Store) -> None:
    """A process that was asleep for a minute finds that others hold what it held."""
    clock = Clock()

    def stop() -> None:
        raise Stopped("it would have to wait")

    async def go() -> None:
        sleeper = Budget(store, "a", of_run=usd("1"), of_all=None, clock=clock)
        other = Budget(store, "a", of_run=usd("1"), of_all=None)
        sleeper.settle(await sleeper.reserve(usd("0.2"), never), usd("0"))
        clock.now += STALE_S + 1
        a_minute_ago = holdings.update().values(at=holdings.c.at - 61)
        store.write(lambda db: db.execute(a_minute_ago))
        await other.reserve(usd("0.9"), never)
        with pytest.raises(Stopped):
            await sleeper.reserve(usd("0.2"), stop)
        await sleeper.close()
        await other.close()

    asyncio.run(go())


cents = st.integers(0, 30)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    limit=st.integers(0, 200),
    calls=st.lists(st.tuples(st.integers(0, 1), cents, cents), max_size=25),
)
def test_no_limit_is_ever_exceeded(
    store: Store, document: Document, limit: int, calls: list[tuple[int, int, int]]
) -> None:
    """Two workers of one run, calls of any cost up to their worst case, all at once."""
    run = f"run {next(NUMBERS)}"

    async def one(budget: Budget, worst: int, cost: int) -> bool:
        try:
            reserved = await budget.reserve(Decimal(worst) / 100, never)
        except BudgetReached:
            return False
        await asyncio.sleep(0)
        await pay(store, document, run, Decimal(cost) / 100)
        budget.settle(reserved, Decimal(cost) / 100)
        assert spent(store, run) * 100 <= limit
        return True

    async def go() -> list[bool]:
        workers = [Budget(store, run, of_run=Decimal(limit) / 100, of_all=None) for _ in range(2)]
        done = await asyncio.gather(
            *(one(workers[which], max(a, b), min(a, b)) for which, a, b in calls)
        )
        for worker in workers:
            await worker.close()
        return done

    done = asyncio.run(go())

    left = Decimal(limit) / 100 - spent(store, run)
    assert left >= 0
    for made, (_, a, b) in zip(done, calls, strict=True):
        assert made or Decimal(max(a, b)) / 100 > left, "only what does not fit was refused"
