"""All statistics of one evaluation, as a report needs them."""

from collections.abc import Callable, Iterable
from itertools import combinations, product
from random import Random

from lorewright.statistics import (
    Duel,
    Pairs,
    Rating,
    Vote,
    adjusted,
    aggregate,
    at_least,
    clustered,
    equivalent,
    flips,
    gwet,
    in_order,
    kappa,
    krippendorff,
    more_often_than,
    not_worse,
    paired,
    preferences,
    ranking,
    ratio_of_means,
    sign_test,
    watched,
)

SCENARIOS, RATERS, DIMENSIONS, METRICS = 100, 3, 8, 13
ARMS = {"base": 2.8, "prompted": 2.9, "control": 3.0, "tuned": 3.5}
PERMUTATIONS = 9_999


def long_table(seed: int = 1) -> list[Rating]:
    """One rating of each dimension by each rater of each arm's answer to each scenario."""
    random = Random(seed)
    scenarios = {f"s{at:03}": random.gauss(0, 0.5) for at in range(SCENARIOS)}
    return [
        Rating(
            scenario,
            f"f{int(scenario[1:]) % 20}",
            arm,
            f"r{rater}",
            f"d{dimension}",
            1,
            1,
            float(min(5, max(1, round(mean + shift + random.gauss(0, 0.8))))),
        )
        for scenario, shift in scenarios.items()
        for arm, mean in ARMS.items()
        for rater, dimension in product(range(RATERS), range(DIMENSIONS))
    ]


def one_evaluation(table: Iterable[Rating]) -> int:
    """Compute everything; the number of findings, so that nothing is left out unnoticed."""
    rows = list(table)
    found = [*_comparisons(rows), *_preferences(), *_agreement(rows)]
    return len(found)


def _comparisons(rows: list[Rating]) -> Iterable[object]:
    whole = aggregate(rows, scale=(1, 5))
    by_dimension = [
        aggregate(rows, scale=(1, 5), dimensions=[f"d{at}"]) for at in range(DIMENSIONS)
    ]
    for against in ("prompted", "control", "base"):
        pairs = whole.paired_by_scenario("tuned", against)
        yield from _of_pairs(pairs)
        yield adjusted(
            {
                f"d{at}": _p_of(one.paired_by_scenario("tuned", against))
                for at, one in enumerate(by_dimension)
            }
        )
    pairs = whole.paired_by_scenario("tuned", "prompted")
    yield adjusted(
        {f"metric {at}": _p_of(pairs) for at in range(METRICS)}, method="benjamini-hochberg"
    )
    yield in_order([("H1", _p_of(pairs)), ("H2", 0.01), ("H3", 0.02), ("H4", 0.03)])


def _of_pairs(pairs: Pairs) -> Iterable[object]:
    tests: list[Callable[[], object]] = [
        lambda: paired(pairs.differences, permutations=PERMUTATIONS, seed=1),
        lambda: clustered(pairs.differences, pairs.families),
        lambda: ratio_of_means(pairs.ours, pairs.theirs),
        lambda: at_least(pairs.ours, pairs.theirs, margin=0.15),
        lambda: equivalent(pairs.differences, within=0.2),
        lambda: not_worse(pairs.differences, by=0.2),
        lambda: watched(pairs.differences, largest=4),
    ]
    return [test() for test in tests]


def _p_of(pairs: Pairs) -> float:
    return paired(pairs.differences, permutations=PERMUTATIONS, seed=1).p_value


def _preferences() -> Iterable[object]:
    random = Random(2)
    cases = [(random.choice((1, 1, 0, -1)), random.choice((1, 1, 0, -1))) for _ in range(300)]
    votes = [
        Vote(f"s{at % SCENARIOS}", f"r{at // SCENARIOS}", one if one == other else 0)
        for at, (one, other) in enumerate(cases)
    ]
    by_scenario = preferences(votes)
    wins, losses, ties = by_scenario.wins, by_scenario.losses, by_scenario.ties
    yield sign_test(wins, losses, ties=ties)
    yield more_often_than(0.65, wins, losses, ties=ties)
    yield flips(cases)
    yield ranking(
        [
            Duel(f"s{scenario}", left, right, random.choice((left, right, right, None)))
            for scenario in range(SCENARIOS)
            for _ in range(RATERS)
            for left, right in combinations(ARMS, 2)
        ]
    )


def _agreement(rows: list[Rating]) -> Iterable[object]:
    for dimension in range(DIMENSIONS):
        sheet: dict[str, dict[str, float]] = {}
        for row in rows:
            if row.dimension == f"d{dimension}":
                sheet.setdefault(f"{row.scenario} {row.arm}", {})[row.rater] = row.value
        yield krippendorff(sheet)
        yield gwet(sheet, categories=[1, 2, 3, 4, 5])
        yield kappa([(unit["r0"], unit["r1"]) for unit in sheet.values()])
