"""What is still to be asked, what it will cost and how long: a range, sharper with each call.

Before the first call there are only forecasts, so the range is wide: the shortest answers and
the longest, no answer sent back and a quarter of them. From the first calls on these are learnt:

* The lengths of answers are taken to be log-normal, a curve of its own for each purpose. The few
  calls made so far are shrunk towards the forecast, which counts as much as two calls, and the
  spread is shared by all purposes. The mean of such a curve is `exp(m + s²/2)`; for skewed
  lengths it strays less than the average of fifty. As calls gather, the plain average takes
  over, which is right for any other distribution too.
* How many answers are sent back is a share with a prior: one in twelve, as if twenty questions
  had been asked.
* Characters per token, the length of requests against their forecast, and what an input token
  really costs with a cache are ratios of sums, each with a prior that a handful of calls outweighs.

The range is meant to hold nine times in ten: the relative errors of the parts are added as
variances. `tests/jobs/test_estimating.py` plays it against runs it does not know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from math import exp, log, sqrt
from typing import NamedTuple

from lorewright.jobs.work import Forecast
from lorewright.llms import Usage
from lorewright.llms.tariffs import Rates
from lorewright.llms.tokens import Density

PRIOR_CALLS = 2.0
"""As many calls does the forecast of an answer's length count for."""
PRIOR_SPREAD = 4.0
"""As many calls does the forecast of their spread count for."""
PRIOR_QUESTIONS = 20.0
"""As many questions does the belief count for that one answer in twelve is sent back."""
PRIOR_REQUESTS = 10.0
"""As many requests does the forecast of their length count for."""
UNEVEN = 0.3
"""How far requests differ in length, as a share of their mean."""
AVERAGE_FROM = 100.0
"""After so many calls the plain average weighs as much as the log-normal curve."""
SENT_BACK = (0.0, 0.08, 0.25)
"""Answers per question that are asked for again, before anything is known."""
TOKENS_PER_SECOND = (120.0, 50.0, 15.0)
"""How fast answers are written, before anything is known."""
NINE_IN_TEN = 1.645
"""Standard deviations on each side of what is likely."""
CENT = Decimal("0.000001")


class Range(NamedTuple):
    """At least, as a rule, and at most."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What calls for one purpose, or for all, take from here on."""

    purpose: str
    calls: Range
    input_tokens: Range
    output_tokens: Range
    cost: Range
    """US dollars."""
    seconds: Range

    @property
    def cost_usd(self) -> tuple[Decimal, Decimal, Decimal]:
        """The cost as money: millionths of a dollar."""
        low, likely, high = (Decimal(one).quantize(CENT, ROUND_HALF_UP) for one in self.cost)
        return low, likely, high

    def without(self, ended: "Sequence[Seen]") -> "Estimate":
        """The same without calls that have ended meanwhile."""
        usages = [seen.usage for seen in ended]
        read = sum(one.input + one.cache_read + one.cache_write for one in usages)
        return replace(
            self,
            calls=_less(self.calls, len(ended)),
            input_tokens=_less(self.input_tokens, read),
            output_tokens=_less(self.output_tokens, sum(one.output for one in usages)),
            cost=_less(self.cost, float(sum(seen.cost for seen in ended))),
        )


def _less(span: Range, made: float) -> Range:
    low, likely, high = (max(0.0, one - made) for one in span)
    return Range(low, likely, high)


class Seen(NamedTuple):
    """A call that was made and paid."""

    purpose: str
    input_characters: int
    usage: Usage
    cost: Decimal
    sent_back: bool = False
    """Whether it asked again for an answer that had been off."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which conditions calls are made."""

    rates: Rates
    density: Density
    at_once: int = 16
    most_tokens: int = 2048
    caches: bool = False
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


class Estimator:
    """Learns from calls what the others will take.

    Args:
        terms: prices, limits, and how many characters a token has.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._purposes: dict[str, _Purpose] = {}
        self._answered = 0
        self._sent_back = 0
        self._characters = 0
        self._tokens = 0

    def expect(self, forecasts: Iterable[Forecast]) -> None:
        """Say what is to be asked from now on; what was learnt stays."""
        for one in self._purposes.values():
            one.left = 0
        for forecast in forecasts:
            known = self._purposes.setdefault(forecast.purpose, _Purpose(forecast.purpose))
            known.expect(forecast)

    def observe(self, seen: Seen) -> None:
        """Learn from a call that was made and paid."""
        known = self._purposes.setdefault(seen.purpose, _Purpose(seen.purpose))
        known.observe(seen, self._terms)
        self._answered += not seen.sent_back
        self._sent_back += seen.sent_back
        self._characters += seen.input_characters
        self._tokens += seen.usage.input + seen.usage.cache_read + seen.usage.cache_write

    def found(self, purpose: str) -> None:
        """Count a question whose answer was paid before."""
        if purpose in self._purposes:
            self._purposes[purpose].answered()

    def remaining(self, *, elapsed_s: float | None = None) -> list[Estimate]:
        """What is left to be asked for each purpose; the last one is all of it.

        Args:
            elapsed_s: how long the calls observed so far took together, side by side.
        """
        beliefs = self._beliefs()
        parts = [one.estimate(beliefs, self._terms) for one in self._purposes.values() if one.left]
        speed = self._speed(elapsed_s)
        rows = [self._with_seconds(one, speed) for one in parts]
        return [*rows, self._with_seconds(_sum(parts, beliefs), speed)]

    def _beliefs(self) -> "_Beliefs":
        asked = PRIOR_QUESTIONS + self._answered
        again = (SENT_BACK[1] * PRIOR_QUESTIONS + self._sent_back) / asked
        left = max(sum(one.left for one in self._purposes.values()), 1)
        of_share, of_luck = again * (1 + again) / asked, again * (1 + again) / left
        return _Beliefs(
            is_blind=not self._answered,
            again=again,
            again_doubt=sqrt(of_share + of_luck) / (1 + again),
            density=self._terms.density.learnt(self._characters, self._tokens),
            shift=self._shift(),
            variance=self._variance(),
        )

    def _shift(self) -> float:
        """How much longer answers are than their forecasts, as a logarithm."""
        seen = [one for one in self._purposes.values() if one.logs and one.spread]
        count = sum(len(one.logs) for one in seen)
        return sum(sum(one.logs) - len(one.logs) * one.middle for one in seen) / (
            count + PRIOR_CALLS
        )

    def _variance(self) -> float:
        """Of the logarithms of lengths round the middle of their purpose."""
        known = [one for one in self._purposes.values() if one.spread]
        prior = max((one.spread**2 for one in known), default=0.3)
        squares, freedom = PRIOR_SPREAD * prior, PRIOR_SPREAD
        for one in self._purposes.values():
            if len(one.logs) > 1:
                middle = sum(one.logs) / len(one.logs)
                squares += sum((each - middle) ** 2 for each in one.logs)
                freedom += len(one.logs) - 1
        return squares / freedom

    def _speed(self, elapsed_s: float | None) -> float | None:
        """Calls per second so far; None before there are enough to say."""
        made = self._answered + self._sent_back
        return made / elapsed_s if elapsed_s and made >= 5 else None

    def _with_seconds(self, one: "_Part", speed: float | None) -> Estimate:
        terms = self._terms
        spans: list[float] = []
        for at, calls in enumerate(one.calls):
            if speed is not None:
                spans.append(calls / speed)
                continue
            tokens = one.output_tokens[at] / TOKENS_PER_SECOND[at]
            slowest = [(calls + tokens) / min(terms.at_once, max(calls, 1))]
            if terms.requests_per_minute:
                slowest.append(60 * calls / terms.requests_per_minute)
            if terms.tokens_per_minute:
                all_tokens = one.input_tokens[at] + one.output_tokens[at]
                slowest.append(60 * all_tokens / terms.tokens_per_minute)
            spans.append(max(slowest))
        return Estimate(
            one.purpose, one.calls, one.input_tokens, one.output_tokens, one.cost, Range(*spans)
        )


class _Beliefs(NamedTuple):
    """What all purposes share."""

    is_blind: bool
    again: float
    again_doubt: float
    density: Density
    shift: float
    variance: float


class _Part(NamedTuple):
    """An estimate without its duration."""

    purpose: str
    calls: Range
    input_tokens: Range
    output_tokens: Range
    cost: Range
    variance: float = 0.0
    """Of the cost, without what all purposes are unsure about together."""


@dataclass(slots=True)
class _Purpose:
    """One purpose: what was forecast for it, and what was seen."""

    purpose: str
    left: int = 0
    characters: float = 0.0
    """Of one request, as it was forecast."""
    shared: float = 0.0
    """The share of them that a provider may have in its cache."""
    lengths: tuple[int, int] = (0, 0)
    middle: float = 0.0
    """The logarithm of the answer's length that was forecast."""
    spread: float = 0.0
    """Its standard deviation: the forecast's range is four of them wide."""
    logs: list[float] = field(default_factory=list[float])
    tokens: int = 0
    """Of all answers together."""
    sent: float = 0.0
    """Characters of the requests that were no second attempt."""
    asked: int = 0
    input_tokens: int = 0
    input_cost: float = 0.0

    def expect(self, forecast: Forecast) -> None:
        before, calls = self.left, self.left + forecast.calls
        if not forecast.calls:
            return
        each = forecast.input_characters / forecast.calls
        share = forecast.shared_characters / max(forecast.input_characters, 1)
        self.characters = (self.characters * before + each * forecast.calls) / calls
        self.shared = (self.shared * before + share * forecast.calls) / calls
        self.left = calls
        fewest, most = forecast.output_tokens
        self.lengths = (max(fewest, 1), max(most, fewest, 1))
        low, high = map(log, self.lengths)
        self.middle, self.spread = (low + high) / 2, max((high - low) / 4, 0.05)

    def observe(self, seen: Seen, terms: Terms) -> None:
        usage = seen.usage
        self.logs.append(log(max(usage.output, 1)))
        self.tokens += usage.output
        self.input_tokens += usage.input + usage.cache_read + usage.cache_write
        self.input_cost += max(0.0, float(seen.cost - terms.rates.output * usage.output))
        if not seen.sent_back:
            self.sent += seen.input_characters
            self.asked += 1
            self.answered()

    def answered(self) -> None:
        self.left = max(0, self.left - 1)

    def estimate(self, beliefs: _Beliefs, terms: Terms) -> _Part:
        """What is left of it."""
        if beliefs.is_blind:
            return self._blind(beliefs.density, terms)
        calls = self.left * (1 + beliefs.again)
        length, doubt = self._length(beliefs, terms)
        read = self._characters() * calls / beliefs.density.likely
        written = length * calls
        price = self._input_price(terms)
        cost = read * price + written * float(terms.rates.output)
        of_input = sqrt((_width(beliefs.density) / NINE_IN_TEN) ** 2 + UNEVEN**2 / max(calls, 1))
        return _Part(
            self.purpose,
            _around(calls, beliefs.again_doubt),
            _around(read, sqrt(of_input**2 + beliefs.again_doubt**2)),
            _around(written, sqrt(doubt**2 + beliefs.again_doubt**2)),
            Range(cost, cost, cost),
            (written * float(terms.rates.output) * doubt) ** 2 + (read * price * of_input) ** 2,
        )

    def _length(self, beliefs: _Beliefs, terms: Terms) -> tuple[float, float]:
        """The mean length of an answer, and the relative doubt about those that are left."""
        count, variance = len(self.logs), beliefs.variance
        expected = (self.middle if self.spread else 5.5) + beliefs.shift
        middle = (PRIOR_CALLS * expected + sum(self.logs)) / (PRIOR_CALLS + count)
        curve = exp(middle + variance / 2)
        share = count / (count + AVERAGE_FROM)
        average = self.tokens / count if count else curve
        length = min(share * average + (1 - share) * curve, float(terms.most_tokens))
        of_mean = (variance + variance**2 / 2) / (PRIOR_CALLS + count)
        of_others = (exp(variance) - 1) / max(self.left, 1)
        return length, sqrt(of_mean + of_others)

    def _characters(self) -> float:
        """Of one request, by the forecast and by those that were sent."""
        if not self.characters:
            return self.sent / max(self.asked, 1)
        believed = PRIOR_REQUESTS * self.characters
        return self.characters * (believed + self.sent) / (believed + self.asked * self.characters)

    def _input_price(self, terms: Terms) -> float:
        """US dollars that an input token costs, what is in a cache included."""
        rates = terms.rates
        shared = self.shared if terms.caches else 0.0
        believed = float(rates.input) * (1 - shared) + float(rates.cache_read) * shared
        weight = PRIOR_CALLS * self.characters / terms.density.likely
        if weight + self.input_tokens == 0:
            return believed
        return (weight * believed + self.input_cost) / (weight + self.input_tokens)

    def _blind(self, density: Density, terms: Terms) -> _Part:
        """Before the first call: every bound at its end."""
        fewest, most = (min(one, terms.most_tokens) for one in self.lengths)
        lengths = (fewest, min(exp(self.middle + self.spread**2 / 2), most), most)
        densities = (density.most, density.likely, density.fewest)
        calls = Range(*(self.left * (1 + again) for again in SENT_BACK))
        read = Range(
            *(self.characters * one / per for one, per in zip(calls, densities, strict=True))
        )
        written = Range(*(one * length for one, length in zip(calls, lengths, strict=True)))
        price, rate = self._input_price(terms), float(terms.rates.output)
        cost = Range(*(price * i + rate * o for i, o in zip(read, written, strict=True)))
        return _Part(self.purpose, calls, read, written, cost)


def _sum(parts: list[_Part], beliefs: _Beliefs) -> _Part:
    """All purposes together; what they are unsure about apart cancels in part."""
    totals = [
        Range(*map(sum, zip(*column, strict=True))) if column else Range(0, 0, 0)
        for column in (
            [part.calls for part in parts],
            [part.input_tokens for part in parts],
            [part.output_tokens for part in parts],
            [part.cost for part in parts],
        )
    ]
    calls, read, written, cost = totals
    if not beliefs.is_blind and cost.likely:
        apart = sum(part.variance for part in parts) / cost.likely**2
        cost = _around(cost.likely, sqrt(apart + beliefs.again_doubt**2))
    return _Part("all", calls, read, written, cost)


def _around(likely: float, doubt: float) -> Range:
    factor = exp(NINE_IN_TEN * doubt)
    return Range(likely / factor, likely, likely * factor)


def _width(density: Density) -> float:
    return log(density.most / density.fewest) / 2
