"""Where a row of sorted samples is cut into trees."""

from collections.abc import Sequence

PASS_COST = 64
"""What a pass through the network costs besides its tokens, in tokens."""


def cheapest_cuts(
    sizes: Sequence[int], shared: Sequence[int], *, limit: int, pair_cost: float
) -> list[tuple[int, int]]:
    """Cut samples into trees so that the network has least to do.

    A cut makes the beginning that the samples on both sides share be read twice, so cuts fall
    between subtrees near the root. Without a cut attention looks at pairs of tokens that have
    nothing to do with each other.

    Args:
        sizes: the tokens of each sample; samples that begin alike stand side by side.
        shared: how many of them it shares with the one before; 0 for the first.
        limit: the largest tree, in tokens; one may be larger when its longest sample alone is
            as large.
        pair_cost: what a pair of tokens costs, where a token costs 1.

    Returns:
        Each tree as the samples `[begin, end)`, in order; together they are all samples.
    """
    if not sizes:
        return []
    hopeless = max(limit, *sizes)
    best = [0.0]
    begins: list[int] = []
    for end in range(1, len(sizes) + 1):
        cost, begin = min(
            (best[begin] + _cost(tokens, pair_cost), -begin)
            for begin, tokens in _trees(sizes[:end], shared, limit, hopeless)
        )
        best.append(cost)
        begins.append(-begin)
    cuts: list[tuple[int, int]] = []
    end = len(sizes)
    while end:
        cuts.append((begins[end - 1], end))
        end = begins[end - 1]
    return cuts[::-1]


def _trees(
    sizes: Sequence[int], shared: Sequence[int], limit: int, hopeless: int
) -> list[tuple[int, int]]:
    """The trees that may end with the last sample: where each begins, and its tokens."""
    last = len(sizes) - 1
    tokens = longest = sizes[last]
    found = [(last, tokens)]
    for begin in range(last - 1, -1, -1):
        tokens += sizes[begin] - shared[begin + 1]
        longest = max(longest, sizes[begin])
        if tokens > hopeless:
            break
        if tokens <= max(limit, longest):
            found.append((begin, tokens))
    return found


def _cost(tokens: int, pair_cost: float) -> float:
    return PASS_COST + tokens + pair_cost * tokens * tokens
