"""Which samples belong together: the pairs of one conversation, each holding those before it."""

from collections.abc import Sequence

from lorewright.inference import Sample
from lorewright.train.packing.passes import reading_of


def families(samples: Sequence[Sample]) -> list[int]:
    """Give every sample the number of its family.

    A sample belongs to another's family when it begins with all that the other's labels rest
    on, as the later pair of a conversation begins with the earlier one. Samples that merely
    share a system prompt are no family. Families are numbered in the order of their first
    members, so the numbers depend on the samples alone.

    Args:
        samples: what is trained on.

    Returns:
        One number per sample, in their order.
    """
    tokens = [reading_of(sample).ids for sample in samples]
    roots: dict[int, int] = {}
    root = -1
    for index in sorted(range(len(samples)), key=tokens.__getitem__):
        # Sorted, all that begin with a root's tokens follow it before anything else does.
        beginning = tokens[root] if root >= 0 else ()
        if not beginning or tokens[index][: len(beginning)] != beginning:
            root = index
        roots[index] = root
    numbers: dict[int, int] = {}
    return [numbers.setdefault(roots[index], len(numbers)) for index in range(len(samples))]
