"""Run in an environment of its own: how often other tools call a difference significant.

`with_peers.py FOLDER` reads a file of ratings for each set and prints JSON: {way: {set: how many
of its evaluations}}. Each tool gets its own input form, once with every rating as an item of its
own, and once with raters named as repeats of one item.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import evalconfidence
import evalstats
import numpy as np
import pandas as pd

ALPHA = 0.05


def long_table(theirs: np.ndarray, ours: np.ndarray, *, flat: bool) -> pd.DataFrame:
    """One row for each rating: (scenarios, raters) of two arms."""
    scenario, rater = (one.ravel() for one in np.indices(ours.shape))
    item = [f"s{s}" + (f"r{r}" if flat else "") for s, r in zip(scenario, rater, strict=True)]
    parts = [
        pd.DataFrame(
            {"model": arm, "item": item, "run": 0 if flat else rater, "score": values.ravel()}
        )
        for arm, values in (("tuned", ours), ("base", theirs))
    ]
    return pd.concat(parts, ignore_index=True)


def with_evalstats(table: pd.DataFrame) -> bool:
    """By the p-value that it shows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = evalstats.compare(evalstats.load_from(table), factors="model").to_dict()
    (pair,) = found["pairwise"]
    return pair["p_value"] <= ALPHA


def with_evalconfidence(table: pd.DataFrame) -> bool:
    """By the p-value that it shows."""
    ours, theirs = (
        evalconfidence.from_dataframe(
            table[table["model"] == arm], item_id="item", model_id="model", epoch="run"
        )
        for arm in ("tuned", "base")
    )
    return evalconfidence.compare(ours, theirs).p_value <= ALPHA


TOOLS: dict[str, Callable[[pd.DataFrame], bool]] = {
    f"evalstats {evalstats.__version__}": with_evalstats,
    f"evalconfidence {evalconfidence.__version__}": with_evalconfidence,
}
WAYS = {"every rating an item": True, "raters as repeats of an item": False}


def main() -> None:
    """Count for every tool, way and set."""
    sets = {file.stem: np.load(file) for file in sorted(Path(sys.argv[1]).glob("*.npy"))}
    told = {
        f"{tool}, {way}": {
            name: sum(
                decide(long_table(theirs, ours, flat=flat))
                for theirs, ours in zip(*arms, strict=True)
            )
            for name, arms in sets.items()
        }
        for tool, decide in TOOLS.items()
        for way, flat in WAYS.items()
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
