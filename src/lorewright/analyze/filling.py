"""What a rule says about one dimension of a passage."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from lorewright.analyze.passage import Passage
from lorewright.prose import Span


class Filling(NamedTuple):
    """A value and the words that it rests on; both empty when a rule has looked and found none."""

    value: Any
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How one dimension is filled without a teacher."""

    field: str
    says: str
    """What the rule looks for, as people read it."""
    find: Callable[[Passage], Filling | None]
    """None when the passage does not let the rule speak."""


def texts(passage: Passage, spans: list[Span]) -> Filling | None:
    """One value for each span, in the words that stand there."""
    if not spans:
        return None
    return Filling(tuple(joined(passage, span) for span in spans), tuple(spans))


def text(passage: Passage, spans: list[Span]) -> Filling | None:
    """One value of all spans, in the words that stand there."""
    if not spans:
        return None
    return Filling(" ".join(joined(passage, span) for span in spans), tuple(spans))


def joined(passage: Passage, span: Span) -> str:
    """The words of a span with single spaces."""
    return " ".join(passage.words_at(span).split())
