"""How documents are cut into chunks."""

from pydantic import BaseModel, ConfigDict, Field


class ChunkSettings(BaseModel):
    """Sizes and limits of the four chunk layers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sequential_characters: int = Field(default=2400, ge=200, le=100_000)
    """The longest chunk of the sequential layer, in characters."""
    window_characters: int = Field(default=80_000, ge=10_000)
    """The three limits below hold for each stretch of this length, so that long documents
    keep as many typed chunks per page as short ones."""
    instructional_limit: int = Field(default=5, ge=0)
    """The most instructional units per window."""
    cer_limit: int = Field(default=10, ge=0)
    """The most claim-evidence-reasoning chunks per window."""
    example_limit: int = Field(default=5, ge=0)
    """The most example scenarios per window."""
    min_characters: int = Field(default=100, ge=1)
    """Typed chunks shorter than this are not kept."""
