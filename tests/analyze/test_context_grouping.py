"""Groups of a document: every thing in exactly one, and a tree that always ends."""

from hypothesis import given
from hypothesis import strategies as st

from lorewright.analyze.context import groups, knots

sizes = st.lists(st.integers(0, 5000), max_size=120)
most = st.integers(1, 9000)
members = st.integers(2, 12)


@given(sizes, most, members)
def test_every_chunk_is_in_exactly_one_group_in_its_order(
    sizes: list[int], most: int, members: int
) -> None:
    found = groups(sizes, most=most, members=members)

    assert [at for group in found for at in group] == [*range(len(sizes))]
    assert all(1 <= len(group) <= members for group in found)


@given(sizes, most, members)
def test_only_a_thing_that_is_too_large_alone_makes_a_group_too_large(
    sizes: list[int], most: int, members: int
) -> None:
    for group in groups(sizes, most=most, members=members):
        assert len(group) == 1 or sum(sizes[at] for at in group) <= most


@given(sizes, most, members)
def test_every_level_of_the_tree_holds_everything_and_is_smaller_than_the_one_below(
    sizes: list[int], most: int, members: int
) -> None:
    level = [{at} for at in range(len(sizes))]
    lengths = sizes
    while len(level) > 1:
        cut = knots(lengths, most=most, members=members)
        above = [set[int]().union(*(level[at] for at in knot)) for knot in cut]
        lengths = [sum(lengths[at] for at in knot) for knot in cut]

        assert len(above) < len(level)
        assert sorted(at for held in above for at in held) == [*range(len(sizes))]
        assert all(len(knot) > 1 for knot in cut[:-1])
        level = above


@given(sizes, most)
def test_groups_are_the_same_each_time(sizes: list[int], most: int) -> None:
    assert groups(sizes, most=most) == groups([*sizes], most=most)
