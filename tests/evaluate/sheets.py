"""Rating sheets with known effects: synthetic, and marked as such wherever they go."""

import random
from collections.abc import Mapping

from lorewright.evaluate.proof import DIMENSIONS, Evidence, ProofArm
from lorewright.statistics import Rating, Vote

RATERS = ("ann", "ben", "cleo")
BASE_MEAN = 2.8
BETWEEN, NOISE = 0.8, 0.6
"""Points: between scenarios, and of a rater."""


def scenario_names(count: int) -> tuple[str, ...]:
    return tuple(f"s{number:03}" for number in range(count))


def a_sheet(
    gains: Mapping[ProofArm, float],
    *,
    scenarios: int = 100,
    families: int | None = None,
    won: float | None = 0.8,
    seed: int = 1,
) -> Evidence:
    """Ratings of arms that lie so many points above the base's mean; `won` of the votes."""
    rng = random.Random(seed)
    names = scenario_names(scenarios)
    ratings: list[Rating] = []
    votes: list[Vote] = []
    for place, name in enumerate(names):
        family = "" if families is None else f"f{place % families}"
        shared = rng.gauss(0, BETWEEN * 0.35**0.5)
        for arm, gain in gains.items():
            own = BASE_MEAN + gain + shared + rng.gauss(0, BETWEEN * 0.65**0.5)
            ratings += [
                Rating(name, family, arm, rater, dimension, 0, 0, rated(own + rng.gauss(0, NOISE)))
                for rater in RATERS
                for dimension in DIMENSIONS
            ]
        if won is not None:
            votes += [Vote(name, rater, 1 if rng.random() < won else -1) for rater in RATERS]
    return Evidence(names, tuple(ratings), tuple(votes), origin="synthetic")


def rated(value: float) -> float:
    """To a tenth, on the scale: judges' means are no whole numbers."""
    return min(5.0, max(1.0, round(value, 1)))
