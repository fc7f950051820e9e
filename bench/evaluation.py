"""Whether the statistics of a proof keep what they promise, by simulation, and how long they take.

The simulations call the functions that the tests of a user run: each takes many sets at once,
one set in a row, and a user's set is a single row.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation_time import long_table, one_evaluation
from lorewright.statistics import (
    Outcome,
    Spread,
    benjamini_hochberg,
    holm,
    in_order,
    power_of,
    power_of_margin,
    power_of_preference,
    ratio_of_means,
)
from lorewright.statistics.betting import running_p_values
from lorewright.statistics.exact import p_of_more_than, p_of_signs
from lorewright.statistics.rows import (
    clustered_means_and_errors,
    means_and_errors,
    p_above,
    p_of_equivalence,
    p_of_margins,
    p_two_sided,
)
from lorewright.statistics.sequential import OF_RATINGS, OF_VOTES
from lorewright.statistics.sign_flip import Floats, sign_flip_p_values
from page import Section
from simulated_ratings import AT_ONCE, World, by_scenario, in_families, rated

FULL = 10_000
PERMUTATIONS = 1_999
POINTS_OF_PLAN = 0.02
GOAL_S = 2.0
RUNS = 5

TWO_SIDED = (0.05, 0.056)
"""The nominal error and what may come out in ten thousand tests: about three standard errors."""
ANY_STOP = (0.05, 0.05)
ONE_SIDED = (0.025, 0.0297)
FAMILY_WISE = (0.05, 0.0565)


@dataclass(frozen=True, slots=True)
class Row:
    """One promise and what came out."""

    what: str
    found: float
    nominal: float
    """The error allowed, or the power planned."""
    goal: float | None
    """None for a figure that only stands beside the others."""
    is_power: bool = False

    def is_met(self, tests: int) -> bool | None:
        """Whether the goal is reached; fewer tests are allowed their larger error of chance."""
        if self.goal is None:
            return None
        slack = 3 * (_error(self.nominal, tests) - _error(self.nominal, FULL))
        if self.is_power:
            return abs(self.found - self.nominal) <= self.goal + slack
        return self.found <= self.goal + slack

    def shown(self, tests: int) -> list[str]:
        """The row as the page has it."""
        goal = "-"
        if self.goal is not None:
            goal = "within 2 points" if self.is_power else f"at most {100 * self.goal:.2f} %"
        met = {True: "met", False: "**missed**", None: "-"}[self.is_met(tests)]
        return [self.what, f"{100 * self.found:.2f} %", f"{100 * self.nominal:.1f} %", goal, met]


def measure() -> Section:
    """Simulate every promise, then time one evaluation."""
    tests = int(os.environ.get("QUICK", FULL))
    begun, cpu = time.perf_counter(), time.process_time()
    rows = simulate(tests)
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    table = long_table()
    one_evaluation(table)  # imports are not what is timed
    seconds = [_seconds(lambda: one_evaluation(table)) for _ in range(RUNS)]
    timed = statistics.median(seconds)
    return Section(
        title="The statistics of a proof",
        about=(
            f"{tests:,} simulated evaluations for each row, seeded; {took:.0f} s for all of them "
            f"in one process, {cpu:.0f} s of them CPU time; the goal is 60 s. *Found* is how "
            "often the test claims something: where nothing is true, that is its error; "
            "*nominal* is the error it promises, or the power that the plan says. Goals allow "
            "about three standard errors of ten thousand tests. The simulations run the "
            "functions that a user's test runs, on many rows instead of one. Spreads are those "
            "of the plan: 0.8 points within an arm, a correlation of 0.35 between arms, 0.6 "
            "points of noise of a rater. In the rows of the sign flip and the t interval raters "
            "say whole numbers from 1 to 5; in those of margins and power any number. "
            "Rows without a goal are what Lorewright does not do. The last row is the median of "
            f"{RUNS} runs ({min(seconds):.2f} to {max(seconds):.2f} s) of all statistics of an "
            "evaluation of 100 scenarios, 4 arms, 3 raters and 8 dimensions, in CPU time."
        ),
        columns=["what", "found", "nominal", "goal", "result"],
        rows=[
            *(row.shown(tests) for row in rows),
            [
                "all statistics of one evaluation",
                f"{timed:.2f} s",
                "-",
                f"under {GOAL_S:.0f} s",
                "met" if timed < GOAL_S else "**missed**",
            ],
        ],
    )


def simulate(tests: int) -> list[Row]:
    """All rows, each from `tests` simulated evaluations."""
    return [
        *_paired(tests),
        *_exact(tests),
        *_bounds(tests),
        *_families(tests),
        *_sequential(tests),
        *_many(tests),
        *_power(tests),
        *_naive(tests),
    ]


def _paired(tests: int) -> Iterator[Row]:
    for n in (20, 50, 100, 200):
        signs, t = 0.0, 0.0
        for seed, (theirs, ours) in enumerate(by_scenario(World(scenarios=n), tests, seed=n)):
            signs += _claims(_signs(ours - theirs, seed))
            t += _claims(_t(ours - theirs))
        yield Row(f"sign flip, n = {n}", signs / tests, *TWO_SIDED)
        yield Row(f"t interval leaves zero out, n = {n}", t / tests, *TWO_SIDED)
    world = World(scenarios=50, raters=5, turns=4)
    found = sum(
        _claims(_signs(ours - theirs, seed))
        for seed, (theirs, ours) in enumerate(by_scenario(world, tests, seed=5))
    )
    yield Row("sign flip, n = 50, 5 raters, 4 turns", found / tests, *TWO_SIDED)


def _exact(tests: int) -> Iterator[Row]:
    random = np.random.default_rng(21)
    votes = random.multinomial(100, [0.4, 0.4, 0.2], size=tests).astype(np.float64)
    found = _claims(p_of_signs(votes[:, 0], votes[:, 1])) / tests
    yield Row("preference, 100 scenarios, a fifth ties", found, *TWO_SIDED)
    changed = random.multinomial(400, [0.1, 0.1, 0.8], size=tests).astype(np.float64)
    found = _claims(p_of_signs(changed[:, 0], changed[:, 1])) / tests
    yield Row("McNemar, 400 questions, a fifth change", found, *TWO_SIDED)
    wins = random.binomial(100, 0.65, size=tests).astype(np.float64)
    p_values = p_of_more_than(wins, np.full(tests, 100.0), 0.65)
    yield Row(
        "preferred more often than 65 %, at 65 %", _claims(p_values, 0.025) / tests, *ONE_SIDED
    )


def _bounds(tests: int) -> Iterator[Row]:
    random = np.random.default_rng(22)
    for n in (50, 100):
        world = World(scenarios=n, gain=0.15 * 2.8, whole=False)
        margin, ratio = 0.0, 0
        for theirs, ours in by_scenario(world, tests, seed=n + 1):
            margin += _claims(p_of_margins(ours, theirs, 0.15), 0.025)
            ratio += sum(_ratio_misses(one, other) for one, other in zip(ours, theirs, strict=True))
        yield Row(f"at least 15 %, at 15 %, n = {n}", margin / tests, *ONE_SIDED)
        yield Row(f"Fieller's interval misses the true ratio, n = {n}", ratio / tests, *TWO_SIDED)
    at_edge = random.normal(0.3, 1, (tests, 100))
    found = _claims(p_of_equivalence(at_edge, -0.3, 0.3)) / tests
    yield Row("equivalent within a bound, at the bound", found, *TWO_SIDED)
    found = _claims(p_of_equivalence(-at_edge, -0.3, np.inf), 0.025) / tests
    yield Row("not worse by a bound, at the bound", found, *ONE_SIDED)


def _families(tests: int) -> Iterator[Row]:
    for families, each, icc in ((10, 5, 0.1), (10, 5, 0.2), (20, 5, 0.2)):
        rows, members = in_families(tests, families=families, each=each, icc=icc, seed=families)
        p_values = p_two_sided(*clustered_means_and_errors(rows, members), families - 1)
        words = f"{families} families of {each}, correlation {icc}"
        yield Row(f"by families, {words}", _claims(p_values) / tests, *TWO_SIDED)
        yield Row(f"t over scenarios, {words}", _claims(_t(rows)) / tests, 0.05, None)


def _sequential(tests: int) -> Iterator[Row]:
    half = np.asarray(0.5)
    for sd in (0.9, 2.0):
        found, peeked = 0, 0
        for seed, many in _portions(tests):
            random = np.random.default_rng([23, int(10 * sd), seed])
            rows = np.clip(random.normal(0, sd, (many, 200)), -4, 4)
            p_values = running_p_values(rows / 8 + 0.5, half, guess=OF_RATINGS)
            found += _claims(p_values[:, -1])
            peeked += _claims(_lowest_peek(rows))
        yield Row(f"sequential, any stop up to 200, spread {sd}", found / tests, *ANY_STOP)
        yield Row(f"t after every scenario up to 200, spread {sd}", peeked / tests, 0.05, None)
    votes = np.random.default_rng(24).choice([0.0, 0.5, 1.0], p=[0.4, 0.2, 0.4], size=(tests, 200))
    found = sum(
        _claims(running_p_values(votes[at : at + AT_ONCE], half, guess=OF_VOTES)[:, -1])
        for at in range(0, tests, AT_ONCE)
    )
    yield Row("sequential preference, any stop up to 200", found / tests, *ANY_STOP)


def _many(tests: int) -> Iterator[Row]:
    yield from _dimensions(tests)
    yield from _gates(tests, prompted=0.0, control=0.0, words="no arm differs", naive=True)
    yield from _gates(tests, prompted=0.6, control=0.0, words="any training helps", naive=False)


def _dimensions(tests: int) -> Iterator[Row]:
    """Eight dimensions that go together by 0.6 and thirteen metrics that do by 0.2."""
    random = np.random.default_rng(25)
    for count, together, name, adjust in (
        (8, 0.6, "Holm", holm),
        (13, 0.2, "Benjamini-Hochberg", benjamini_hochberg),
    ):
        kept = raw = 0
        for _, many in _portions(tests):
            shared = together**0.5 * random.normal(size=(many, 50, 1))
            own = (1 - together) ** 0.5 * random.normal(size=(many, 50, count))
            p_values = _t((shared + own).transpose(0, 2, 1))
            raw += _claims(p_values.min(axis=1))
            kept += sum(min(adjust(row)) <= 0.05 for row in p_values.tolist())
        words = f"any of {count} tests, none true"
        yield Row(f"{name}, {words}", kept / tests, *FAMILY_WISE)
        yield Row(f"unadjusted, {words}", raw / tests, 0.05, None)


def _gates(
    tests: int, *, prompted: float, control: float, words: str, naive: bool
) -> Iterator[Row]:
    """H1 over the prompted base; over the control H2, H3 preference and H4 the margin.

    Under `any training helps` tuned and control are alike and both better than the base, so
    that H1 is true and H2 to H4 are false claims.
    """
    false_claims, any_claim = 0, 0
    random = np.random.default_rng([26, int(10 * prompted)])
    for seed, many in _portions(tests):
        scenario = random.normal(2.8, 0.35**0.5 * 0.8, (many, 50))
        base, other, tuned = (
            scenario + shift + random.normal(0, 0.7, (many, 50))
            for shift in (0.0, prompted - control, prompted)
        )
        wins = np.count_nonzero(tuned > other, axis=1).astype(np.float64)
        p_values = np.stack(
            [
                _signs(tuned - base, seed),
                _signs(tuned - other, seed),
                p_of_signs(wins, 50 - wins),
                p_of_margins(tuned, other, 0.15),
            ]
        )
        first_false = 1 if prompted else 0
        any_claim += _claims(p_values[first_false:3].min(axis=0))
        for row in p_values.T.tolist():
            gates = in_order([(f"H{at}", p_value) for at, p_value in enumerate(row, start=1)])
            false_claims += any(gate.outcome is Outcome.MET for gate in gates[first_false:])
    yield Row(f"fixed order H1 to H4, {words}", false_claims / tests, *FAMILY_WISE)
    if naive:
        yield Row(f"any of H1 to H3 without an order, {words}", any_claim / tests, 0.05, None)


def _power(tests: int) -> Iterator[Row]:
    for n, difference, sd in ((38, 0.33, 0.7), (41, 0.42, 0.8), (62, 0.42, 1.0), (96, 0.42, 1.25)):
        found = 0
        for seed, many in _portions(tests):
            rows = np.random.default_rng([27, n, seed]).normal(difference, sd, (many, n))
            found += _claims(_signs(rows, seed))
        words = f"power of the sign flip, n = {n}, {difference} at spread {sd}"
        yield _planned(words, found / tests, power_of(n, difference, sd))
    random = np.random.default_rng(28)
    for n in (92, 121):
        wins = random.binomial(n, 0.65, tests).astype(np.float64)
        found = _claims(p_of_signs(wins, n - wins)) / tests
        planned = power_of_preference(n, 0.65)
        yield _planned(f"power of a preference of 65 %, n = {n}", found, planned)
    for n, gain in ((116, 0.25), (53, 0.3)):
        world = World(scenarios=n, raters=5, gain=gain * 2.8, whole=False)
        found = sum(
            _claims(p_of_margins(ours, theirs, 0.15), 0.025)
            for theirs, ours in by_scenario(world, tests, seed=n)
        )
        planned = power_of_margin(n, 2.8, gain, margin=0.15, spread=Spread())
        words = f"power of at least 15 %, n = {n}, truly {100 * gain:.0f} %"
        yield _planned(words, found / tests, planned)


def _naive(tests: int) -> Iterator[Row]:
    """The ratings themselves as rows of a paired t test: what `aggregate` makes impossible."""
    for turns, words in ((1, "250 ratings"), (4, "1,000 ratings")):
        world = World(raters=5, turns=turns)
        found = sum(
            _claims(_t((ours - theirs).reshape(len(ours), -1)))
            for theirs, ours in rated(world, tests, seed=29)
        )
        yield Row(f"pooled t, {words} of 50 scenarios as rows", found / tests, 0.05, None)


def _planned(what: str, found: float, planned: float) -> Row:
    return Row(what, found, planned, POINTS_OF_PLAN, is_power=True)


def _signs(rows: Floats, seed: int) -> Floats:
    """Each portion has patterns of signs of its own, as each user has by their seed."""
    return sign_flip_p_values(rows, permutations=PERMUTATIONS, seed=seed)


def _t(rows: Floats) -> Floats:
    return p_two_sided(*means_and_errors(rows), rows.shape[-1] - 1)


def _claims(p_values: Floats, alpha: float = 0.05) -> int:
    return int(np.count_nonzero(p_values <= alpha))


def _ratio_misses(ours: Floats, theirs: Floats) -> bool:
    found = ratio_of_means(ours.tolist(), theirs.tolist())
    assert found.low is not None
    assert found.high is not None
    return not found.low <= 1.15 <= found.high


def _lowest_peek(rows: Floats) -> Floats:
    """The smallest p-value of t tests after each scenario from the tenth on."""
    seen = np.arange(1, rows.shape[1] + 1)
    mean = np.cumsum(rows, axis=1) / seen
    squares = np.cumsum(rows**2, axis=1) - seen * mean**2
    error = np.sqrt(squares[:, 9:] / (seen[9:] - 1) / seen[9:])
    degrees: Any = seen[9:] - 1
    return 2 * p_above(np.abs(mean[:, 9:]), error, degrees).min(axis=1)


def _portions(tests: int) -> Iterator[tuple[int, int]]:
    """(a number of its own, how many tests) of each portion."""
    for number, done in enumerate(range(0, tests, AT_ONCE)):
        yield number, min(AT_ONCE, tests - done)


def _error(share: float, tests: int) -> float:
    return (share * (1 - share) / tests) ** 0.5


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
