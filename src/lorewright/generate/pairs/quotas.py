"""How many pairs each chunk is to give, and of which levels."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from lorewright.generate.pairs.planned import Subject, Target


def quotas(subjects: Sequence[Subject], target: Target) -> list[Counter[int]]:
    """For each of `subjects` how many pairs of each level it is to give.

    Without a total every chunk gives `pairs_per_chunk`, with one they give it together, each
    about as many as the others. No chunk is asked for more than its length can hold. The
    levels come as near to their shares as the whole allows, whatever a single chunk can give.
    """
    given: Counter[int] = Counter()
    found: list[Counter[int]] = []
    for subject, size in zip(subjects, _sizes(subjects, target), strict=True):
        possible = levels_of(subject, target)
        own: Counter[int] = Counter()
        for _ in range(size if possible else 0):
            level = _furthest_behind(possible, target.shares, given)
            given[level] += 1
            own[level] += 1
        found.append(own)
    return found


def levels_of(subject: Subject, target: Target) -> list[int]:
    """The levels that a chunk can be asked for: level 3 needs another chunk beside it."""
    return [level for level in target.levels if level != 3 or subject.companions]


def spread(count: int, of: Sequence[int]) -> list[int]:
    """`count` dealt out one by one over places of which each holds at most so many."""
    dealt = [0] * len(of)
    left = min(count, sum(of))
    while left:
        open_places = [at for at, most in enumerate(of) if dealt[at] < most]
        each = max(1, left // len(open_places))
        for at in _evenly(open_places, left):
            taken = min(each, of[at] - dealt[at], left)
            dealt[at] += taken
            left -= taken
    return dealt


def _sizes(subjects: Sequence[Subject], target: Target) -> list[int]:
    room = [max(1, one.characters // target.settings.characters_per_pair) for one in subjects]
    if target.pairs_per_document is None:
        return [min(target.settings.pairs_per_chunk, most) for most in room]
    return spread(target.pairs_per_document, room)


def _evenly(places: Sequence[int], count: int) -> Iterable[int]:
    """All of `places`, or `count` of them from the first to the last at equal distances."""
    if count >= len(places):
        return places
    return (places[at * len(places) // count] for at in range(count))


def _furthest_behind(
    possible: Iterable[int], shares: Mapping[int, int], given: Mapping[int, int]
) -> int:
    """The level whose turn it is by the method of Webster, which favours no share's size."""
    return min(possible, key=lambda level: ((2 * given.get(level, 0) + 1) / shares[level], level))
