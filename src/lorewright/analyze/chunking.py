"""Cutting a document into its four layers of chunks."""

from collections import Counter
from collections.abc import Iterable, Iterator

from lorewright.analyze.drafts import Draft
from lorewright.analyze.sequential import sequential, stretches
from lorewright.analyze.signs import the_signs
from lorewright.analyze.typed import TYPED, typed
from lorewright.lineage import Ref
from lorewright.records import Chunk, ChunkType, Document
from lorewright.settings import ChunkSettings


def chunks_of(document: Document, *, settings: ChunkSettings, recipe: Ref) -> Iterator[Chunk]:
    """The chunks of `document` in the order of their first characters.

    The sequential layer holds every visible character once. The typed layers lie over it: of
    each type and window the surest passages, up to the limit that `settings` gives. No part of
    a document is left out for its length. Chunks come as soon as no later one can precede them:
    windows are settled one by one, where sections end.

    Args:
        document: with its text attached.
        settings: sizes and limits.
        recipe: the record that holds `settings`.
    """
    ordinals: Counter[ChunkType] = Counter()
    parents = (document.ref, recipe)
    for draft in _drafts(document, settings):
        ordinals[draft.chunk_type] += 1
        yield Chunk(
            made_from=parents,
            document=document.ref,
            start=draft.start,
            end=draft.end,
            chunk_type=draft.chunk_type,
            ordinal=ordinals[draft.chunk_type],
            heading=draft.heading,
            confidence=draft.confidence,
            cue=draft.cue,
        )


def _drafts(document: Document, settings: ChunkSettings) -> Iterator[Draft]:
    """All drafts, window by window; a window is settled once a section begins behind it."""
    most, signs = settings.sequential_characters, the_signs()
    waiting: list[Draft] = []
    source = stretches(document.words, document.sections, most=most)
    for stretch, pieces in sequential(source, most=most):
        window = pieces[0].start // settings.window_characters
        if waiting and waiting[0].start // settings.window_characters < window:
            settled = [d for d in waiting if d.start // settings.window_characters < window]
            waiting = [d for d in waiting if d.start // settings.window_characters >= window]
            yield from _selected(settled, settings)
        waiting.extend(pieces)
        least = settings.min_characters
        waiting.extend(typed(document.words, stretch, signs, most=most, least=least))
    yield from _selected(waiting, settings)


def _selected(drafts: Iterable[Draft], settings: ChunkSettings) -> list[Draft]:
    """The sequential drafts and the surest of each type and window, by position.

    Of equally sure passages the earlier wins.
    """
    limits = {
        ChunkType.INSTRUCTIONAL_UNIT: settings.instructional_limit,
        ChunkType.CER: settings.cer_limit,
        ChunkType.EXAMPLE_SCENARIO: settings.example_limit,
    }
    kept: list[Draft] = []
    taken: Counter[tuple[ChunkType, int]] = Counter()
    for draft in sorted(drafts, key=lambda draft: (-draft.confidence, draft.start)):
        if draft.chunk_type in limits:
            place = draft.chunk_type, draft.start // settings.window_characters
            if taken[place] >= limits[draft.chunk_type]:
                continue
            taken[place] += 1
        kept.append(draft)
    return sorted(kept, key=lambda draft: (draft.start, _RANK[draft.chunk_type]))


_RANK = {kind: rank for rank, kind in enumerate((ChunkType.CHAPTER_SEQUENTIAL, *TYPED))}
"""The order of chunks that begin at the same character."""
