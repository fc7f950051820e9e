"""Merkle trees over record names, as RFC 6962 section 2.1 defines them.

A leaf is hashed with a 0x00 in front and a node with a 0x01, so that no leaf can be passed
off as a node. A tree of no leaves has the hash of nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from lorewright.errors import BadRecord


class RootBuilder:
    """Computes the root of a tree of any size while keeping one hash per level."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        self.count = 0

    def add(self, leaf: bytes) -> None:
        """Append one leaf."""
        self._push(0, hashlib.sha256(b"\x00" + leaf).digest())
        self.count += 1

    def _push(self, height: int, digest: bytes) -> None:
        while self._peaks and self._peaks[-1][0] == height:
            _, left = self._peaks.pop()
            digest = _node(left, digest)
            height += 1
        self._peaks.append((height, digest))

    def root(self) -> bytes:
        """The root over everything added so far."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        digest = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            digest = _node(left, digest)
        return digest


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The root of the tree over `leaves`, in their order."""
    builder = RootBuilder()
    for leaf in leaves:
        builder.add(leaf)
    return builder.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root, nearest first.

    Raises:
        IndexError: when there is no such leaf.
    """
    _check_index(index, len(leaves))
    if len(leaves) == 1:
        return []
    split = _largest_power_of_two_below(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), merkle_root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), merkle_root(leaves[:split])]


def root_from_proof(leaf: bytes, index: int, count: int, proof: Sequence[bytes]) -> bytes:
    """The root that `proof` claims for `leaf` at `index` of a tree of `count` leaves.

    Raises:
        IndexError: when such a tree has no such leaf.
        BadRecord: when a proof of this leaf would have another length.
    """
    _check_index(index, count)
    turns = list(_turns(index, count))
    if len(proof) != len(turns):
        raise BadRecord(f"a proof of {len(proof)} hashes does not fit a tree of {count:,} leaves")
    digest = hashlib.sha256(b"\x00" + leaf).digest()
    for sibling, is_left in zip(proof, reversed(turns), strict=True):
        digest = _node(digest, sibling) if is_left else _node(sibling, digest)
    return digest


def _turns(index: int, count: int) -> Iterator[bool]:
    """From the root down: whether the leaf lies in the left half."""
    while count > 1:
        split = _largest_power_of_two_below(count)
        is_left = index < split
        yield is_left
        index, count = (index, split) if is_left else (index - split, count - split)


def _check_index(index: int, count: int) -> None:
    if not 0 <= index < count:
        raise IndexError(f"a tree of {count:,} leaves has no leaf {index}")


def _largest_power_of_two_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
