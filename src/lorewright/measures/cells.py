"""How much of a scaffold the members of a set fill: persona, arc and topic."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product
from math import log2, prod
from typing import NamedTuple, TypeAlias

Cell: TypeAlias = "tuple[str, ...]"

MOST_LISTED = 50


class CellCoverage(NamedTuple):
    """The cells of a scaffold and the members in them."""

    cells: int
    """All there are."""
    filled: int
    """Those with at least one member."""
    members: int
    """In cells of the scaffold."""
    entropy_ratio: float | None
    """Shannon's entropy of the members over the cells as a share of its greatest value, from 0,
    all in one, to 1, as many in each; None without members or with a single cell."""
    empty: tuple[Cell, ...]
    """The first `MOST_LISTED` cells without a member, in the order of the axes."""
    strangers: dict[Cell, int]
    """Members outside of the scaffold by what they say they are."""

    @property
    def share(self) -> float | None:
        """Filled cells as a share of all; None without any."""
        return self.filled / self.cells if self.cells else None


def cell_coverage(members: Iterable[Cell], axes: Sequence[Sequence[str]]) -> CellCoverage:
    """Count the members in each cell of a scaffold.

    Args:
        members: the cell of each, one key for each axis.
        axes: the keys of each axis, such as all personas, all arcs and all topics.
    """
    known = [frozenset(axis) for axis in axes]
    counts, strangers = Counter[Cell](), Counter[Cell]()
    for cell in members:
        is_known = len(cell) == len(known) and all(
            key in axis for key, axis in zip(cell, known, strict=True)
        )
        (counts if is_known else strangers)[cell] += 1
    cells = prod(len(axis) for axis in known) if known else 0
    total = counts.total()
    entropy = sum(count / total * log2(total / count) for count in counts.values())
    empty: list[Cell] = []
    for cell in product(*(dict.fromkeys(axis) for axis in axes)) if cells else ():
        if cell not in counts:
            empty.append(cell)
            if len(empty) == MOST_LISTED:
                break
    return CellCoverage(
        cells=cells,
        filled=len(counts),
        members=total,
        entropy_ratio=min(1.0, entropy / log2(cells)) if total and cells > 1 else None,
        empty=tuple(empty),
        strangers=dict(sorted(strangers.items())),
    )
