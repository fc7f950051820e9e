"""How a document is seen as a whole."""

from pydantic import BaseModel, ConfigDict, Field


class ContextSettings(BaseModel):
    """How much is read at once, and how many pairs of chunks are looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group_characters: int = Field(default=12_000, ge=1_000)
    """Characters of consecutive chunks that are read in one call. No part of a document is left
    out for its length: a longer one has more groups."""
    notes_at_once: int = Field(default=8, ge=2, le=32)
    """Notes that are put together in one call, until one is left."""
    pairs: int = Field(default=40, ge=0, le=2000)
    """The most pairs of chunks of one document that are looked at; those that share the rarest
    words come first, and the others are counted."""
    pairs_per_chunk: int = Field(default=4, ge=1)
    """The most pairs that one chunk is a part of."""
    pairs_between: int = Field(default=40, ge=0, le=2000)
    """The same for chunks of different documents, over all documents together."""
