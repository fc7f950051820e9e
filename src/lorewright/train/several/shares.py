"""What each process reads of the samples of one step."""

from collections.abc import Sequence

from lorewright.inference import Sample


def share_of(
    samples: Sequence[Sample], families: Sequence[int], *, rank: int, size: int
) -> list[Sample]:
    """The samples of `rank`; all ranks together have each sample once.

    A family stays together, so that its common beginning is read once. The largest families go
    first, each to whom has the fewest tokens so far. With few families some have none.

    Args:
        samples: of one step, in order.
        families: the number of the family of each.
        rank: whose share it is.
        size: how many share.
    """
    members: dict[int, list[int]] = {}
    for place, family in enumerate(families):
        members.setdefault(family, []).append(place)
    weighed = {family: _tokens(samples, places) for family, places in members.items()}
    loads = [0] * size
    mine: list[int] = []
    for family in sorted(members, key=lambda one: (-weighed[one], members[one][0])):
        lightest = min(range(size), key=loads.__getitem__)
        loads[lightest] += weighed[family]
        if lightest == rank:
            mine += members[family]
    return [samples[place] for place in sorted(mine)]


def _tokens(samples: Sequence[Sample], places: Sequence[int]) -> int:
    return sum(len(samples[place].ids) for place in places)
