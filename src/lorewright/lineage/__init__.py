"""The spine: fingerprints, references, and the graph of what was made from what."""

from lorewright.lineage.canonical import canonical_bytes, fingerprint
from lorewright.lineage.merkle import RootBuilder, inclusion_proof, merkle_root, root_from_proof
from lorewright.lineage.ref import Ref

__all__ = [
    "Ref",
    "RootBuilder",
    "canonical_bytes",
    "fingerprint",
    "inclusion_proof",
    "merkle_root",
    "root_from_proof",
]
