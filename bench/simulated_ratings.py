"""Ratings of scenarios that nobody wrote: ordinal, tied, with raters and turns, many at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lorewright.statistics.sign_flip import Floats

AT_ONCE = 500
"""Evaluations simulated together; small enough for a few tens of megabytes."""


@dataclass(frozen=True, slots=True)
class World:
    """How scenarios, arms and raters vary, on a scale of 1 to 5."""

    scenarios: int = 50
    raters: int = 3
    turns: int = 1
    base: float = 2.8
    gain: float = 0.0
    """What the second arm has more, in points."""
    sd: float = 0.8
    correlation: float = 0.35
    rater_noise: float = 0.6
    whole: bool = True
    """Whether raters say whole numbers from 1 to 5, as on a sheet, or any number."""


def rated(world: World, tests: int, *, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """The ratings of both arms: (evaluations, scenarios, turns, raters) of each, in portions."""
    random = np.random.default_rng(seed)
    for done in range(0, tests, AT_ONCE):
        many = min(AT_ONCE, tests - done)
        shared = random.normal(size=(many, world.scenarios))
        yield (
            _one_arm(random, world, shared, world.base),
            _one_arm(random, world, shared, world.base + world.gain),
        )


def by_scenario(world: World, tests: int, *, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """The same, averaged over raters and then over turns."""
    for theirs, ours in rated(world, tests, seed=seed):
        yield theirs.mean(axis=-1).mean(axis=-1), ours.mean(axis=-1).mean(axis=-1)


def in_families(
    tests: int, *, families: int, each: int, icc: float, seed: int
) -> tuple[Floats, Floats]:
    """Differences without an effect whose families go together, and who belongs where."""
    random = np.random.default_rng(seed)
    members = np.kron(np.eye(families), np.ones((each, 1)))
    together = random.normal(0, icc**0.5, (tests, families)) @ members.T
    alone = random.normal(0, (1 - icc) ** 0.5, (tests, families * each))
    return together + alone, np.asarray(members, np.float64)


def _one_arm(random: np.random.Generator, world: World, shared: Floats, mean: float) -> Floats:
    many = shared.shape[0]
    own = random.normal(size=(many, world.scenarios))
    true = mean + world.sd * (
        world.correlation**0.5 * shared + (1 - world.correlation) ** 0.5 * own
    )
    noise = random.normal(0, world.rater_noise, (many, world.scenarios, world.turns, world.raters))
    said = true[:, :, None, None] + noise
    return np.clip(np.rint(said), 1, 5) if world.whole else said
