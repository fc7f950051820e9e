"""Prose as a reader sees it: sections, blocks and sentences, each with its exact place."""

from lorewright.prose.blocks import Block, BlockKind, blocks
from lorewright.prose.sections import heading_words, is_apparatus, sections
from lorewright.prose.sentences import Span, sentences

__all__ = [
    "Block",
    "BlockKind",
    "Span",
    "blocks",
    "heading_words",
    "is_apparatus",
    "sections",
    "sentences",
]
