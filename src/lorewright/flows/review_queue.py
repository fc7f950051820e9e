"""Which examples a reviewer reads, in which order, and what is shown of each."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from lorewright.errors import UsageError
from lorewright.flows.datasets import candidates
from lorewright.flows.reviewing import in_its_words
from lorewright.lineage import Ref
from lorewright.records import (
    Chunk,
    Document,
    Evidence,
    Example,
    Moment,
    Person,
    Review,
    Source,
    Standing,
)
from lorewright.settings import Settings
from lorewright.store import Store, review, reviews

AROUND = 320
"""Characters shown before and behind the words that an answer rests on."""


class Order(StrEnum):
    """In which order examples are read."""

    DOCUMENT = "document"
    """As their words stand in the documents."""
    RANDOM = "random"
    """Shuffled by the seed, so that the first ones are a fair sample."""
    RISK = "risk"
    """Those of the least certain chunks first."""


class Wanted(NamedTuple):
    """Which examples a reviewer wants to read."""

    only: Standing | None = Standing.UNREVIEWED
    """None for all of them."""
    form: str | None = None
    document: Ref | None = None
    """A document, or a source that stands for its document."""
    order: Order = Order.DOCUMENT
    seed: int = 7
    limit: int | None = None


class Passage(NamedTuple):
    """The words that an answer rests on, with what stands around them."""

    before: str
    quote: str
    after: str
    section: str
    file: str
    pages: tuple[int, int] | None
    """First and last page; None for a file without pages."""
    moments: tuple[Moment, ...]


class Shown(NamedTuple):
    """Everything that a reviewer sees of one example."""

    name: Ref
    question: str
    answer: str
    form: str
    review: Review
    reviewer: str | None
    passages: tuple[Passage, ...]
    ungrounded: str | None


def queue(store: Store, settings: Settings, wanted: Wanted) -> list[Ref]:
    """The examples to read, in their order; those of withdrawn sources are not among them.

    Raises:
        NotYet: when nothing was generated for the current documents.
        UsageError: when something is named that is no document.
    """
    document = _document(store, wanted.document)
    decided = reviews(store)
    names = [
        name
        for name in candidates(store, settings)
        if wanted.only in {None, decided.get(name, Review()).standing}
    ]
    found = [
        example
        for example in map(_Entry.of, store.get_many(names, Example))
        if wanted.form in {None, example.form} and document in {None, example.document}
    ]
    ordered = [entry.name for entry in _in_order(store, found, wanted)]
    return ordered[: wanted.limit]


def show(store: Store, name: Ref) -> Shown:
    """What a reviewer sees of the example `name`, in its newest words."""
    standing = review(store, name)
    example = in_its_words(store, name, standing)
    by = standing.decision.by if standing.decision else None
    return Shown(
        name=name,
        question=example.question,
        answer=example.answer,
        form=example.task_form,
        review=standing,
        reviewer=store.get(by, Person).name if by else None,
        passages=tuple(_passage(store, evidence) for evidence in example.evidence),
        ungrounded=example.ungrounded,
    )


def counts(store: Store, settings: Settings) -> Mapping[Standing, int]:
    """How many of the current examples stand where."""
    decided = reviews(store)
    found = Counter(decided.get(name, Review()).standing for name in candidates(store, settings))
    return {standing: found[standing] for standing in Standing}


class _Entry(NamedTuple):
    """What the order of an example depends on; a million of them fit in memory."""

    document: Ref | None
    start: int
    name: Ref
    form: str
    chunk: Ref | None

    @classmethod
    def of(cls, example: Example) -> "_Entry":
        first = example.evidence[0] if example.evidence else None
        return cls(
            document=first.document if first else None,
            start=first.start if first else 0,
            name=example.ref,
            form=example.task_form,
            chunk=next((ref for ref in example.made_from if ref.kind == Chunk.kind), None),
        )


def _document(store: Store, named: Ref | None) -> Ref | None:
    if named is None or named.kind == Document.kind:
        return named
    if named.kind != Source.kind:
        raise UsageError(
            f"{named.short} is neither a document nor a source",
            hint="`lorewright list document` shows those there are",
        )
    documents = store.children([named], kind=Document.kind)
    if not documents:
        raise UsageError(f"{named.short} has no document")
    return documents[-1]


def _in_order(store: Store, found: list[_Entry], wanted: Wanted) -> list[_Entry]:
    match wanted.order:
        case Order.DOCUMENT:
            return sorted(found, key=lambda one: (one.document or "", one.start, one.name))
        case Order.RANDOM:
            shuffled = sorted(found, key=lambda one: one.name)
            random.Random(wanted.seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
            return shuffled
        case Order.RISK:
            sure = dict(_confidences(store, found))
            # What no chunk vouches for comes first.
            return sorted(found, key=lambda one: (sure.get(one.chunk, Decimal(-1)), one.name))


def _confidences(store: Store, found: list[_Entry]) -> Iterator[tuple[Ref | None, Decimal]]:
    chunks = sorted({one.chunk for one in found if one.chunk})
    for chunk in store.get_many(chunks, Chunk):
        yield chunk.ref, chunk.confidence


def _passage(store: Store, evidence: Evidence) -> Passage:
    document = store.document(evidence.document)
    section = document.section_at(evidence.start)
    begin = _word_at(document.words, max(section.start, evidence.start - AROUND), section.start)
    end = _end_of_word(document.words, max(evidence.end, min(section.end, evidence.end + AROUND)))
    headings = [heading for heading in (*section.path, section.heading) if heading]
    return Passage(
        before=document.words[begin : evidence.start],
        quote=evidence.quote,
        after=document.words[evidence.end : end],
        section=" > ".join(headings) or "(before any heading)",
        file=", ".join(
            store.get(parent, Source).file_name
            for parent in document.made_from
            if parent.kind == Source.kind
        ),
        pages=document.pages_of(evidence.start, evidence.end),
        moments=document.moments_of(evidence.start, evidence.end),
    )


def _word_at(words: str, begin: int, earliest: int) -> int:
    """The beginning of the word at `begin`, not before `earliest`."""
    while begin > earliest and not words[begin - 1].isspace():
        begin -= 1
    return begin


def _end_of_word(words: str, end: int) -> int:
    """One past the last character of the word at `end`."""
    while end < len(words) and not words[end - 1].isspace() and not words[end].isspace():
        end += 1
    return end
