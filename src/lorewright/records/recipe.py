"""How something is made: a step and every setting that shapes its result."""

from typing import ClassVar

from pydantic import JsonValue

from lorewright.records.record import Record


class Recipe(Record):
    """The settings of one step; two runs with the same recipe may share their results."""

    kind: ClassVar[str] = "recipe"
    is_origin: ClassVar[bool] = True
    holds_words: ClassVar[bool] = False

    step: str
    settings: dict[str, JsonValue]
    """Numbers with a fraction as text."""
