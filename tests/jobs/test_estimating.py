"""Estimates of runs whose answers, prices and mishaps the estimator does not know."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.jobs import Forecast
from lorewright.jobs.estimating import Estimate, Estimator, Seen, Terms
from lorewright.llms import Usage
from lorewright.llms.tariffs import Rates
from lorewright.llms.tokens import density_of

RATES = Rates(*(Decimal(one) / 1_000_000 for one in ("3", "15", "0.3", "3.75")))
TERMS = Terms(RATES, density_of("Latin letters"))


class Purpose(NamedTuple):
    """How a model behaves when it is asked for this."""

    name: str
    calls: int
    characters: int
    middle: float
    """Of the logarithm of its answers' lengths."""
    spread: float
    forecast: tuple[int, int] = (100, 1000)


MANY = (Purpose("generate/pairs", 1000, 6000, 6.2, 0.6),)
MIXED = (
    Purpose("analyze/content", 300, 5000, 6.8, 0.5, (200, 1500)),
    Purpose("analyze/risk", 300, 4500, 4.4, 0.4, (40, 300)),
    Purpose("generate/pairs", 400, 7000, 7.3, 0.7, (300, 3000)),
)
FEW = (Purpose("generate/pairs", 120, 3000, 5.0, 0.5),)


class Played(NamedTuple):
    """A run to its end."""

    estimates: list[Estimate]
    """Of all that was left, after the calls that were watched."""
    spent: float
    total: float


def calls_of(purposes: tuple[Purpose, ...], dice: random.Random, again: float) -> Iterator[Seen]:
    """The calls of a run, in any order; a share of the answers is asked for again."""
    questions = [one for one in purposes for _ in range(one.calls)]
    dice.shuffle(questions)
    density = dice.uniform(3.4, 4.8)
    for one in questions:
        characters = int(one.characters * dice.uniform(0.6, 1.4))
        sent_back = False
        while True:
            tokens = min(2048, max(1, round(dice.lognormvariate(one.middle, one.spread))))
            usage = Usage(round(characters / density), tokens)
            yield Seen(one.name, characters, usage, RATES.of(usage), sent_back)
            if dice.random() >= again:
                break
            characters, sent_back = characters + 4 * tokens, True


def played(purposes: tuple[Purpose, ...], seed: int, *, watched: int, again: float = 0.1) -> Played:
    estimator = Estimator(TERMS)
    estimator.expect(
        Forecast(one.name, one.calls, one.calls * one.characters, 0, one.forecast)
        for one in purposes
    )
    made = list(calls_of(purposes, random.Random(seed), again))
    for seen in made[:watched]:
        estimator.observe(seen)
    spent = float(sum(seen.cost for seen in made[:watched]))
    total = float(sum(seen.cost for seen in made))
    return Played(estimator.remaining(), spent, total)


@pytest.mark.parametrize("purposes", [MANY, MIXED, FEW])
def test_after_fifty_calls_nine_estimates_in_ten_are_within_fifteen_percent(
    purposes: tuple[Purpose, ...],
) -> None:
    runs = [played(purposes, seed, watched=50) for seed in range(20)]

    off = [abs(one.spent + one.estimates[-1].cost.likely - one.total) / one.total for one in runs]

    assert sum(error <= 0.15 for error in off) >= 18, sorted(off)


@pytest.mark.parametrize("purposes", [MANY, MIXED, FEW])
@pytest.mark.parametrize("watched", [20, 50, 100])
def test_the_range_holds_sixteen_times_in_twenty(
    purposes: tuple[Purpose, ...], watched: int
) -> None:
    runs = [played(purposes, seed, watched=watched) for seed in range(20)]

    held = [
        one.spent + one.estimates[-1].cost.low
        <= one.total
        <= one.spent + one.estimates[-1].cost.high
        for one in runs
    ]

    assert sum(held) >= 16


@pytest.mark.parametrize("purposes", [MANY, MIXED, FEW])
def test_before_the_first_call_there_is_a_wide_range_that_holds(
    purposes: tuple[Purpose, ...],
) -> None:
    for seed in range(20):
        one = played(purposes, seed, watched=0)
        cost = one.estimates[-1].cost

        assert cost.low <= one.total <= cost.high
        assert cost.high > 1.5 * cost.low


def test_the_more_calls_the_narrower_the_range() -> None:
    widths = [
        cost.high / cost.low
        for watched in (0, 20, 100, 800)
        for cost in (played(MANY, 7, watched=watched).estimates[-1].cost,)
    ]

    assert widths == sorted(widths, reverse=True)


def test_an_estimator_that_only_averages_would_be_off_more_often() -> None:
    def errors(watched: int) -> list[float]:
        runs = [played(MIXED, seed, watched=watched) for seed in range(20)]
        return [abs(r.spent + r.estimates[-1].cost.likely - r.total) / r.total for r in runs]

    def averaged(watched: int) -> list[float]:
        found: list[float] = []
        for seed in range(20):
            made = list(calls_of(MIXED, random.Random(seed), 0.1))
            mean = float(sum(seen.cost for seen in made[:watched])) / watched
            total = float(sum(seen.cost for seen in made))
            found.append(abs(mean * sum(one.calls for one in MIXED) * 1.05 - total) / total)
        return found

    assert sum(errors(50)) < sum(averaged(50))


def test_answers_paid_before_are_asked_no_more_and_teach_nothing() -> None:
    estimator = Estimator(TERMS)
    estimator.expect([Forecast("a", 10, 10_000)])
    for _ in range(4):
        estimator.found("a")

    assert estimator.remaining()[-1].calls.low == 6


def test_at_the_end_nothing_is_left() -> None:
    made = list(calls_of(FEW, random.Random(3), 0.1))
    estimator = Estimator(TERMS)
    estimator.expect(Forecast(one.name, one.calls, one.characters * one.calls) for one in FEW)
    for seen in made:
        estimator.observe(seen)

    (left,) = estimator.remaining(elapsed_s=10)

    assert left.cost == left.seconds == left.calls == (0, 0, 0)


def test_what_was_learnt_stays_when_more_is_expected() -> None:
    estimator = Estimator(TERMS)
    estimator.expect([Forecast("a", 60, 60_000)])
    for _ in range(60):
        estimator.observe(Seen("a", 1_000, Usage(250, 2_000), RATES.of(Usage(250, 2_000))))
    estimator.expect([Forecast("a", 10, 10_000)])

    mean = estimator.remaining()[-1].output_tokens.likely / estimator.remaining()[-1].calls.likely
    assert mean == pytest.approx(2_000, rel=0.06)


def test_a_prefix_in_the_cache_is_cheaper_once_that_is_seen_or_said() -> None:
    forecast = Forecast("a", 100, 1_000_000, shared_characters=900_000)

    def cost(*, caches: bool) -> float:
        estimator = Estimator(Terms(RATES, TERMS.density, caches=caches))
        estimator.expect([forecast])
        return estimator.remaining()[-1].cost.likely

    assert cost(caches=True) < cost(caches=False)

    estimator = Estimator(TERMS)
    estimator.expect([forecast])
    before = estimator.remaining()[-1].cost.likely
    for _ in range(50):
        usage = Usage(250, 300, cache_read=2_250)
        estimator.observe(Seen("a", 10_000, usage, RATES.of(usage)))
    assert estimator.remaining()[-1].cost.likely < before / 3


def test_limits_make_a_run_longer() -> None:
    def seconds(
        at_once: int = 16,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
    ) -> float:
        limits = requests_per_minute, tokens_per_minute
        estimator = Estimator(Terms(RATES, TERMS.density, at_once, 2048, False, *limits))
        estimator.expect([Forecast("a", 600, 600_000)])
        return estimator.remaining()[-1].seconds.likely

    free = seconds()
    assert seconds(at_once=1) > 10 * free
    assert seconds(requests_per_minute=6) == pytest.approx(648 * 10)
    assert seconds(tokens_per_minute=1_000) > free


def test_the_speed_so_far_tells_when_it_ends() -> None:
    estimator = Estimator(TERMS)
    estimator.expect([Forecast("a", 100, 100_000)])
    for _ in range(50):
        estimator.observe(Seen("a", 1_000, Usage(250, 300), RATES.of(Usage(250, 300))))

    last = estimator.remaining(elapsed_s=25)[-1]

    assert last.seconds.likely == pytest.approx(last.calls.likely / 2)


def test_each_purpose_is_told_apart_and_added_up() -> None:
    *parts, total = played(MIXED, 1, watched=50).estimates

    assert [part.purpose for part in parts] == [one.name for one in MIXED]
    assert total.purpose == "all"
    assert total.cost.likely == pytest.approx(sum(part.cost.likely for part in parts))
    assert total.cost_usd[1] == pytest.approx(Decimal(total.cost.likely), abs=Decimal("0.000001"))


@settings(max_examples=40)
@given(
    st.lists(
        st.builds(
            Forecast,
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 10_000),
            st.integers(0, 10**9),
            st.just(0),
            st.tuples(st.integers(1, 500), st.integers(1, 4_000)),
        ),
        max_size=5,
    ),
    st.lists(
        st.builds(
            Seen,
            st.sampled_from(["a", "b", "d"]),
            st.integers(0, 10**6),
            st.builds(Usage, *[st.integers(0, 10**6)] * 4),
            st.decimals(0, 10, places=4),
            st.booleans(),
        ),
        max_size=20,
    ),
)
def test_every_range_is_in_order_whatever_is_seen(
    forecasts: list[Forecast], seen: list[Seen]
) -> None:
    estimator = Estimator(TERMS)
    estimator.expect(forecasts)
    for one in seen:
        estimator.observe(one)

    for one in estimator.remaining(elapsed_s=1):
        for low, likely, high in (one.calls, one.input_tokens, one.output_tokens, one.seconds):
            assert 0 <= low <= likely <= high
        assert one.cost.low <= one.cost.likely <= one.cost.high


def test_calls_that_ended_and_are_not_observed_are_not_left() -> None:
    estimator = Estimator(TERMS)
    estimator.expect([Forecast("generate/pairs", 10, 10_000, 0, (100, 1000))])
    whole, usage = estimator.remaining()[-1], Usage(250, 400)
    seen = Seen("generate/pairs", 1000, usage, RATES.of(usage))

    less = whole.without([seen, seen])

    assert whole.without([]) == whole
    assert less.calls.likely == whole.calls.likely - 2
    assert less.output_tokens.likely == whole.output_tokens.likely - 800
    assert less.cost.high == pytest.approx(whole.cost.high - 2 * float(seen.cost))
    assert whole.without([seen] * 1000).cost.likely == 0
