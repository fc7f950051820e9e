"""A ranking of any number of arms from votes on pairs of them: Bradley and Terry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics.finding import Finding, State, from_prove, refuse_no_share


class Duel(NamedTuple):
    """One vote between two arms."""

    scenario: str
    left: str
    right: str
    winner: str | None
    """The name of the arm that won; None for a tie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank(Finding):
    """The strength of one arm; `n` counts its duels.

    `estimate` is the logarithm of its strength; the mean over the arms is zero. An arm that is
    ahead by x is expected to beat the other in 1 / (1 + exp(-x)) of their duels.
    """

    arm: str
    wins: int
    losses: int
    ties: int
    scenarios: int
    resamples_left_out: int
    """Resamples of the interval in which no finite strength fits."""


def ranking(
    duels: Sequence[Duel], *, level: float = 0.95, resamples: int = 1_000, seed: int = 0
) -> tuple[Rank, ...]:
    """Rank the arms, the strongest first.

    Strengths are those of Bradley and Terry (1952, doi:10.2307/2334029), by evalica; a tie
    counts half for each. The interval is a percentile bootstrap that draws whole scenarios:
    the votes on one scenario hang together, and drawing them one by one would claim too much.

    Raises:
        BadRecord: when a winner took no part, or an arm meets itself.
        BadSettings: when `level`, `resamples` or `seed` cannot be used.
        MissingExtra: when numpy or evalica is not installed.
    """
    refuse_no_share(level, "the level of an interval")
    if resamples < 1 or seed < 0:
        raise BadSettings("an interval needs at least one resample and a seed of zero or more")
    for duel in duels:
        if duel.left == duel.right or duel.winner not in {duel.left, duel.right, None}:
            raise BadRecord(
                f"{duel.winner} cannot win between {duel.left} and {duel.right}",
                where=f"scenario {duel.scenario}",
            )
    if not duels:
        return ()
    with from_prove("a ranking"):
        from lorewright.statistics.strengths import Strengths
    fit = Strengths(duels)
    strengths = fit.once()
    found = None
    left_out = 0
    if strengths is not None and len(fit.scenarios) > 1:
        found, left_out = fit.intervals(level=level, resamples=resamples, seed=seed)
    ranks: list[Rank] = []
    for place, arm in enumerate(fit.arms):
        own = [duel for duel in duels if arm in (duel.left, duel.right)]
        estimate = None if strengths is None else strengths[place]
        low, high = (None, None) if found is None else found[place]
        if estimate is not None and low is not None and high is not None:
            low, high = min(low, estimate), max(high, estimate)
        ranks.append(
            Rank(
                n=len(own),
                estimate=estimate,
                low=low,
                high=high,
                level=level,
                p_value=None,
                state=_state(strengths is not None, found is not None),
                assumes="scenarios are independent, and strengths are the same in all of them",
                arm=arm,
                wins=sum(duel.winner == arm for duel in own),
                losses=sum(duel.winner not in (arm, None) for duel in own),
                ties=sum(duel.winner is None for duel in own),
                scenarios=len({duel.scenario for duel in own}),
                resamples_left_out=left_out,
            )
        )
    return tuple(sorted(ranks, key=_strongest_first))


def _state(has_strengths: bool, has_intervals: bool) -> State:  # noqa: FBT001 # two plain facts
    if not has_strengths:
        return State.SEPARATED
    return State.SOUND if has_intervals else State.TOO_FEW


def _strongest_first(rank: Rank) -> tuple[float, str]:
    if rank.estimate is not None:
        return -rank.estimate, rank.arm
    # Without strengths the share of duels won is all there is to go by.
    return -(rank.wins + rank.ties / 2) / rank.n, rank.arm
