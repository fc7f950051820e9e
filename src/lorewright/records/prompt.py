"""The words that a language model is asked with, before the facts are put in."""

from typing import ClassVar

from pydantic import Field

from lorewright.records.record import Record


class Prompt(Record):
    """A prompt template as it stood when it was used; its name changes with every letter."""

    kind: ClassVar[str] = "prompt"
    is_origin: ClassVar[bool] = True
    holds_words: ClassVar[bool] = False

    name: str = Field(pattern=r"^[a-z0-9_]+(/[a-z0-9_]+)+$")
    """The verb and the file: `analyze/content_analysis`."""
    text: str = Field(min_length=1)
    overridden: bool = False
    """Whether the operator's own file stands in the place of the one that came along."""
