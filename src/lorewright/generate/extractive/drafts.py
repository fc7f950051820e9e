"""A question that a rule proposes, before any gate has seen it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.passages import Passage


class Draft(NamedTuple):
    """A question and the passage that answers it."""

    form: str
    question: str
    level: int = 1
    """1 asks from the passage alone; 2 names the document, its author or a heading."""


Rule = Callable[[Passage, Context], Iterator[Draft]]
"""A task form: from a passage to the questions that the passage answers."""
