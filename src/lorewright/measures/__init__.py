"""Measure texts and sets: how long, how varied, how like advice, how much of a source."""

from lorewright.measures.cells import CellCoverage, cell_coverage
from lorewright.measures.composition import Composition, composition
from lorewright.measures.distinct import distinct
from lorewright.measures.entities import EntityBalance, entities_in, entity_balance
from lorewright.measures.grounded import Groundedness, Loose, Taught, groundedness
from lorewright.measures.hold_out_reach import HoldOutReach, Neighbour, hold_out_reach
from lorewright.measures.integrity import Answered, Integrity, IntegrityFinding, check_integrity
from lorewright.measures.leakage import Held, Leak, leakage
from lorewright.measures.lengths import Lengths, lengths
from lorewright.measures.lexical_diversity import mtld
from lorewright.measures.mixture import Mixture, mixture
from lorewright.measures.near_pairs import NearPair, NearPairs, longest_run, near_pairs
from lorewright.measures.reference_scores import ReferenceScores, reference_scores
from lorewright.measures.repetition import near_duplicate_share
from lorewright.measures.self_bleu import SelfBleu, self_bleu
from lorewright.measures.spans import covered, span_coverage
from lorewright.measures.usable import Informativeness, UsablePairs, informativeness, usable_pairs
from lorewright.measures.vendi import Vendi, vendi, vendi_of_kernel

__all__ = [
    "Answered",
    "CellCoverage",
    "Composition",
    "EntityBalance",
    "Groundedness",
    "Held",
    "HoldOutReach",
    "Informativeness",
    "Integrity",
    "IntegrityFinding",
    "Leak",
    "Lengths",
    "Loose",
    "Mixture",
    "NearPair",
    "NearPairs",
    "Neighbour",
    "ReferenceScores",
    "SelfBleu",
    "Taught",
    "UsablePairs",
    "Vendi",
    "cell_coverage",
    "check_integrity",
    "composition",
    "covered",
    "distinct",
    "entities_in",
    "entity_balance",
    "groundedness",
    "hold_out_reach",
    "informativeness",
    "leakage",
    "lengths",
    "longest_run",
    "mixture",
    "mtld",
    "near_duplicate_share",
    "near_pairs",
    "reference_scores",
    "self_bleu",
    "span_coverage",
    "usable_pairs",
    "vendi",
    "vendi_of_kernel",
]
