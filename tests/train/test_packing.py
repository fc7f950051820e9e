"""Packings read less than padding does, and find the same loss and the same gradients."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorewright.inference import Sample, open_weights
from lorewright.settings import TrainingSettings
from lorewright.train import plan_for
from lorewright.train.lora import LoraTraining, with_adapter
from lorewright.train.packing import (
    Packing,
    PaddedPacking,
    PlainPacking,
    TreePacking,
    families,
)
from lorewright.train.packing.cutting import (
    PASS_COST,
    ROW_COST,
    cheapest_cuts,
    cheapest_passes,
)
from lorewright.train.packing.tree import Tree

Bases = Callable[[str], Path]
FAMILIES = pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "phi", "phi3"])
PLAN = plan_for(
    TrainingSettings(base="outside", rank=4, epochs=2, batch=3, learning_rate=Decimal("0.01")),
    examples=9,
    is_pocket=False,
    max_length=None,
)


@cache
def network_of(folder: Path) -> Any:
    """A tiny base with an adapter that is past its first step, so that all of it has gradients."""
    network = with_adapter(open_weights(folder), PLAN)
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weights in network.parameters():
            if weights.requires_grad and not weights.any():
                weights.copy_(torch.randn(weights.shape, generator=generator) * 0.05)
    return network.train()


def a_sample(ids: Sequence[int], labels: Sequence[bool]) -> Sample:
    return Sample("sample", tuple(ids), (False, *labels)[: len(ids)])


Tokens = st.lists(st.integers(3, 319), min_size=1, max_size=9)
Labels = st.lists(st.booleans(), min_size=80, max_size=80)


@st.composite
def branching(draw: st.DrawFn) -> list[Sample]:
    """Samples that each begin as some earlier one does, up to any token of it, or anew."""
    found: list[Sample] = []
    for _ in range(draw(st.integers(1, 6))):
        trunk = draw(st.sampled_from([(3,), *(sample.ids for sample in found)]))
        ids = [*trunk[: draw(st.integers(1, len(trunk)))], *draw(Tokens)]
        found.append(a_sample(ids, draw(Labels)))
    return found


@st.composite
def nested(draw: st.DrawFn) -> list[Sample]:
    """The pairs of a conversation: each holds those before it, and labels its last words."""
    ids = [3, *draw(Tokens)]
    found: list[Sample] = []
    for _ in range(draw(st.integers(1, 5))):
        question, answer = draw(Tokens), draw(Tokens)
        ids = [*ids, *question, *answer]
        labels = [False] * (len(ids) - 1 - len(answer)) + [True] * len(answer)
        found.append(a_sample(ids, labels))
    return draw(st.permutations(found))


def alone(network: Any, samples: Sequence[Sample]) -> tuple[float, list[Any]]:
    """Each sample by itself, as the library counts its loss; nothing of ours is in between."""
    network.zero_grad()
    total = 0.0
    for sample in samples:
        if any(sample.labels):
            ids = torch.tensor([sample.ids])
            labels = torch.where(torch.tensor([sample.labels]), ids, -100)
            loss = network(input_ids=ids, labels=labels).loss * sum(sample.labels)
            loss.backward()
            total += loss.item()
    return total, gradients(network)


def packed(network: Any, samples: Sequence[Sample], packing: Packing) -> tuple[float, list[Any]]:
    network.zero_grad()
    total = 0.0
    for part in packing.passes(samples):
        loss = part.summed_loss(network)
        loss.backward()
        total += loss.item()
    return total, gradients(network)


def the_tree_of(samples: Sequence[Sample]) -> Tree:
    """The only tree of the only pass."""
    (found,) = TreePacking().passes(samples)
    (tree,) = found.trees
    return tree


def gradients(network: Any) -> list[Any]:
    return [
        torch.zeros_like(weights) if weights.grad is None else weights.grad.clone()
        for weights in network.parameters()
        if weights.requires_grad
    ]


def assert_equal(found: tuple[float, list[Any]], expected: tuple[float, list[Any]]) -> None:
    assert found[0] == pytest.approx(expected[0], rel=1e-5)
    size = sum(float(one.norm() ** 2) for one in expected[1]) ** 0.5
    pairs = zip(found[1], expected[1], strict=True)
    assert sum(float((one - other).norm() ** 2) for one, other in pairs) ** 0.5 <= 1e-5 * size


WITHOUT_HASTE = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FAMILIES
@WITHOUT_HASTE
@given(samples=branching() | nested(), limit=st.sampled_from([12, 40, 1000]))
def test_a_tree_has_the_loss_and_the_gradients_of_its_samples_alone(
    a_base: Bases, family: str, samples: list[Sample], limit: int
) -> None:
    network = network_of(a_base(family))

    assert_equal(packed(network, samples, TreePacking(limit)), alone(network, samples))


@FAMILIES
@settings(WITHOUT_HASTE, max_examples=4)
@given(samples=branching(), limit=st.sampled_from([12, 1000]))
def test_plain_rows_have_the_loss_and_the_gradients_of_their_samples_alone(
    a_base: Bases, family: str, samples: list[Sample], limit: int
) -> None:
    network = network_of(a_base(family))

    assert_equal(packed(network, samples, PlainPacking(limit)), alone(network, samples))


THREE = [
    a_sample(range(10, 40), [True] * 29),
    a_sample([*range(10, 30), *range(50, 70)], [True] * 39),
    a_sample([*range(10, 30), *range(50, 60), *range(80, 99)], [False] * 19 + [True] * 29),
]


@pytest.mark.parametrize("form", ["sdpa", "eager"])
@pytest.mark.parametrize("packing", [TreePacking(), PlainPacking()], ids=["tree", "plain"])
def test_both_forms_of_attention_keep_samples_apart(
    a_base: Bases, form: str, packing: Packing
) -> None:
    network = network_of(a_base("llama"))
    before = network.config._attn_implementation
    network.get_base_model().set_attn_implementation(form)
    try:
        assert_equal(packed(network, THREE, packing), alone(network, THREE))
    finally:
        network.get_base_model().set_attn_implementation(before)


def test_a_mask_of_ones_would_mix_samples(a_base: Bases) -> None:
    """Why plain rows hand none over: the library keeps samples apart only without a mask."""
    network = network_of(a_base("llama"))
    (row,) = PlainPacking().passes(THREE)
    ids, positions = torch.tensor([row.ids]), torch.tensor([row.positions])
    with torch.no_grad():
        apart = network(input_ids=ids, position_ids=positions, use_cache=False).logits
        mixed = network(
            input_ids=ids,
            position_ids=positions,
            use_cache=False,
            attention_mask=torch.ones_like(ids),
        ).logits

    first = len(THREE[0].ids) - 1
    torch.testing.assert_close(mixed[:, :first], apart[:, :first])
    assert (mixed[:, first:] - apart[:, first:]).abs().max() > 0.1


def test_what_samples_share_is_read_once() -> None:
    (found,) = TreePacking().passes(THREE)
    (row,) = PlainPacking().passes(THREE)
    (padded,) = PaddedPacking().passes(THREE)

    # The last token of each sample predicts nothing.
    assert found.tokens == 20 + 9 + 10 + 9 + 18
    assert row.tokens == 29 + 39 + 48
    assert padded.tokens == 3 * 48
    tree = the_tree_of(THREE)
    assert tree.branches
    assert tree.depths[tree.ids.index(80)] == 30
    assert sum(tree.weights) == len(row.targets) == 29 + 39 + 29


def test_a_shared_label_counts_once_for_each_sample() -> None:
    twice = [a_sample([3, 4, 5], [True, True])] * 2

    tree = the_tree_of(twice)

    assert not tree.branches
    assert (tree.ids, tree.targets, tree.weights) == ([3, 4], [4, 5], [2, 2])


def test_samples_without_labels_are_not_read() -> None:
    silent = [a_sample([3, 4, 5], [False, False])]

    assert list(TreePacking().passes(silent)) == []
    assert list(PlainPacking().passes(silent)) == []


@settings(max_examples=40, deadline=None)
@given(samples=branching())
def test_a_node_is_followed_by_all_that_descends_from_it(samples: list[Sample]) -> None:
    for tree in [tree for one in TreePacking().passes(samples) for tree in one.trees]:
        parents = {
            node: max(other for other in range(node) if other < node < tree.ends[other])
            for node in range(len(tree.ids))
            if tree.depths[node]
        }
        assert all(tree.depths[node] == tree.depths[one] + 1 for node, one in parents.items())
        beginnings = {(parents.get(node), token) for node, token in enumerate(tree.ids)}
        assert len(beginnings) == len(tree.ids)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.floats(0, 1)), min_size=1, max_size=7),
    st.integers(1, 90),
    st.sampled_from([0.0, 0.01, 1.0]),
)
def test_cuts_are_the_cheapest_of_all(
    shapes: list[tuple[int, float]], limit: int, pair_cost: float
) -> None:
    sizes = [size for size, _ in shapes]
    shared = [0] + [
        int(part * (min(one, size) - 1))
        for one, (size, part) in zip(sizes, shapes[1:], strict=False)
    ]

    def tokens(begin: int, end: int) -> int:
        return sizes[begin] + sum(sizes[at] - shared[at] for at in range(begin + 1, end))

    def cost(cuts: Sequence[tuple[int, int]]) -> float:
        found = [tokens(*cut) for cut in cuts]
        return sum(ROW_COST + one + pair_cost * one * one for one in found)

    def ways(begin: int) -> list[list[tuple[int, int]]]:
        if begin == len(sizes):
            return [[]]
        ends = [
            end
            for end in range(begin + 1, len(sizes) + 1)
            if tokens(begin, end) <= max(limit, *sizes[begin:end])
        ]
        return [[(begin, end), *rest] for end in ends for rest in ways(end)]

    cuts = cheapest_cuts(sizes, shared, limit=limit, pair_cost=pair_cost)

    assert [begin for begin, _ in cuts] == [0, *(end for _, end in cuts[:-1])]
    assert cuts[-1][1] == len(sizes)
    assert cost(cuts) == pytest.approx(min(map(cost, ways(0))))


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=7).map(sorted),
    st.integers(1, 1000),
    st.sampled_from([0.0, 0.01, 1.0]),
)
def test_rows_lie_side_by_side_where_it_is_cheapest(
    widths: list[int], limit: int, pair_cost: float
) -> None:
    def cost(cuts: Sequence[tuple[int, int]]) -> float:
        found = [(end - begin, widths[end - 1]) for begin, end in cuts]
        return sum(PASS_COST + rows * (one + pair_cost * one * one) for rows, one in found)

    def ways(begin: int) -> list[list[tuple[int, int]]]:
        if begin == len(widths):
            return [[]]
        ends = [
            end
            for end in range(begin + 1, len(widths) + 1)
            if end == begin + 1 or (end - begin) * widths[end - 1] <= limit
        ]
        return [[(begin, end), *rest] for end in ends for rest in ways(end)]

    cuts = cheapest_passes(widths, limit=limit, pair_cost=pair_cost)

    assert [begin for begin, _ in cuts] == [0, *(end for _, end in cuts[:-1])]
    assert cuts[-1][1] == len(widths)
    assert cost(cuts) == pytest.approx(min(map(cost, ways(0))))


def test_samples_that_share_nothing_are_rows_without_a_mask(a_base: Bases) -> None:
    """Which is what padding would make of them, but for what no loss rests on."""
    plain = [a_sample(range(at, at + 30), [False] * 9 + [True] * 20) for at in (10, 50, 90)]
    (found,) = TreePacking(pair_cost=0.02).passes(plain)
    network, seen = network_of(a_base("llama")), list[dict[str, Any]]()

    def see(_network: Any, _words: Any, given: dict[str, Any]) -> None:
        seen.append(given)

    hook = network.get_base_model().model.register_forward_pre_hook(see, with_kwargs=True)
    try:
        found.summed_loss(network)
    finally:
        hook.remove()

    assert [len(tree.ids) for tree in found.trees] == [29, 29, 29]
    assert seen[0]["input_ids"].shape == (3, 29)
    assert seen[0].get("attention_mask") is None


def test_small_trees_lie_beside_each_other() -> None:
    """As many prompts as there are advisors: a tree for each of them, in one pass."""
    samples = [
        a_sample([*range(at, at + 20), *range(200 + end, 205 + end)], [False] * 19 + [True] * 5)
        for at in (10, 50)
        for end in (0, 7)
    ]

    (found,) = TreePacking(pair_cost=0.02).passes(samples)

    assert [tree.branches for tree in found.trees] == [True, True]
    assert found.tokens == 2 * (20 + 4 + 4)


def test_a_tree_is_cut_between_conversations() -> None:
    """Rather than within one, although the limit falls there."""
    shared, first, second = list(range(3, 13)), list(range(100, 130)), list(range(200, 230))
    samples = [
        a_sample([*shared, *rest[:length]], [True] * 39)
        for rest in (first, second)
        for length in (10, 20, 30)
    ]

    trees = list(TreePacking(limit=60).passes(samples))

    assert [tree.tokens for tree in trees] == [39, 39]


def test_a_long_conversation_is_one_tree_whatever_the_limit() -> None:
    """Its last pair has to be read anyway, and the others add nothing to it."""
    history = list(range(3, 203))
    pairs = [a_sample(history[:end], [True] * (end - 1)) for end in (50, 100, 150, 200)]

    assert [tree.tokens for tree in TreePacking(limit=60).passes(pairs)] == [199]


def test_pairs_of_one_conversation_are_a_family() -> None:
    history = list(range(3, 40))
    pairs = [a_sample(history[:end], [False] * (end - 4) + [True] * 3) for end in (10, 20, 37)]
    other = a_sample([*history[:8], 90, 91], [False] * 7 + [True] * 2)

    assert families([pairs[1], other, pairs[0], pairs[2]]) == [0, 1, 0, 0]
    assert families([other, other]) == [0, 0]


@settings(max_examples=30, deadline=None)
@given(samples=st.lists(branching() | nested(), max_size=3))
def test_families_depend_on_the_samples_alone(samples: list[list[Sample]]) -> None:
    found = [sample for some in samples for sample in some]

    forward, backward = families(found), families(found[::-1])[::-1]

    def groups(numbers: Sequence[int]) -> list[list[tuple[int, ...]]]:
        return sorted(
            sorted(sample.ids for sample, one in zip(found, numbers, strict=True) if one == number)
            for number in set(numbers)
        )

    assert groups(forward) == groups(backward)


def test_a_whole_run_ends_as_the_padded_one_does(a_base: Bases) -> None:
    samples = [
        a_sample([3, *range(10, 10 + 4 * end)], [False] * (4 * end - 3) + [True] * 3)
        for end in range(1, 6)
    ] + [a_sample([3, *range(100, 120 + extra)], [True] * 40) for extra in range(4)]
    losses: list[list[float]] = []
    tokens: list[int] = []
    for packing in (PaddedPacking(), PlainPacking(), TreePacking()):
        network = with_adapter(open_weights(a_base("llama")), PLAN)
        training = LoraTraining(network, samples, samples[:2], PLAN, packing=packing)
        found = [training.advance().loss for _ in range(training.steps)]
        losses.append([*found, training.held_out_loss() or 0])
        tokens.append(training.processed_tokens)

    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    assert losses[2] == pytest.approx(losses[0], rel=1e-4)
    assert tokens[2] < tokens[1] < tokens[0]
