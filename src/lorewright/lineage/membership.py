"""The Merkle root of a dataset, from nothing but the names of its members.

Names are random, so a page ends after each name whose last twelve bits are zero: pages hold
about 4,096 names, and adding or removing one example changes one page, wherever it falls. The
root of a split stands over the roots of its pages, that of a dataset over those of its splits.
"""

from collections.abc import Iterable

from lorewright.lineage.merkle import RootBuilder, merkle_root

NAME_BYTES = 32
BORDER_MASK = 0x0FFF


def ends_page(name: bytes) -> bool:
    """Whether a page ends after `name`."""
    return int.from_bytes(name[-2:], "big") & BORDER_MASK == 0


def page_root(names: bytes) -> bytes:
    """The Merkle root over the names on one page."""
    return merkle_root(names[at : at + NAME_BYTES] for at in range(0, len(names), NAME_BYTES))


def dataset_root(splits: Iterable[tuple[str, str]]) -> str:
    """The Merkle root over splits, each leaf being the name of a split and its root."""
    return merkle_root(f"{split}:".encode() + bytes.fromhex(root) for split, root in splits).hex()


class SplitRoot:
    """Computes the root of one split from its names, ascending; memory holds one page."""

    def __init__(self) -> None:
        self._names = bytearray()
        self._roots = RootBuilder()
        self.count = 0

    def add(self, name: bytes) -> None:
        """Append one name."""
        self._names += name
        self.count += 1
        if ends_page(name):
            self._end_page()

    def root(self) -> str:
        """The root over everything added; nothing can be added afterwards."""
        if self._names:
            self._end_page()
        return self._roots.root().hex()

    def _end_page(self) -> None:
        self._roots.add(page_root(bytes(self._names)))
        self._names.clear()
