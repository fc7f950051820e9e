"""The formula of EQ-Bench v2, held to scores that its authors published."""

import gzip
import itertools
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from lorewright.evaluate.regression.eq_bench import score_of_distances

pytestmark = pytest.mark.corpus

LEADERBOARD = {
    "gpt-4-1106-preview": 86.05,
    "gpt-4-0314": 85.73,
    "gpt-4-0613": 84.79,
    "gpt-4-0125-preview": 83.87,
    "miqudev__miqu-1-70b": 82.91,
    "mistral-medium": 82.57,
}
"""https://eqbench.com, version 2."""
NEAR = 0.022
"""Of 100: the authors rounded the constant of their formula after they had scored."""


class Published(NamedTuple):
    names: list[str]
    scores: Any
    """A row for each question, a column for each author; NaN where nothing could be read."""


@pytest.fixture(scope="module")
def published() -> Published:
    place = os.environ.get("LOREWRIGHT_CORPUS")
    folder = Path(place) if place else Path(__file__).parents[2].parent / "shared" / "corpus"
    file = folder / "evaluation" / "eqbench_v2_question_scores.csv.gz"
    if not file.exists():
        pytest.skip(f"{file.name} is not in the corpus folder; LOREWRIGHT_CORPUS names it")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        names = next(lines).strip().split(",")[1:]
        return Published(names, np.genfromtxt(lines, delimiter=",")[:, 1:])


def test_every_published_score_is_one_that_the_formula_gives(published: Published) -> None:
    """All ways in which four whole numbers from 0 to 10 can be off: 1,001, of 610 values."""
    reached = np.asarray(
        sorted(
            score_of_distances(distances)
            for distances in itertools.combinations_with_replacement(range(11), 4)
        )
    )
    scores = published.scores[np.isfinite(published.scores)]
    off = np.abs(scores[:, None] - reached[None, :]).min(axis=1)

    assert len(scores) == 14_603
    # The two others rest on a rating that is no whole number from 0 to 10; it was let pass there.
    assert int((off > 2e-6).sum()) == 2
    assert float(scores.max()) == 10


def test_the_means_are_those_of_the_leaderboard(published: Published) -> None:
    means = dict(
        zip(published.names, (10 * np.nanmean(published.scores, axis=0)).tolist(), strict=True)
    )

    assert len(means) == 86
    for name, score in LEADERBOARD.items():
        assert means[name] == pytest.approx(score, abs=NEAR), name
