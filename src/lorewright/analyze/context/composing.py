"""From the last notes of a document to its context: what is left is counted, not asked."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lorewright.analyze.context.complexity import complexity_of
from lorewright.analyze.context.layout import Layout
from lorewright.analyze.context.merging import by_key
from lorewright.analyze.context.quoting import quarantined, tallied
from lorewright.analyze.context.shelf import Shelf
from lorewright.lineage import Ref
from lorewright.records import (
    ChunkAnalysis,
    ContextNotes,
    DocumentContext,
    Expertise,
    ExpertiseLevel,
    Heard,
    Mentioned,
    PairsTried,
    Relation,
    Term,
    Theme,
    Trait,
    Unknown,
    Unread,
)

NOTHING_SHOWN = "nothing that was said about it could be located in the text"


@dataclass(frozen=True, slots=True)
class Given:
    """What a context is put together from."""

    notes: ContextNotes
    """The last that are left."""
    pairs: tuple[ContextNotes, ...]
    """About pairs of chunks."""
    analyses: tuple[ChunkAnalysis, ...]
    found: int
    """Pairs that share enough rare words."""
    asked: int
    """Those of them that were to be looked at."""
    groups: int
    unread: tuple[tuple[int, int], ...] = ()
    """Groups that the teacher could not read: places of their first and last chunk."""


def compose(
    layout: Layout, given: Given, *, teacher: str, parents: tuple[Ref, ...]
) -> DocumentContext:
    """The context of a document.

    Args:
        layout: the document and its chunks.
        given: what was noted about them.
        teacher: the name of the language model.
        parents: what all of it was made from; the document comes first.
    """
    shelf, notes = Shelf(), given.notes
    expertise = _expertise(notes.heard, notes, shelf)
    relations = [shelf.take(part, pair.evidence) for pair in given.pairs for part in pair.relations]
    counts = [*notes.quarantined, *(one for pair in given.pairs for one in pair.quarantined)]
    return DocumentContext(
        made_from=parents,
        document=layout.document.ref,
        teacher=teacher,
        chunks=len(layout.chunks),
        set_aside=len(layout.set_aside),
        groups=given.groups,
        levels=notes.level + 1,
        unread=tuple(_unread(layout, first, last) for first, last in given.unread),
        themes=_themes(layout, notes, shelf),
        terms=_terms(layout, notes, shelf),
        people=_people(layout, notes, shelf),
        voice=_voice(layout, notes, shelf),
        expertise=expertise,
        relations=in_reading_order(layout, relations),
        pairs=_pairs(given),
        complexity=complexity_of(layout, given.analyses),
        quarantined=quarantined(tallied(counts)),
        unknown=() if expertise else (Unknown(reason=NOTHING_SHOWN, fields=("expertise",)),),
        evidence=shelf.evidence,
    )


def uses_of(name: str, layout: Layout) -> int:
    """How often a name stands in a document as whole words, whatever its case."""
    text = layout.lowered
    spaced = r"\s+".join(map(re.escape, name.lower().split()))
    # The letter before is looked at behind the match: a pattern that begins with letters is
    # many times faster than one that begins with looking back.
    found = re.finditer(rf"{spaced}(?!\w)", text)
    return sum(1 for one in found if not is_letter(text[one.start() - 1 : one.start()]))


def is_letter(sign: str) -> bool:
    """Whether a sign is a part of a word; nothing is none."""
    return sign.isalnum() or sign == "_"


def in_reading_order(layout: Layout, relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Relations by their source chunks, then by their targets."""
    place = {one.ref: at for at, one in enumerate(layout.chunks)}
    return tuple(
        sorted(relations, key=lambda one: (place[one.source], place[one.target], one.relation))
    )


def _themes(layout: Layout, notes: ContextNotes, shelf: Shelf) -> tuple[Theme, ...]:
    taken = [shelf.take(one, notes.evidence) for one in notes.themes]
    themes = [
        Theme(**one.model_dump(), weight=layout.share(shelf.at(one.evidence))) for one in taken
    ]
    return tuple(sorted(themes, key=lambda one: (-one.weight, one.name)))


def _terms(layout: Layout, notes: ContextNotes, shelf: Shelf) -> tuple[Term, ...]:
    taken = [shelf.take(one, notes.evidence) for one in notes.terms]
    terms = [Term(**one.model_dump(), uses=uses_of(one.term, layout)) for one in taken]
    return tuple(sorted(terms, key=lambda one: (-one.uses, one.term)))


def _people(layout: Layout, notes: ContextNotes, shelf: Shelf) -> tuple[Mentioned, ...]:
    taken = [shelf.take(one, notes.evidence) for one in notes.people]
    people = [Mentioned(**one.model_dump(), mentions=uses_of(one.name, layout)) for one in taken]
    return tuple(sorted(people, key=lambda one: (-one.mentions, one.name)))


def _voice(layout: Layout, notes: ContextNotes, shelf: Shelf) -> tuple[Trait, ...]:
    """Each trait once, with the length of the groups in which it was heard."""
    traits = [
        (shelf.take(one, notes.evidence), heard) for heard in notes.heard for one in heard.voice
    ]
    found: list[Trait] = []
    for same in by_key(traits, lambda one: one[0].trait):
        groups = {(heard.start, heard.end) for _, heard in same}
        evidence = dict.fromkeys(at for one, _ in same for at in one.evidence)
        found.append(
            Trait(
                trait=same[0][0].trait,
                evidence=tuple(evidence),
                weight=layout.share_of(end - start for start, end in groups),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.weight, one.trait)))


def _expertise(heard: Sequence[Heard], notes: ContextNotes, shelf: Shelf) -> Expertise | None:
    """The level of the groups that are longest together, as the longest of them shows it."""
    lengths = Counter[ExpertiseLevel]()
    for one in heard:
        if one.expertise:
            lengths[one.expertise.level] += one.end - one.start
    if not lengths:
        return None
    level = max(ExpertiseLevel, key=lambda one: lengths[one])
    longest = max(
        (one for one in heard if one.expertise and one.expertise.level is level),
        key=lambda one: (one.end - one.start, -one.start),
    )
    return longest.expertise and shelf.take(longest.expertise, notes.evidence)


def _pairs(given: Given) -> PairsTried:
    related = sum(1 for one in given.pairs if one.relations)
    return PairsTried(
        found=given.found,
        related=related,
        unrelated=len(given.pairs) - related,
        failed=given.asked - len(given.pairs),
        left_out=given.found - given.asked,
    )


def _unread(layout: Layout, first: int, last: int) -> Unread:
    chunks = layout.chunks[first : last + 1]
    return Unread(start=chunks[0].start, end=chunks[-1].end, chunks=len(chunks))
