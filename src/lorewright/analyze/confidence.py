"""How much of what is expected is there, and how much of it rests on words that stand there."""

from collections.abc import Collection, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lorewright.analyze.catalogue import the_dimensions
from lorewright.records import ChunkFields, ChunkType, ProcedureStep
from lorewright.similarity import words


def precision(kind: ChunkType, filled: Collection[str]) -> int:
    """Ten times the share of the dimensions expected of `kind` that have a value."""
    expected = the_dimensions().expected[kind]
    return _of_ten(sum(name in filled for name in expected), len(expected))


def accuracy(checks: Sequence[bool]) -> int | None:
    """Ten times the share of texts that were looked for and found; None when none was."""
    return _of_ten(sum(checks), len(checks)) if checks else None


def words_stand(text: str, fields: ChunkFields, names: Collection[str]) -> list[bool]:
    """Of each value that is to be in the words of `text`, whether they all stand in it.

    Args:
        text: the words of the chunk.
        fields: the values.
        names: the dimensions that are looked at.
    """
    there = frozenset(words(text))
    return [
        there.issuperset(words(one))
        for dimension in the_dimensions().dimension
        if dimension.in_its_words and dimension.name in names
        for one in _texts(getattr(fields, dimension.name))
    ]


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case ProcedureStep():
            yield f"{value.step} {value.details}"
        case tuple():
            for one in value:  # pyright: ignore[reportUnknownVariableType] - of any of the above
                yield from _texts(one)
        case _:
            pass


def _of_ten(part: int, whole: int) -> int:
    """Ten times a share, rounded half up, and never nothing."""
    share = Decimal(10 * part) / whole
    return max(1, int(share.quantize(Decimal(1), ROUND_HALF_UP)))
