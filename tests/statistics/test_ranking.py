"""Ranking: evalica's strengths, scenarios drawn whole, and arms that never lose."""

import numpy as np
import pytest

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics import Duel, State, ranking
from lorewright.statistics.strengths import Strengths, fitted


def duels(scenarios: int, copies: int = 1, seed: int = 0, strengths: str = "abcd") -> list[Duel]:
    """Each pair of arms meets once in each scenario; later letters win more often."""
    random = np.random.default_rng(seed)
    made: list[Duel] = []
    for scenario in range(scenarios):
        for at, left in enumerate(strengths):
            for ahead, right in enumerate(strengths[at + 1 :], start=1):
                draw = random.random()
                winner = right if draw < 0.45 + 0.1 * ahead else left if draw < 0.9 else None
                made += [Duel(str(scenario), left, right, winner)] * copies
    return made


def test_the_stronger_arm_comes_first_with_what_it_did() -> None:
    ranks = ranking(duels(60))

    assert [rank.arm for rank in ranks] == ["d", "c", "b", "a"]
    assert sum(rank.estimate or 0 for rank in ranks) == pytest.approx(0)
    assert all(rank.n == rank.wins + rank.losses + rank.ties == 180 for rank in ranks)
    assert all(rank.state is State.SOUND and rank.scenarios == 60 for rank in ranks)
    for rank in ranks:
        assert rank.low is not None
        assert rank.estimate is not None
        assert rank.high is not None
        assert rank.low < rank.estimate < rank.high


def test_two_arms_have_the_odds_of_their_duels() -> None:
    votes = [Duel(str(at), "a", "b", "a" if at < 30 else "b") for at in range(40)]

    first, second = ranking(votes)

    assert first.estimate is not None
    assert second.estimate is not None
    assert first.estimate - second.estimate == pytest.approx(np.log(3), abs=1e-6)


def test_the_strengths_that_are_resampled_are_those_of_evalica() -> None:
    votes = duels(40)
    order = {arm: at for at, arm in enumerate("abcd")}
    won = np.zeros((1, 4, 4))
    for _, left, right, winner in votes:
        one, other = order[left], order[right]
        won[0, one, other] += 0.5 if winner is None else winner == left
        won[0, other, one] += 0.5 if winner is None else winner == right

    assert fitted(won)[0] == pytest.approx(Strengths(votes).once(), abs=1e-6)


def test_saying_everything_five_times_does_not_narrow_the_interval() -> None:
    once, five_times = ranking(duels(40), seed=3), ranking(duels(40, copies=5), seed=3)

    for one, five in zip(once, five_times, strict=True):
        assert (five.low, five.high) == pytest.approx((one.low, one.high), abs=1e-6)


def test_neither_names_nor_sides_nor_order_change_a_strength() -> None:
    votes = duels(30)
    turned = [Duel(one.scenario, one.right, one.left, one.winner) for one in reversed(votes)]

    for one, other in zip(ranking(votes), ranking(turned), strict=True):
        assert (one.arm, one.low) == (other.arm, pytest.approx(other.low, abs=1e-6))
        assert one.estimate == pytest.approx(other.estimate, abs=1e-6)


def test_an_arm_that_never_loses_has_no_finite_strength_and_still_comes_first() -> None:
    votes = [Duel(str(at), "a", "b", "b") for at in range(9)] + [Duel("9", "a", "c", None)]

    ranks = ranking(votes)

    assert [rank.arm for rank in ranks] == ["b", "c", "a"]
    assert all(rank.state is State.SEPARATED for rank in ranks)
    assert all(rank.estimate is None and rank.low is None for rank in ranks)


def test_resamples_without_a_finite_strength_are_counted() -> None:
    votes = [Duel(str(at), "a", "b", "a") for at in range(6)] + [Duel("6", "a", "b", "b")]

    assert 200 < ranking(votes)[0].resamples_left_out < 500


def test_where_no_resample_fits_there_is_no_interval() -> None:
    votes = [Duel("1", "a", "b", "a"), Duel("2", "a", "b", "b")]

    found = [ranking(votes, resamples=1, seed=seed)[0] for seed in range(12)]

    assert {rank.resamples_left_out for rank in found} == {0, 1}
    for rank in found:
        assert (rank.low is None) == (rank.resamples_left_out == 1)
        assert (rank.state is State.TOO_FEW) == (rank.low is None)


def test_one_scenario_has_no_interval() -> None:
    rank = ranking([Duel("1", "a", "b", "a"), Duel("1", "a", "b", "b")])[0]

    assert (rank.state, rank.estimate, rank.low) == (State.TOO_FEW, pytest.approx(0), None)


def test_a_vote_that_cannot_be_is_refused() -> None:
    assert ranking([]) == ()
    with pytest.raises(BadRecord, match="c cannot win between a and b"):
        ranking([Duel("1", "a", "b", "c")])
    with pytest.raises(BadRecord, match="between a and a"):
        ranking([Duel("1", "a", "a", "a")])
    with pytest.raises(BadSettings, match="at least one resample"):
        ranking([], resamples=0)
