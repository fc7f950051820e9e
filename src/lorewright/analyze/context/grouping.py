"""Cutting a row of things into consecutive groups: each thing in exactly one, none left out."""

from collections.abc import Sequence

MOST_CHUNKS = 48
"""Chunks of one group: notes name each of them among their parents."""


def groups(sizes: Sequence[int], *, most: int, members: int = MOST_CHUNKS) -> list[range]:
    """Consecutive groups, each of at most `members` things and `most` of their sizes together.

    A thing that is larger than `most` is a group of its own; none is cut or left out.
    """
    return _cut(sizes, most=most, least=1, members=members)


def knots(sizes: Sequence[int], *, most: int, members: int) -> list[range]:
    """The same for one level of a tree: every group has two members or more, but for the last.

    So each level has fewer things than the one below it, and in the end one is left.
    """
    return _cut(sizes, most=most, least=2, members=members)


def _cut(sizes: Sequence[int], *, most: int, least: int, members: int) -> list[range]:
    found: list[range] = []
    start, held = 0, 0
    for at, size in enumerate(sizes):
        count = at - start
        if count >= least and (count == members or held + size > most):
            found.append(range(start, at))
            start, held = at, 0
        held += size
    if start < len(sizes):
        found.append(range(start, len(sizes)))
    return found
