"""The prompts about a chunk: which fields each fills, for which types of chunk."""

from collections.abc import Iterable
from typing import NamedTuple

from lorewright.analyze.teaching.answers import (
    Argument,
    Content,
    Risk,
    Scenario,
    Shape,
    Task,
    Training,
)
from lorewright.records import ChunkType

ROOM = "analyze"
"""Prompts are named by the verb that asks them: `analyze/content_analysis`."""


class Template(NamedTuple):
    """One prompt about a chunk."""

    key: str
    shape: type[Shape]
    types: tuple[ChunkType, ...] = tuple(ChunkType)
    """Those it is asked of."""

    @property
    def prompt(self) -> str:
        """The name of its prompt."""
        return f"{ROOM}/{self.key}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The dimensions that it fills."""
        return tuple(self.shape.model_fields)


TEMPLATES = (
    Template("content_analysis", Content),
    Template("task_extraction", Task, (ChunkType.INSTRUCTIONAL_UNIT,)),
    Template("cer_analysis", Argument, (ChunkType.CER,)),
    Template("scenario_extraction", Scenario, (ChunkType.EXAMPLE_SCENARIO,)),
    Template("training_pair_generation", Training),
    Template("risk_assessment", Risk),
)
"""In the order in which they are asked."""

VERBATIM = frozenset({"key_terms", "evidence_snippets", "citations"})
"""Lists whose entries must themselves stand in the chunk."""
BEYOND = frozenset({"contextual_answer"})
"""What may also rest on the text around the chunk that the teacher was shown."""


def templates_for(kind: ChunkType, chosen: Iterable[str] | None = None) -> tuple[Template, ...]:
    """The prompts to ask of a chunk of `kind`; with `chosen`, only those of them."""
    keys = None if chosen is None else frozenset(chosen)
    return tuple(
        one for one in TEMPLATES if kind in one.types and (keys is None or one.key in keys)
    )
