"""Parts of the examples lie within each other and keep together what belongs together."""

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lorewright.errors import Refused
from lorewright.train import subset

GROUPS = st.lists(st.integers(0, 12).map(str), min_size=1, max_size=60)


def largest(groups: list[str]) -> int:
    return max(Counter(groups).values())


@given(GROUPS, st.data(), st.integers(0, 5))
def test_the_smaller_part_is_part_of_the_larger(
    groups: list[str], data: st.DataObject, seed: int
) -> None:
    sizes = st.integers(largest(groups), len(groups))
    few, many = sorted((data.draw(sizes), data.draw(sizes)))

    assert {*subset(groups, few, seed=seed)} <= {*subset(groups, many, seed=seed)}


@given(GROUPS, st.data())
def test_what_belongs_together_stays_together_and_nothing_smaller_would_have_fitted(
    groups: list[str], data: st.DataObject
) -> None:
    most = data.draw(st.integers(largest(groups), len(groups)))
    chosen = subset(groups, most, seed=7)

    taken = {groups[place] for place in chosen}
    assert chosen == [place for place, group in enumerate(groups) if group in taken]
    assert most - largest(groups) < len(chosen) <= most
    assert len(subset(groups, len(groups), seed=7)) == len(groups)


@given(GROUPS, st.text(min_size=3))
def test_an_example_that_is_added_puts_no_group_before_another(groups: list[str], new: str) -> None:
    assume(new not in groups)
    most = largest(groups)
    before = {groups[place] for place in subset(groups, most, seed=7)}
    after = {[*groups, new][place] for place in subset([*groups, new], most, seed=7)}

    assert after - {new} <= before


def test_the_seed_decides() -> None:
    groups = [str(number) for number in range(40)]

    assert subset(groups, 20, seed=1) == subset(groups, 20, seed=1)
    assert subset(groups, 20, seed=1) != subset(groups, 20, seed=2)


def test_more_than_there_is_is_refused_with_the_number_there_is() -> None:
    with pytest.raises(Refused, match="9 examples are asked for, and the training split has 3"):
        subset(["a", "b", "c"], 9, seed=7)


def test_a_part_of_what_belongs_together_is_refused() -> None:
    with pytest.raises(Refused, match="3 examples belong together, and only 2"):
        subset(["a", "a", "a"], 2, seed=7)
