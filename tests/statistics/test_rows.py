"""What tests many sets at once is what tests one; and what is missing is named."""

import sys
from collections.abc import Callable

import numpy as np
import pytest

from lorewright.errors import MissingExtra
from lorewright.statistics import (
    Duel,
    State,
    at_least,
    clustered,
    equivalent,
    gwet,
    kappa,
    krippendorff,
    more_often_than,
    not_worse,
    paired,
    power_of,
    power_of_preference,
    ranking,
    ratio_of_means,
    sign_test,
    watched,
    watched_preferences,
    wilson,
)
from lorewright.statistics.betting import running_p_values
from lorewright.statistics.exact import p_of_more_than, p_of_signs
from lorewright.statistics.rows import (
    clustered_means_and_errors,
    p_of_equivalence,
    p_of_margins,
    p_two_sided,
)
from lorewright.statistics.sequential import OF_RATINGS, OF_VOTES

RANDOM = np.random.default_rng(9)
THEIRS = RANDOM.normal(3, 0.8, (20, 30))
OURS = THEIRS + RANDOM.normal(0.3, 0.9, (20, 30))
FAMILIES = [f"{place % 12:02}" for place in range(30)]
MEMBERS = np.asarray([[float(place % 12 == family) for family in range(12)] for place in range(30)])


def each(test: Callable[[list[float], list[float]], float | None]) -> list[float | None]:
    """The p-values of the twenty sets, one after the other."""
    return [test(ours.tolist(), theirs.tolist()) for ours, theirs in zip(OURS, THEIRS, strict=True)]


def less(ours: list[float], theirs: list[float]) -> list[float]:
    return [one - other for one, other in zip(ours, theirs, strict=True)]


def test_margins() -> None:
    alone = each(lambda ours, theirs: at_least(ours, theirs, margin=0.05).p_value)

    assert p_of_margins(OURS, THEIRS, 0.05).tolist() == pytest.approx(alone)


def test_equivalence() -> None:
    within = each(lambda ours, theirs: equivalent(less(ours, theirs), within=0.4).p_value)
    above = each(lambda ours, theirs: not_worse(less(ours, theirs), by=0.1).p_value)

    assert p_of_equivalence(OURS - THEIRS, -0.4, 0.4).tolist() == pytest.approx(within)
    assert p_of_equivalence(OURS - THEIRS, -0.1, np.inf).tolist() == pytest.approx(above)


def test_families() -> None:
    alone = each(lambda ours, theirs: clustered(less(ours, theirs), FAMILIES).p_value)

    found = p_two_sided(*clustered_means_and_errors(OURS - THEIRS, MEMBERS), 11)

    assert found.tolist() == pytest.approx(alone)


def test_bets() -> None:
    rows = np.clip(OURS - THEIRS, -4, 4)
    votes = np.sign(rows)

    found = running_p_values(rows / 8 + 0.5, np.asarray(0.5), guess=OF_RATINGS)
    voted = running_p_values(votes / 2 + 0.5, np.asarray(0.5), guess=OF_VOTES)

    for at in range(20):
        assert watched(rows[at].tolist(), largest=4).running == pytest.approx(found[at])
        signs = [int(one) for one in votes[at]]
        assert watched_preferences(signs).running == pytest.approx(voted[at])


def test_shares() -> None:
    wins, losses = np.arange(12.0), np.arange(12.0)[::-1]

    for at in range(12):
        counts = at, 11 - at
        assert p_of_signs(wins, losses)[at] == sign_test(*counts).p_value
        more = more_often_than(0.65, *counts).p_value
        assert p_of_more_than(wins, wins + losses, 0.65)[at] == more


def test_a_paired_result_says_whether_it_varies() -> None:
    assert paired([1.0, 2.0], permutations=4, seed=0).state is State.SOUND
    assert paired([1.0, 1.0], permutations=4, seed=0).state is State.CONSTANT


SHEET = {str(unit): {"anna": float(unit), "ben": 3.0} for unit in range(5)}


@pytest.mark.parametrize(
    "compute",
    [
        lambda: at_least([4.0, 5.0], [1.0, 3.0], margin=0.15),
        lambda: ratio_of_means([4.0, 5.0], [1.0, 3.0]),
        lambda: equivalent([1.0, 2.0], within=1),
        lambda: clustered([1.0, 2.0, 4.0], ["a", "b", "c"]),
        lambda: sign_test(3, 1),
        lambda: more_often_than(0.65, 3, 1),
        lambda: wilson(3, 4),
        lambda: power_of(10, 1, 1),
        lambda: power_of_preference(10, 0.65),
        lambda: gwet(SHEET),
        lambda: kappa([(1, 2), (2, 2)]),
    ],
)
def test_without_scipy_the_extra_is_named(
    compute: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("rows", "exact", "planning"):
        monkeypatch.delitem(sys.modules, f"lorewright.statistics.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "scipy.special", None)

    with pytest.raises(MissingExtra, match="needs scipy") as caught:
        compute()

    assert caught.value.hint == 'pip install "lorewright[prove]"'


@pytest.mark.parametrize(
    "compute",
    [lambda: krippendorff(SHEET), lambda: ranking([Duel("1", "a", "b", "a")])],
)
def test_without_evalica_the_extra_is_named(
    compute: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("coincidences", "strengths"):
        monkeypatch.delitem(sys.modules, f"lorewright.statistics.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "evalica", None)

    with pytest.raises(MissingExtra, match="needs evalica"):
        compute()
