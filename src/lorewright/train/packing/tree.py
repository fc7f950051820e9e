"""Samples as one tree: what their beginnings share is read once.

Examples of one system prompt, and the pairs of one conversation, begin alike. Causal attention
makes the state of a token from the tokens before it and nothing else, so an equal beginning has
equal states and need not be computed again. The tokens of all samples are laid out as the walk
through their tree of prefixes; each sees its ancestors only, at the position that its depth
gives it. Loss and gradients are those of the samples alone, up to rounding.

Told of training over trees of shared prefixes: arXiv 2511.00413 (Tree Training).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from lorewright.inference import Sample, library, logits_at
from lorewright.train.packing.cutting import cheapest_cuts, cheapest_passes
from lorewright.train.packing.passes import PackingName, Reading, reading_of

LIMIT = 1536
"""Tokens of a pass. A mask is dense, so attention in a tree grows with their square."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Some samples as one tree, its nodes in the order of a walk from the root."""

    ids: list[int]
    """The token of each node."""
    depths: list[int]
    """How many tokens stand before each node in its samples."""
    ends: list[int]
    """The first node after each node that does not descend from it."""
    places: list[int]
    """The nodes that predict a label, in order; one that predicts several stands here once
    for each."""
    targets: list[int]
    """The labels, one for each of them."""
    weights: list[int]
    """How many samples carry each label."""

    @property
    def branches(self) -> bool:
        """Whether it is more than one path."""
        return len(self.ids) > max(self.depths) + 1


@dataclass(frozen=True, slots=True)
class TreePass:
    """Trees side by side, each in a row of its own."""

    trees: tuple[Tree, ...]

    @property
    def width(self) -> int:
        """The tokens of the largest tree."""
        return max(len(tree.ids) for tree in self.trees)

    @property
    def tokens(self) -> int:
        """Those of the largest tree, in every row."""
        return len(self.trees) * self.width

    def summed_loss(self, network: Any) -> Any:
        """The summed loss; see `Pass`."""
        torch = library("torch")
        rows = [row for row, tree in enumerate(self.trees) for _ in tree.places]
        rows, columns, targets = (
            torch.tensor(values, device=network.device)
            for values in (rows, self._of("places"), self._of("targets"))
        )
        logits = logits_at(network, rows, columns, **self._inputs(network))
        losses = torch.nn.functional.cross_entropy(logits.float(), targets, reduction="none")
        return losses @ torch.tensor(self._of("weights"), device=losses.device, dtype=losses.dtype)

    def _of(self, what: Literal["places", "targets", "weights"]) -> list[int]:
        return [number for tree in self.trees for number in getattr(tree, what)]

    def _inputs(self, network: Any) -> dict[str, Any]:
        """What the network reads `[rows, width]`; nothing real looks at what fills a row up."""
        torch, width = library("torch"), self.width

        def filled(values: Sequence[int]) -> list[int]:
            return [*values, *[0] * (width - len(values))]

        ids = torch.tensor([filled(tree.ids) for tree in self.trees], device=network.device)
        if not any(tree.branches for tree in self.trees):
            # Paths need neither mask nor positions, and without a mask attention is fastest.
            return {"input_ids": ids}
        depths = torch.tensor([filled(tree.depths) for tree in self.trees], device=network.device)
        ends = torch.tensor(
            # What fills a row up sees itself, since a token that sees nothing has no state.
            [[*tree.ends, *range(len(tree.ends) + 1, width + 1)] for tree in self.trees],
            device=network.device,
        )
        return {
            "input_ids": ids,
            "position_ids": depths,
            "attention_mask": _mask(network, ends),
        }


@dataclass(frozen=True, slots=True)
class TreePacking:
    """Trees of samples that begin alike; samples that do not are trees of one path."""

    limit: int = LIMIT
    """Tokens of a pass; where one sample alone is longer, a pass as large as that sample."""
    pair_cost: float = 0.0
    """What one pair of tokens costs in attention, where a token costs 1 in all else."""

    @property
    def name(self) -> PackingName:
        """What settings and events call it."""
        return "tree"

    def passes(self, samples: Sequence[Sample]) -> Iterator[TreePass]:
        """Grow trees, cut apart where it costs least, and lay those of a size side by side."""
        readings = sorted(reading for reading in map(reading_of, samples) if reading.ids)
        sizes = [len(reading.ids) for reading in readings]
        shared = [_common(one.ids, other.ids) for one, other in pairwise(readings)]
        cuts = cheapest_cuts(sizes, [0, *shared], limit=self.limit, pair_cost=self.pair_cost)
        trees = [_tree(readings[begin:end], [0, *shared[begin : end - 1]]) for begin, end in cuts]
        trees.sort(key=lambda tree: len(tree.ids))
        widths = [len(tree.ids) for tree in trees]
        for begin, end in cheapest_passes(widths, limit=self.limit, pair_cost=self.pair_cost):
            yield TreePass(tuple(trees[begin:end]))


def _tree(readings: Sequence[Reading], shared: Sequence[int]) -> Tree:
    """The tree of `readings`, which are sorted and share so much with the one before.

    Sorted, samples that begin alike stand together, so that each only adds a branch to the
    path of the one before, and nodes come in the order of the walk by themselves.
    """
    ids: list[int] = []
    depths: list[int] = []
    ends: list[int] = []
    path: list[int] = []
    labels: Counter[tuple[int, int]] = Counter()
    for reading, kept in zip(readings, shared, strict=True):
        begin, size = len(ids), len(reading.ids)
        for node in path[kept:]:
            ends[node] = begin
        ids += reading.ids[kept:]
        depths += range(kept, size)
        ends += [0] * (size - kept)
        path[kept:] = range(begin, len(ids))
        places = (path[place] for place in reading.places)
        labels.update(zip(places, reading.targets, strict=True))
    for node in path:
        ends[node] = len(ids)
    found = sorted(labels)
    return Tree(
        ids,
        depths,
        ends,
        places=[place for place, _ in found],
        targets=[target for _, target in found],
        weights=[labels[one] for one in found],
    )


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def _mask(network: Any, ends: Any) -> Any:
    """Which node sees which: itself and its ancestors, as `[rows, 1, width, width]`.

    In the order of a walk the descendants of a node are the nodes from itself to its end.

    Args:
        network: what will read it.
        ends: of each node `[rows, width]`.
    """
    torch = library("torch")
    nodes = torch.arange(ends.shape[1], device=ends.device)
    sees = (nodes[None, None, :] <= nodes[None, :, None]) & (
        nodes[None, :, None] < ends[:, None, :]
    )
    if network.config._attn_implementation == "sdpa":  # noqa: SLF001 - told nowhere else
        return sees[:, None]
    # The plain form of attention adds its mask to the scores.
    hidden = torch.finfo(network.dtype).min
    return torch.zeros_like(sees, dtype=network.dtype).masked_fill(~sees, hidden)[:, None]
