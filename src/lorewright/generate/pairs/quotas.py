"""How many pairs each chunk is to give, and of which levels."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from lorewright.generate.pairs.planned import Subject, Target
from lorewright.settings import PairSettings


def quotas(subjects: Sequence[Subject], target: Target) -> list[Counter[int]]:
    """For each of `subjects` how many pairs of each level it is to give.

    Without a total every chunk gives `pairs_per_chunk`, with one they give it together, each
    about as many as the others. No chunk is asked for more than its length can hold, except
    that one with a key fact can always be asked about it in every form that is wanted. The
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


def room(characters: int, settings: PairSettings) -> int:
    """How many pairs a chunk of this length can hold, beside what its key facts ask for."""
    return max(1, characters // settings.characters_per_pair)


def most_facts(characters: int, settings: PairSettings) -> int:
    """How many key facts to look for in a chunk: no more than can be asked about in all forms."""
    pairs = min(settings.pairs_per_chunk, room(characters, settings))
    return min(settings.facts_per_chunk, max(1, pairs // settings.forms_per_fact))


def _sizes(subjects: Sequence[Subject], target: Target) -> list[int]:
    settings = target.settings
    most = [
        max(room(one.characters, settings), settings.forms_per_fact if one.facts else 0)
        for one in subjects
    ]
    if target.pairs_per_document is not None:
        return spread(target.pairs_per_document, most)
    return [min(max(settings.pairs_per_chunk, settings.forms_per_fact), one) for one in most]


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
