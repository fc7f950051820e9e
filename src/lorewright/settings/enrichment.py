"""How conversations are enriched."""

from pydantic import BaseModel, ConfigDict, Field


class EnrichmentSettings(BaseModel):
    """What is taken for a conversation at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    largest_conversation_mb: int = Field(default=8, ge=1)
    """A conversation whose raw text has more megabytes is kept, reported and not read."""

    @property
    def largest_conversation_bytes(self) -> int:
        """The same in bytes."""
        return self.largest_conversation_mb * 1_000_000
