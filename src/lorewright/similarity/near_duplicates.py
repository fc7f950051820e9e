"""Texts that are nearly the same, found without comparing all with all.

MinHash (Broder 1997) with locality-sensitive hashing proposes candidates; the exact Jaccard
similarity of their shingles decides. So nothing is called a duplicate by chance; what may
happen is that one is missed, at the threshold itself in about one of twenty cases.
"""

from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from typing import Any, NamedTuple

from lorewright.similarity.shingles import jaccard

PERMUTATIONS = 128
SEED = 42
LEAST_RECALL = 0.9
"""The least chance to find a pair that lies exactly on the threshold; above it the chance is
soon near one, and more bands cost more than they find."""
_AT_ONCE = 1024
"""Sketches made in one call of the library."""


class Twin(NamedTuple):
    """A text and the earlier one that it repeats, by their numbers."""

    later: int
    earlier: int
    jaccard: float


def near_duplicates(
    count: int,
    shingles_of: Callable[[int], Collection[str]],
    *,
    threshold: float,
    if_also: Callable[[int, int], bool] = lambda _index, _first: True,
) -> Iterator[Twin]:
    """Each text that repeats an earlier one which is not itself a repetition, in order.

    Of two alike the earlier one stays, so the caller's order decides. No shingles are kept:
    the index takes about 1.6 kB per text that stays.

    Args:
        count: how many texts there are, numbered from 0.
        shingles_of: the shingles of a text; asked again for candidates.
        threshold: the least Jaccard similarity of two texts that are alike, 0 to 1.
        if_also: a further condition, asked for (text, earlier text) before their shingles are
            compared.
    """
    rensa: Any = import_module("rensa")  # compiled, and comes without types
    index = rensa.RMinHashLSH(
        threshold=threshold, num_perm=PERMUTATIONS, num_bands=bands(threshold)
    )
    for start in range(0, count, _AT_ONCE):
        batch = [shingles_of(at) for at in range(start, min(start + _AT_ONCE, count))]
        sketches = rensa.RMinHash.from_token_sets(batch, num_perm=PERMUTATIONS, seed=SEED)
        for at, (own, sketch) in enumerate(zip(batch, sketches, strict=True), start=start):
            twin = None
            for first in sorted(index.query(sketch)):
                if not if_also(at, first):
                    continue
                alike = jaccard(own, shingles_of(first))
                if alike >= threshold:
                    twin = Twin(at, first, alike)
                    break
            if twin:
                yield twin
            else:
                index.insert(at, sketch)


def bands(threshold: float) -> int:
    """The fewest bands that find a pair on the threshold with a chance of `LEAST_RECALL`.

    With b bands of r rows the chance is 1 - (1 - t^r)^b (Leskovec, Rajaraman and Ullman,
    *Mining of Massive Datasets*, 3.4.2). Fewer bands propose fewer pairs in vain.
    """
    for rows in (64, 32, 16, 8, 4, 2):
        count = PERMUTATIONS // rows
        if 1 - (1 - threshold**rows) ** count >= LEAST_RECALL:
            return count
    return PERMUTATIONS
