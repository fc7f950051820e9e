"""What an estimator learns from the calls that pass through an asker."""

import asyncio
import random
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import ModelError
from lorewright.jobs import Forecast
from lorewright.jobs.estimating import Estimator, Seen, Terms
from lorewright.jobs.watching import PATIENCE, InOrder, Watched
from lorewright.llms import Call, Message, Purpose, Reply, Request, Stop, Usage
from lorewright.llms.tariffs import Rates
from lorewright.llms.tokens import density_of
from scripted import ScriptedAsker

RATES = Rates(*[Decimal("0.000001")] * 4)
TERMS = Terms(RATES, density_of("words"))
ASKED = Purpose("generate/pairs", ())


def a_call(tokens: int, cost: Decimal = Decimal("0.01")) -> Call:
    return Call(Reply("", Stop.END, Usage(10, tokens), b""), cost, b"")


class Slow(ScriptedAsker):
    """Answers of many lengths, the long ones later."""

    def __init__(self, lengths: Sequence[int], *, cost: Decimal = Decimal("0.01")) -> None:
        super().__init__([])
        self._lengths = iter(lengths)
        self._cost = cost

    async def call(self, request: Request, purpose: Purpose) -> Call:
        del request, purpose
        length = next(self._lengths)
        for _ in range(length):
            await asyncio.sleep(0)
        if not length:
            raise ModelError("it fell over", fault="server")
        return a_call(length, self._cost)


def a_request(*roles: str) -> Request:
    known = {"user": Message("user", "words"), "assistant": Message("assistant", "off")}
    return Request(tuple(known[role] for role in roles or ("user",)), 100)


def watched(asker: ScriptedAsker, *, calls: int = 100, is_free: bool = False) -> Watched:
    estimator = Estimator(TERMS)
    estimator.expect([Forecast(ASKED.name, calls, 5 * calls)])
    return Watched(asker, estimator, at_once=16, is_free=is_free, clock=lambda: 1.0)


def test_calls_are_passed_on_and_counted() -> None:
    one = watched(ScriptedAsker(["yes", "no"]))

    call = asyncio.run(one.call(a_request(), ASKED))

    assert call.reply.text == "yes"
    assert one.made == 1
    assert one.spent == call.cost
    assert (
        one.remaining()[-1].calls.likely < watched(ScriptedAsker([])).remaining()[-1].calls.likely
    )


def test_it_is_what_the_asker_is() -> None:
    asker = ScriptedAsker([])
    one = watched(asker)

    said = (one.model, one.can, one.most_tokens, one.temperature, one.asks_again)

    assert said == (
        asker.model, asker.can, asker.most_tokens, asker.temperature, asker.asks_again,
    )  # fmt: skip


def test_an_answer_paid_before_leaves_one_question_less_and_teaches_nothing() -> None:
    one = watched(Slow([50], cost=Decimal(0)), calls=10)
    before = one.remaining()[-1]

    asyncio.run(one.call(a_request(), ASKED))

    after = one.remaining()[-1]
    assert (after.calls.low, before.calls.low) == (9, 10)
    assert after.output_tokens.high < before.output_tokens.high


def test_of_a_model_that_costs_nothing_is_learnt_all_the_same() -> None:
    one = watched(Slow([50] * 20, cost=Decimal(0)), is_free=True)

    async def all_of_them() -> None:
        await asyncio.gather(*(one.call(a_request(), ASKED) for _ in range(20)))

    asyncio.run(all_of_them())

    left = one.remaining()[-1]
    assert left.output_tokens.likely / left.calls.likely < 75


def test_a_call_that_fails_is_told_and_holds_nobody_up() -> None:
    one = watched(Slow([0, 5]))

    async def both() -> None:
        with pytest.raises(ModelError):
            await one.call(a_request(), ASKED)
        await one.call(a_request(), ASKED)

    asyncio.run(both())
    assert one.made == 1


def test_an_answer_sent_back_is_no_question_more() -> None:
    one = watched(Slow([5, 5]), calls=10)

    async def both() -> None:
        await one.call(a_request(), ASKED)
        await one.call(a_request("user", "assistant", "user"), ASKED)

    asyncio.run(both())
    low, _, _ = one.remaining()[-1].calls
    assert 7 < low <= 10


def test_the_short_answers_that_come_first_are_not_taken_for_all() -> None:
    dice = random.Random(5)
    lengths = [max(1, round(dice.lognormvariate(3.5, 0.8))) for _ in range(400)]
    seen: list[int] = []

    async def run() -> None:
        estimator = Estimator(TERMS)
        one = Watched(Slow(lengths), estimator, at_once=64, is_free=False)
        in_hand, enough = asyncio.Semaphore(64), asyncio.Event()

        async def ask() -> None:
            async with in_hand:
                call = await one.call(a_request(), ASKED)
                seen.append(call.reply.usage.output)
            if len(seen) == 100:
                enough.set()

        estimator.expect([Forecast(ASKED.name, 400, 2_000, 0, (10, 100))])
        tasks = [asyncio.create_task(ask()) for _ in range(400)]
        await enough.wait()
        left = one.remaining()[-1]
        guess.append(left.output_tokens.likely / left.calls.likely)
        await asyncio.gather(*tasks)

    guess: list[float] = []
    asyncio.run(run())
    true = sum(lengths) / len(lengths)

    assert abs(guess[0] - true) / true < 0.25
    assert sum(seen[:100]) / 100 < 0.8 * true


@given(st.permutations(range(30)), st.integers(1, 4))
def test_every_call_is_observed_once_whatever_the_order(ends: list[int], at_once: int) -> None:
    observed: list[int] = []
    order = InOrder(lambda seen: observed.append(seen.input_characters), at_once)
    for _ in ends:
        order.begin()

    for number in ends:
        order.end(number, Seen("a", number, Usage(), Decimal(0)))

    assert sorted(observed) == list(range(30))


def test_within_its_patience_the_order_is_that_of_the_beginning() -> None:
    observed: list[int] = []
    order = InOrder(lambda seen: observed.append(seen.input_characters), at_once=8)
    for _ in range(8 * PATIENCE):
        order.begin()

    for number in reversed(range(8 * PATIENCE)):
        order.end(number, Seen("a", number, Usage(), Decimal(0)))

    assert observed == list(range(8 * PATIENCE))
