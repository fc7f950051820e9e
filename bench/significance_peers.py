"""How often a difference is called significant that is none, beside other tools for evaluations."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from environments import python_of
from lorewright.evaluate.proof import ProofArm, ProofRules
from lorewright.evaluate.proof.contrasts import contrast
from lorewright.statistics import Rating, aggregate
from lorewright.statistics.sign_flip import Floats
from page import Section
from simulated_ratings import World, in_families, rated

TESTS = 1_000
PEERS = ("evalstats==0.3.3", "evalconfidence==0.1.1")
PROGRAM = Path(__file__).parent / "significance" / "with_peers.py"
ALPHA = 0.05
RULES = ProofRules(permutations=1_999)
GAIN = 0.35
"""Points that the better arm has more, in the set with an effect."""
FAMILIES, EACH, TOGETHER = 10, 5, 0.2


class Ratings(NamedTuple):
    """Ratings of two arms in many evaluations."""

    theirs: Floats
    """(evaluations, scenarios, raters)."""
    ours: Floats
    families: int | None = None
    """Scenarios of one family stand one after the other; None where each stands alone."""


def measure() -> Section:
    """Give the same ratings to every tool and count its claims."""
    tests = int(os.environ.get("QUICK", TESTS))
    sets = simulated(tests)
    claims = {"Lorewright, the long table": {name: _ours(one) for name, one in sets.items()}}
    claims |= _peers(sets)
    return Section(
        title="Significance, beside other tools",
        about=f"{tests:,} simulated evaluations a set, the same ratings for every tool, error 5 %. "
        "*5 raters* and *families* hold no difference, so that every claim is a false one: 50 "
        "scenarios with 5 raters who say whole numbers from 1 to 5; and "
        f"{FAMILIES} families of {EACH} scenarios with one rater, whose differences go together "
        f"(a correlation of {TOGETHER}). *Power* holds {GAIN} points, 50 scenarios and 5 raters. "
        "Other tools are given every rating as an item of its own, as a table from several "
        "raters reads, and once more with the raters named as repeats, which their manuals ask "
        "for. Lorewright takes one table with columns for raters and families, and averages "
        "before it tests. Shares differ by chance by "
        f"{100 * 3 * (0.05 * 0.95 / tests) ** 0.5:.1f} points.",
        columns=["tool and how it is asked", "false: 5 raters", "false: families", "power"],
        rows=[
            [tool, *(f"{100 * found[name] / tests:.1f} %" for name in sets)]
            for tool, found in claims.items()
        ],
    )


def simulated(tests: int) -> dict[str, Ratings]:
    """The sets, in the order of the columns."""
    alone, effect = (
        _joined(World(raters=5, gain=gain), tests, seed=seed)
        for gain, seed in ((0.0, 41), (GAIN, 43))
    )
    differences, _ = in_families(tests, families=FAMILIES, each=EACH, icc=TOGETHER, seed=47)
    half = differences[:, :, None] / 2
    return {"null": alone, "families": Ratings(3 - half, 3 + half, FAMILIES), "power": effect}


def _joined(world: World, tests: int, *, seed: int) -> Ratings:
    portions = [*rated(world, tests, seed=seed)]
    shape = tests, world.scenarios, world.raters  # one turn
    theirs, ours = (np.concatenate([one[arm] for one in portions]).reshape(shape) for arm in (0, 1))
    return Ratings(theirs, ours)


def _ours(ratings: Ratings) -> int:
    """By the functions that the first gate of a verdict goes through."""
    claims = 0
    for seed, (theirs, ours) in enumerate(zip(ratings.theirs, ratings.ours, strict=True)):
        rows = [
            Rating(f"s{at:03}", _family(at, ratings), arm, f"r{rater}", "all", 0, 0, float(value))
            for arm, values in ((ProofArm.TUNED, ours), (ProofArm.PROMPTED, theirs))
            for (at, rater), value in np.ndenumerate(values)
        ]
        rules = RULES.model_copy(update={"seed": seed})
        found = contrast(aggregate(rows), ProofArm.PROMPTED, margin=rules.over_base, rules=rules)
        claims += found.p_value is not None and found.p_value <= ALPHA
    return claims


def _family(at: int, ratings: Ratings) -> str:
    return "" if ratings.families is None else f"f{at // EACH}"


def _peers(sets: Mapping[str, Ratings]) -> dict[str, dict[str, int]]:
    python = python_of("significance", PEERS)
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        for name, one in sets.items():
            np.save(Path(folder) / f"{name}.npy", np.stack((one.theirs, one.ours)))
        done = subprocess.run(
            [str(python), str(PROGRAM), folder],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"},
        )
    return json.loads(done.stdout)
