"""Examples that are longer than the base model allows: all of them are named, none is cut."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.inference import Sample

NAMED = 50
"""So many are named in one error; more would not be read."""


class TooLong(NamedTuple):
    """One example that does not fit."""

    name: str
    tokens: int


def too_long(samples: Iterable[Sample], *, allowed: int | None) -> list[TooLong]:
    """The examples that have more tokens than `allowed`, each once with its longest rendering.

    Args:
        samples: the renderings of all examples.
        allowed: tokens; None allows any number.
    """
    if allowed is None:
        return []
    longest: dict[str, int] = {}
    for sample in samples:
        if len(sample.ids) > allowed:
            longest[sample.name] = max(longest.get(sample.name, 0), len(sample.ids))
    return [TooLong(name, tokens) for name, tokens in longest.items()]


def refuse_too_long(found: Sequence[TooLong], *, allowed: int | None) -> None:
    """Stop when there are examples that do not fit.

    Raises:
        BadRecord: its place names them with their lengths.
    """
    if not found:
        return
    what = "an example has" if len(found) == 1 else f"{len(found):,} examples have"
    named = [f"{one.name} ({one.tokens:,} tokens)" for one in found[:NAMED]]
    if len(found) > NAMED:
        named.append(f"{len(found) - NAMED:,} more, which `lorewright train --show-masks` names")
    raise BadRecord(
        f"{what} more than the {allowed:,} tokens that are allowed",
        where=", ".join(named),
        hint="shorten or leave them out, or set a higher training.max_length if the base model "
        "allows it; nothing is cut",
    )
