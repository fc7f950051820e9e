"""P-values that hold together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.statistics import holm

P_VALUES = st.lists(st.floats(0, 1), max_size=12)


def test_the_example_of_a_textbook() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(P_VALUES)
def test_none_gets_smaller_none_passes_one_and_the_order_stays(p_values: list[float]) -> None:
    found = holm(p_values)

    assert all(before <= after <= 1 for before, after in zip(p_values, found, strict=True))
    order = sorted(range(len(found)), key=p_values.__getitem__)
    assert [found[place] for place in order] == sorted(found)
    assert all(after <= min(1.0, len(found) * p) for after, p in zip(found, p_values, strict=True))


@given(P_VALUES, st.randoms())
def test_the_order_of_the_tests_does_not_matter(p_values: list[float], chance: object) -> None:
    shuffle = getattr(chance, "shuffle")  # noqa: B009 - the type of st.randoms is not public
    places = [*range(len(p_values))]
    shuffle(places)

    found = holm([p_values[place] for place in places])

    assert found == [holm(p_values)[place] for place in places]
