"""The order of training."""

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
