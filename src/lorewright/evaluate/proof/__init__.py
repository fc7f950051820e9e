"""What ratings of answers prove about an adapter: gates in a fixed order, and one verdict."""

from lorewright.evaluate.proof.arms import ProofArm
from lorewright.evaluate.proof.contrasts import Contrast, DimensionRow
from lorewright.evaluate.proof.deciding import Proof, ProofKind, prove
from lorewright.evaluate.proof.evidence import Evidence, Origin, ProofFlaw
from lorewright.evaluate.proof.rules import DIMENSIONS, ProofRules
from lorewright.evaluate.proof.words import headline, reasons_in_words

__all__ = [
    "DIMENSIONS",
    "Contrast",
    "DimensionRow",
    "Evidence",
    "Origin",
    "Proof",
    "ProofArm",
    "ProofFlaw",
    "ProofKind",
    "ProofRules",
    "headline",
    "prove",
    "reasons_in_words",
]
