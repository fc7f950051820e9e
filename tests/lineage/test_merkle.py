"""Merkle trees are those of RFC 6962, and a proof proves its leaf and no other."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.lineage import RootBuilder, inclusion_proof, merkle_root, root_from_proof

# The inputs and roots of the reference implementation of Certificate Transparency.
KNOWN_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

trees = st.lists(st.binary(max_size=40), min_size=1, max_size=70)


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    halves = defined_root(leaves[:split]) + defined_root(leaves[split:])
    return hashlib.sha256(b"\x01" + halves).digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_the_roots_are_the_known_ones(count: int) -> None:
    assert merkle_root(KNOWN_LEAVES[:count]).hex() == KNOWN_ROOTS[count - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle_root([]) == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_streamed_root_is_the_defined_one(leaves: list[bytes]) -> None:
    builder = RootBuilder()
    for count, leaf in enumerate(leaves):
        assert builder.root() == defined_root(leaves[:count])
        builder.add(leaf)

    assert builder.root() == defined_root(leaves) == merkle_root(leaves)
    assert builder.count == len(leaves)


@given(trees)
def test_every_leaf_has_a_proof_that_verifies(leaves: list[bytes]) -> None:
    root = merkle_root(leaves)

    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(leaves, index)
        assert root_from_proof(leaf, index, len(leaves), proof) == root


@given(trees, st.data())
def test_a_proof_proves_no_other_leaf_and_bears_no_change(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root, count = inclusion_proof(leaves, index), merkle_root(leaves), len(leaves)

    assert root_from_proof(leaves[index] + b"!", index, count, proof) != root
    for at in range(len(proof)):
        changed = [*proof[:at], hashlib.sha256(proof[at]).digest(), *proof[at + 1 :]]
        assert root_from_proof(leaves[index], index, count, changed) != root


@given(trees)
def test_a_proof_of_another_length_is_refused(leaves: list[bytes]) -> None:
    proof = [*inclusion_proof(leaves, 0), b"\x00" * 32]

    with pytest.raises(BadRecord, match="does not fit"):
        root_from_proof(leaves[0], 0, len(leaves), proof)


@pytest.mark.parametrize(("count", "index"), [(0, 0), (1, 1), (3, 3), (3, -1)])
def test_a_leaf_that_is_not_there_has_no_proof(count: int, index: int) -> None:
    with pytest.raises(IndexError, match="no leaf"):
        inclusion_proof([b"x"] * count, index)
    with pytest.raises(IndexError, match="no leaf"):
        root_from_proof(b"x", index, count, [])
