"""The language model that was asked."""

from typing import ClassVar

from pydantic import Field

from lorewright.records.record import Record


class LanguageModel(Record):
    """A language model as it was asked for: by whom it is served and under which name.

    Never holds a key. What it was asked with (temperature, longest answer) stands in the recipe.
    """

    kind: ClassVar[str] = "language_model"
    is_origin: ClassVar[bool] = True
    holds_words: ClassVar[bool] = False

    provider: str = Field(pattern=r"^[a-z0-9_]+$")
    """The chat model plug-in: `anthropic`, `openai`, `replay` ..."""
    name: str = Field(min_length=1)
    endpoint: str = ""
    """Scheme, host and port of the server; empty for one that needs no network."""
