"""The strengths of Bradley and Terry: by evalica, and for many resamples at once by numpy."""

import math
from collections.abc import Sequence

import evalica
import numpy as np

from lorewright.statistics.sign_flip import Floats

_NEAR_ENOUGH = 1e-9
_MOST_STEPS = 10_000


class Strengths:
    """Duels counted by scenario, so that resampling is a matter of weights.

    Args:
        duels: (scenario, left, right, winner or None) of each vote.
    """

    def __init__(self, duels: Sequence[tuple[str, str, str, str | None]]) -> None:
        self.arms = sorted({arm for _, left, right, _ in duels for arm in (left, right)})
        self.scenarios = sorted({scenario for scenario, *_ in duels})
        self._duels = duels
        arm_at = {arm: place for place, arm in enumerate(self.arms)}
        scenario_at = {scenario: place for place, scenario in enumerate(self.scenarios)}
        arms = len(self.arms)
        self._won: Floats = np.zeros((len(self.scenarios), arms, arms))
        """By scenario, winner and loser; a tie is half a win for each."""
        for scenario, left, right, winner in duels:
            of, one, other = scenario_at[scenario], arm_at[left], arm_at[right]
            self._won[of, one, other] += _points(left, winner)
            self._won[of, other, one] += _points(right, winner)

    def once(self) -> list[float] | None:
        """The logarithms of the strengths, their mean zero; None where no finite ones fit."""
        if not bool(is_connected(self._won.sum(axis=0)[None])[0]):
            return None
        result = evalica.bradley_terry(
            [left for _, left, _, _ in self._duels],
            [right for _, _, right, _ in self._duels],
            [_named(left, winner) for _, left, _, winner in self._duels],
            tolerance=1e-10,
            limit=_MOST_STEPS,
        )
        logs = np.log([float(result.scores[arm]) for arm in self.arms])
        return [float(one) for one in logs - logs.mean()]

    def intervals(
        self, *, level: float, resamples: int, seed: int
    ) -> tuple[list[tuple[float, float]] | None, int]:
        """An interval for each arm over resamples of whole scenarios, and how many did not fit."""
        count = len(self.scenarios)
        random = np.random.default_rng(seed)
        drawn = random.multinomial(count, np.full(count, 1 / count), size=resamples)
        won = np.tensordot(drawn.astype(np.float64), self._won, axes=1)
        won = won[is_connected(won)]
        if not len(won):
            return None, resamples
        tail = (1 - level) / 2
        low, high = np.quantile(fitted(won), [tail, 1 - tail], axis=0)
        return list(zip(low.tolist(), high.tolist(), strict=True)), resamples - len(won)


def fitted(won: Floats) -> Floats:
    """The log strengths of each table of wins, by the steps of Hunter (2004).

    doi:10.1214/aos/1079120141; each step is w_i / sum of n_ij / (p_i + p_j).
    """
    met: Floats = won + won.transpose(0, 2, 1)
    wins: Floats = won.sum(axis=2)
    logs: Floats = 0 * wins
    moved = math.inf
    while moved > _NEAR_ENOUGH:
        better = _step(wins, met, logs)
        moved = float(np.abs(better - logs).max())
        logs = better
    return logs


def _step(wins: Floats, met: Floats, logs: Floats) -> Floats:
    strength = np.exp(logs)
    hardness = (met / (strength[:, :, None] + strength[:, None, :])).sum(axis=2)
    better: Floats = np.log(wins / hardness)
    middle: Floats = better.mean(axis=1, keepdims=True)
    return better - middle


def is_connected(won: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Whether every arm is beaten, along some chain, by every other (Ford 1957)."""
    arms = won.shape[-1]
    beats = (won > 0) | np.eye(arms, dtype=np.bool_)
    for _ in range(arms.bit_length()):
        beats = beats @ beats
    return np.asarray(beats.all(axis=(1, 2)))


def _points(arm: str, winner: str | None) -> float:
    return 0.5 if winner is None else float(winner == arm)


def _named(left: str, winner: str | None) -> evalica.Winner:
    if winner is None:
        return evalica.Winner.Draw
    return evalica.Winner.X if winner == left else evalica.Winner.Y
