"""How the samples of one optimizer step are laid side by side in the network.

Every packing gives the same loss and the same gradients; they differ in how many tokens the
network has to read for them.
"""

from lorewright.train.packing.choosing import Chosen, choose_packing
from lorewright.train.packing.families import families
from lorewright.train.packing.padded import PaddedPacking
from lorewright.train.packing.passes import Packing, PackingName, Pass
from lorewright.train.packing.plain import PlainPacking
from lorewright.train.packing.tree import TreePacking

__all__ = [
    "Chosen",
    "Packing",
    "PackingName",
    "PaddedPacking",
    "Pass",
    "PlainPacking",
    "TreePacking",
    "choose_packing",
    "families",
]
