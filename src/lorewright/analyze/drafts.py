"""Chunks before they have a number."""

from decimal import Decimal
from typing import NamedTuple

from lorewright.prose import Block
from lorewright.records import ChunkType, Section


class Draft(NamedTuple):
    """A span with a type, and why."""

    start: int
    end: int
    chunk_type: ChunkType
    heading: str
    confidence: Decimal
    cue: str


class Stretch(NamedTuple):
    """A section and its blocks, none of them longer than a sequential chunk may be."""

    section: Section
    blocks: list[Block]
