"""How documents are categorised."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class AnalysisSettings(BaseModel):
    """Where the catalogues stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: Path | None = None
    """A TOML file of your own with the scale of belonging, the categories and the tags; without
    it those that come with Lorewright."""
