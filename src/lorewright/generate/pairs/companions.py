"""Which chunks of a document have to do with each other, by the rare words that they share."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import log

from lorewright.lineage import Ref
from lorewright.records import Chunk, ChunkType, Document
from lorewright.similarity import words

MOST_BEARERS = 60
"""A word that stands in more chunks than this tells nothing about two of them."""
LEAST_LETTERS = 4
"""Shorter words are mostly grammar."""


def companions(
    document: Document,
    chunks: Sequence[Chunk],
    *,
    most: int,
    related: Mapping[Ref, Sequence[Ref]] | None = None,
) -> dict[Ref, tuple[Ref, ...]]:
    """For each of `chunks` up to `most` sequential chunks that it shares rare words with.

    A shared word weighs as much as it is rare: the logarithm of the number of chunks divided
    by that of those that have it. What overlaps a chunk is none of its companions. A chapter
    looks back first, since it is read after what stands before it; every other type takes
    whatever is nearest.

    Args:
        document: with its text attached.
        chunks: of that document.
        most: how many companions a chunk has.
        related: chunks that are known to have to do with each other; they come first.
    """
    layer = [one for one in chunks if one.chunk_type is ChunkType.CHAPTER_SEQUENTIAL]
    by_name = {one.ref: one for one in layer}
    held = [_words_of(document, one) for one in layer]
    bearers: defaultdict[str, list[int]] = defaultdict(list)
    for at, own in enumerate(held):
        for word in sorted(own):
            bearers[word].append(at)
    weight = {
        word: log(len(layer) / len(ours))
        for word, ours in bearers.items()
        if 1 < len(ours) <= MOST_BEARERS
    }
    found: dict[Ref, tuple[Ref, ...]] = {}
    for chunk in chunks:
        scores: defaultdict[int, float] = defaultdict(float)
        for word in sorted(_words_of(document, chunk) & weight.keys()):
            for at in bearers[word]:
                scores[at] += weight[word]
        ranked = sorted(
            (
                (not _comes_first(chunk, layer[at]), -score, at)
                for at, score in scores.items()
                if score > 0 and not _overlap(chunk, layer[at])
            )
        )
        known = (by_name[name] for name in (related or {}).get(chunk.ref, ()) if name in by_name)
        first = [one.ref for one in known if not _overlap(chunk, one)]
        names = dict.fromkeys([*first, *(layer[at].ref for _, _, at in ranked)])
        found[chunk.ref] = tuple(names)[:most]
    return found


def _words_of(document: Document, chunk: Chunk) -> set[str]:
    text = document.words[chunk.start : chunk.end]
    return {word for word in words(text) if len(word) >= LEAST_LETTERS}


def _comes_first(chunk: Chunk, other: Chunk) -> bool:
    return chunk.chunk_type is not ChunkType.CHAPTER_SEQUENTIAL or other.end <= chunk.start


def _overlap(one: Chunk, other: Chunk) -> bool:
    return one.start < other.end and other.start < one.end
