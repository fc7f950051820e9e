"""Turns: no more at once than allowed, the most urgent first, and none lost."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from lorewright.jobs.turns import Turns, Urgency


@given(
    urgencies=st.lists(st.sampled_from(Urgency), max_size=30),
    at_once=st.integers(1, 4),
    called_off=st.sets(st.integers(0, 29)),
)
def test_the_most_urgent_go_first_and_no_turn_is_lost(
    urgencies: list[Urgency], at_once: int, called_off: set[int]
) -> None:
    begun: list[int] = []
    under_way = most = 0

    async def one(turns: Turns, number: int) -> None:
        nonlocal under_way, most
        async with turns.of(urgencies[number]):
            begun.append(number)
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    async def all_of_them() -> None:
        turns = Turns(at_once)
        async with turns.of(Urgency.NORMAL):
            for _ in range(at_once - 1):
                await turns.take(Urgency.NORMAL)
            tasks = [asyncio.create_task(one(turns, number)) for number in range(len(urgencies))]
            await asyncio.sleep(0)
            for number in called_off & {*range(len(urgencies))}:
                tasks[number].cancel()
            await asyncio.sleep(0)
        for _ in range(at_once - 1):
            turns.give_back()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(at_once):  # every turn is there again
            await asyncio.wait_for(turns.take(Urgency.LOW), 1)

    asyncio.run(all_of_them())
    wanted = [one for one in range(len(urgencies)) if one not in called_off]
    assert begun == sorted(wanted, key=lambda number: (urgencies[number], number))
    assert most <= at_once


def test_one_that_is_let_through_and_called_off_at_once_gives_its_turn_back() -> None:
    async def it() -> bool:
        turns = Turns(1)
        await turns.take(Urgency.NORMAL)
        waiting = asyncio.create_task(turns.take(Urgency.NORMAL))
        await asyncio.sleep(0)
        turns.give_back()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.wait_for(turns.take(Urgency.NORMAL), 1)
        return True

    assert asyncio.run(it())
