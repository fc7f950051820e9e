"""The spine: fingerprints, references, and the graph of what was made from what."""

from lorewright.lineage.canonical import canonical_bytes, fingerprint
from lorewright.lineage.membership import (
    NAME_BYTES,
    SplitRoot,
    dataset_root,
    ends_page,
    page_root,
)
from lorewright.lineage.merkle import RootBuilder, inclusion_proof, merkle_root, root_from_proof
from lorewright.lineage.ref import Ref

__all__ = [
    "NAME_BYTES",
    "Ref",
    "RootBuilder",
    "SplitRoot",
    "canonical_bytes",
    "dataset_root",
    "ends_page",
    "fingerprint",
    "inclusion_proof",
    "merkle_root",
    "page_root",
    "root_from_proof",
]
