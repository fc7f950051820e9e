"""Where a row of sorted samples is cut into trees, and which trees are read at once."""

from collections.abc import Callable, Iterator, Sequence

PASS_COST = 64
"""What a pass through the network costs besides its tokens, in tokens."""
ROW_COST = 4
"""What a tree costs besides its tokens: beside longer ones it is filled up to their length."""


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
    hopeless = max(limit, *sizes) if sizes else limit

    def costs(end: int) -> Iterator[tuple[int, float]]:
        for begin, tokens in _trees(sizes[:end], shared, limit, hopeless):
            yield begin, ROW_COST + tokens + pair_cost * tokens * tokens

    return _cheapest(len(sizes), costs)


def cheapest_passes(
    widths: Sequence[int], *, limit: int, pair_cost: float
) -> list[tuple[int, int]]:
    """Lay rows side by side so that the network has least to do.

    Rows of one pass are filled up to its longest, which is the less the more alike they are; a
    pass more costs as much as some tokens.

    Args:
        widths: the tokens of each row, none below the one before.
        limit: the most tokens of a pass, fillings included, unless a row alone has more.
        pair_cost: what a pair of tokens costs, where a token costs 1.

    Returns:
        Each pass as the rows `[begin, end)`, in order; together they are all rows.
    """

    def costs(end: int) -> Iterator[tuple[int, float]]:
        widest = widths[end - 1]
        for begin in range(end - 1, -1, -1):
            rows = end - begin
            if rows > 1 and rows * widest > limit:
                break
            yield begin, PASS_COST + rows * (widest + pair_cost * widest * widest)

    return _cheapest(len(widths), costs)


def _cheapest(
    count: int, costs: Callable[[int], Iterator[tuple[int, float]]]
) -> list[tuple[int, int]]:
    """Cut `count` things so that the parts cost least; `costs` knows those with a given end."""
    best = [0.0]
    begins: list[int] = []
    for end in range(1, count + 1):
        cost, begin = min((best[begin] + cost, -begin) for begin, cost in costs(end))
        best.append(cost)
        begins.append(-begin)
    cuts: list[tuple[int, int]] = []
    end = count
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
