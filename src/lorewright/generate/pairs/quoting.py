"""Finding the words that a language model says it quotes."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lorewright.generate.pairs.gates import Fault
from lorewright.records import Chunk, Document, Evidence
from lorewright.similarity import locate, words

LEAST_QUOTE_WORDS = 3
"""Fewer words stand anywhere and bear nothing out."""


class Quoted(NamedTuple):
    """Where the quotes of one answer stand."""

    evidence: tuple[Evidence, ...]
    """In reading order, each stretch once; those that were found, even when others were not."""
    fault: Fault | None


def quoted(quotes: Iterable[str], document: Document, chunks: Sequence[Chunk]) -> Quoted:
    """Look for every quote inside `chunks`; one that stands in none of them is a fault.

    Raises:
        MissingExtra: when only an approximate match is left and RapidFuzz is not installed.
    """
    found: dict[tuple[int, int], Evidence] = {}
    fault: Fault | None = None
    for quote in quotes:
        if len(words(quote)) < LEAST_QUOTE_WORDS:
            fault = fault or Fault("quote_too_short", f"a quote is too short: {quote[:80]!r}")
        elif (evidence := _cited(quote, document, chunks)) is None:
            detail = f"these words stand nowhere in the passage: {quote.strip()[:200]!r}"
            fault = fault or Fault("quote_not_found", detail)
        else:
            found[evidence.start, evidence.end] = evidence
    if not found and fault is None:
        fault = Fault("no_quote", "the answer names no words that it rests on")
    return Quoted(tuple(found[place] for place in sorted(found)), fault)


def chunks_cited(evidence: Iterable[Evidence], chunks: Sequence[Chunk]) -> int:
    """In how many of `chunks`, which do not overlap, some of the evidence stands."""
    cited = tuple(evidence)
    return sum(
        any(chunk.start <= one.start and one.end <= chunk.end for one in cited) for chunk in chunks
    )


def _cited(quote: str, document: Document, chunks: Sequence[Chunk]) -> Evidence | None:
    for chunk in chunks:
        place = locate(quote, document.words, chunk.start, chunk.end)
        if place is not None:
            return document.cite(place.start, place.end, match=place.match)
    return None
