"""A process lives on slices of what all may ask per minute."""

import asyncio
from collections.abc import Callable

import pytest

from jobs.chats import Clock
from lorewright.errors import Stopped
from lorewright.jobs.limits import HOLD_S, Allowance, Pause
from lorewright.store import Store


def never() -> None:
    """Nobody stops the run."""


def at_once() -> None:
    raise Stopped("somebody stopped the run")


def counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for each time that the store is asked for a slice."""
    asked: list[None] = []
    queue = store.queue

    def counting(change: Callable[..., object]) -> object:
        asked.append(None)
        return queue(change)

    monkeypatch.setattr(store, "queue", counting)
    return asked


def test_one_slice_serves_many_calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Clock(), counted(store, monkeypatch)

    async def go() -> None:
        allowance = Allowance(store, "requests", 6000, clock, clock.sleep)
        for _ in range(300):
            await allowance.take(1, never)

    asyncio.run(go())

    assert len(asked) == 3
    assert clock.slept == []


def test_who_asks_for_more_than_there_is_waits_for_it(store: Store) -> None:
    clock = Clock()

    async def go() -> None:
        allowance = Allowance(store, "requests", 60, clock, clock.sleep)
        await allowance.take(6, never)
        with pytest.raises(Stopped):
            await allowance.take(6, at_once)

    asyncio.run(go())


def test_an_estimate_that_was_too_high_is_given_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, asked = Clock(), counted(store, monkeypatch)

    async def go() -> None:
        allowance = Allowance(store, "tokens", 60_000, clock, clock.sleep)
        for _ in range(50):
            await allowance.take(100, never)
            allowance.correct(90)

    asyncio.run(go())

    assert len(asked) == 1


def test_what_was_used_on_top_is_owed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Clock(), counted(store, monkeypatch)

    async def go() -> None:
        allowance = Allowance(store, "tokens", 60_000, clock, clock.sleep)
        await allowance.take(500, never)
        allowance.correct(-1500)
        await allowance.take(1, never)

    asyncio.run(go())

    assert len(asked) == 2


def test_an_old_slice_is_not_used_any_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Clock(), counted(store, monkeypatch)

    async def go() -> None:
        allowance = Allowance(store, "requests", 6000, clock, clock.sleep)
        await allowance.take(1, never)
        clock.now += HOLD_S + 1
        await allowance.take(1, never)

    asyncio.run(go())

    assert len(asked) == 2


def test_a_longer_pause_stays_and_who_waits_can_be_stopped() -> None:
    clock = Clock()

    async def go() -> None:
        pause = Pause(clock=clock, sleep=clock.sleep)
        await pause.over(at_once)
        pause.extend(20)
        pause.extend(5)
        with pytest.raises(Stopped):
            await pause.over(at_once)
        await pause.over(never)

    asyncio.run(go())

    assert clock.now == 1020.0
