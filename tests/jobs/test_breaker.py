"""Nobody keeps knocking at a door that does not open, and nobody waits for ever."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.chats import Clock
from lorewright.errors import EndpointError, Stopped
from lorewright.jobs.backoff import LONGEST_S, asked_wait, backoff
from lorewright.jobs.breaker import FAILURES, FIRST_PAUSE_S, GIVE_UP_S, Breaker


def never() -> None:
    """Nobody stops the run."""


def broken(clock: Clock) -> Breaker:
    breaker = Breaker("http://127.0.0.1:1", clock=clock, sleep=clock.sleep)
    for _ in range(FAILURES):
        breaker.failed("it is down", is_probe=False)
    return breaker


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker("here", clock=Clock(), sleep=asyncio.sleep)
    for _ in range(3):
        for _ in range(FAILURES - 1):
            breaker.failed("it is down", is_probe=False)
        assert not breaker.is_open
        breaker.came_back()

    assert asyncio.run(breaker.pass_through(never)) is False


def test_one_call_goes_ahead_after_a_pause_and_closes_it() -> None:
    clock = Clock()
    breaker = broken(clock)
    passed: list[bool] = []

    async def one() -> None:
        is_probe = await breaker.pass_through(never)
        passed.append(is_probe)
        if is_probe:
            assert clock.now >= 1000 + FIRST_PAUSE_S
            breaker.came_back()

    async def go() -> None:
        await asyncio.gather(*(one() for _ in range(5)))

    asyncio.run(go())

    assert sorted(passed) == [False] * 4 + [True]


def test_each_failed_probe_doubles_the_pause() -> None:
    clock = Clock()
    breaker = broken(clock)
    probed: list[float] = []

    async def go() -> None:
        for _ in range(6):
            assert await breaker.pass_through(never)
            probed.append(clock.now)
            breaker.failed("it is down", is_probe=True)

    asyncio.run(go())

    pauses = [round(later - one) for one, later in pairwise(probed)]
    assert pauses == [4, 8, 16, 30, 30]


def test_a_late_failure_of_another_call_is_no_failed_probe() -> None:
    clock = Clock()
    breaker = broken(clock)

    async def go() -> None:
        assert await breaker.pass_through(never)
        breaker.failed("it was slow", is_probe=False)
        before = clock.now
        breaker.left(is_probe=True)
        assert await breaker.pass_through(never)
        assert clock.now == before

    asyncio.run(go())


def test_an_endpoint_that_stays_down_ends_the_run_with_what_to_do() -> None:
    clock = Clock()
    breaker = broken(clock)

    async def go() -> None:
        while True:
            await breaker.pass_through(never)
            breaker.failed("the connection was refused", is_probe=True)

    with pytest.raises(EndpointError, match=r"not answered since .* UTC") as caught:
        asyncio.run(go())

    assert "the connection was refused" in caught.value.sentence
    assert caught.value.where == "http://127.0.0.1:1"
    assert "is it running" in (caught.value.hint or "")
    assert GIVE_UP_S <= clock.now - 1000 < GIVE_UP_S + 60


def test_who_waits_for_it_can_be_stopped() -> None:
    def stop() -> None:
        raise Stopped("somebody stopped the run")

    with pytest.raises(Stopped):
        asyncio.run(broken(Clock()).pass_through(stop))


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_wait_grows_and_never_beyond_a_minute(failures: int, chance: float) -> None:
    waited = backoff(failures, lambda: chance)

    assert 0 <= waited <= min(LONGEST_S, 2.0 ** min(failures - 1, 10))


@given(st.floats(0, 300), st.floats(0, 1))
def test_an_endpoint_is_never_asked_before_it_wants_to_be(wait_s: float, chance: float) -> None:
    assert wait_s <= asked_wait(wait_s, lambda: chance) <= wait_s * 1.1
