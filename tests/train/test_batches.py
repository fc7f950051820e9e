"""The order of training."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from lorewright.train.batches import Batches


@given(st.lists(st.integers(1, 300), min_size=1, max_size=80), st.integers(1, 9), st.integers())
def test_every_epoch_holds_every_example_once(lengths: list[int], size: int, seed: int) -> None:
    batches = Batches(lengths, size=size, seed=seed)

    for epoch in range(2):
        steps = range(epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
        seen = [index for step in steps for index in batches.at(step)]
        assert sorted(seen) == list(range(len(lengths)))


def test_a_step_does_not_depend_on_those_before_it() -> None:
    lengths = list(range(50))
    in_order, at_once = Batches(lengths, size=4, seed=7), Batches(lengths, size=4, seed=7)

    all_of_them = [in_order.at(step) for step in range(40)]

    assert at_once.at(39) == all_of_them[39]
    assert at_once.at(3) == all_of_them[3]


def test_epochs_differ_and_seeds_decide() -> None:
    batches = Batches(list(range(50)), size=4, seed=7)

    assert batches.at(0) != batches.at(batches.per_epoch)
    assert batches.at(0) != Batches(list(range(50)), size=4, seed=8).at(0)


def test_alike_lengths_share_a_batch() -> None:
    lengths = [(17 * number) % 200 for number in range(200)]
    batches = Batches(lengths, size=8, seed=7)

    def padded(indices: list[int]) -> int:
        return len(indices) * max(lengths[index] for index in indices)

    spent = sum(padded(batches.at(step)) for step in range(batches.per_epoch))
    assert spent < 1.15 * sum(lengths)


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(0, 9)), min_size=1, max_size=80),
    st.integers(1, 9),
    st.integers(),
)
def test_families_change_no_epoch(examples: list[tuple[int, int]], size: int, seed: int) -> None:
    lengths, families = zip(*examples, strict=True)
    batches = Batches(lengths, size=size, seed=seed, families=families)

    for epoch in range(2):
        steps = range(epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
        found = [batches.at(step) for step in steps]
        assert all(found)
        assert sorted(chain.from_iterable(found)) == list(range(len(lengths)))


def test_a_family_shares_a_batch() -> None:
    families = [number // 5 for number in range(40)]
    batches = Batches([9] * 40, size=6, seed=7, families=families)

    found = [batches.at(step) for step in range(batches.per_epoch)]

    assert batches.per_epoch == 7
    assert sorted(map(len, found)) == [5, 5, 5, 5, 5, 5, 10]
    for batch in found:
        assert len({families[index] for index in batch}) == len(batch) / 5
    assert batches.at(0) != batches.at(batches.per_epoch)
    assert found[0] == Batches([9] * 40, size=6, seed=7, families=families).at(0)
    assert [found[0]] != [Batches([9] * 40, size=6, seed=8, families=families).at(0)]


def test_a_family_of_more_than_two_batches_is_parted() -> None:
    lengths = list(range(20, 0, -1))
    batches = Batches(lengths, size=4, seed=7, families=[0] * 20)

    found = sorted(batches.at(step) for step in range(batches.per_epoch))

    assert sorted(map(len, found)) == [6, 7, 7]
    for batch in found:
        taken = sorted(lengths[index] for index in batch)
        assert taken == list(range(taken[0], taken[0] + len(taken)))


def test_examples_without_families_are_batched_as_ever() -> None:
    lengths = [(17 * number) % 200 for number in range(50)]
    alone = Batches(lengths, size=4, seed=7, families=range(50))

    assert [alone.at(step) for step in range(26)] == [
        Batches(lengths, size=4, seed=7).at(step) for step in range(26)
    ]
