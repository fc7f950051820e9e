"""What can be said about a document without a teacher: what can be counted, and nothing else."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import log

from lorewright.analyze.context.candidates import Candidates, Pair, content_words
from lorewright.analyze.context.complexity import complexity_of
from lorewright.analyze.context.composing import in_reading_order, uses_of
from lorewright.analyze.context.layout import Layout
from lorewright.analyze.context.merging import MOST_PLACES, by_key
from lorewright.analyze.context.quoting import whole_words
from lorewright.analyze.context.shelf import Shelf
from lorewright.lineage import Ref
from lorewright.prose import Span, is_apparatus, sentences
from lorewright.records import (
    Chunk,
    ChunkAnalysis,
    DocumentContext,
    Evidence,
    PairsTried,
    Relation,
    RelationKind,
    Section,
    Term,
    Theme,
    Unknown,
)

RULES = "rules"
"""Stands for the teacher where nobody was asked."""
MOST_TERMS = 40
LEAST_CHUNKS = 3
"""A word that stands in fewer chunks is no term of the document."""
NAMED = 3
"""Shared words that the reason for a relation names."""
TAKES_A_TEACHER = "no rule can tell; it takes a teacher"
NOT_ENGLISH = "the rule is for English, and the document says it is in another language"


def context_by_rules(
    layout: Layout,
    pairs: Candidates,
    analyses: Iterable[ChunkAnalysis],
    *,
    parents: tuple[Ref, ...],
) -> DocumentContext:
    """The context of a document as far as it can be counted.

    Themes are its headings, terms the words that come back in most chunks, relations the pairs
    of chunks that share the rarest words. Voice, expertise and people are left open.
    """
    shelf = Shelf()
    is_english = (layout.document.language or "en").lower().startswith("en")
    open_parts = [Unknown(reason=TAKES_A_TEACHER, fields=("people", "voice", "expertise"))]
    if not is_english:
        open_parts.append(Unknown(reason=NOT_ENGLISH, fields=("terms", "relations")))
    relations = [_shared(layout, pair, shelf) for pair in pairs.chosen if is_english]
    related = len(relations)
    return DocumentContext(
        made_from=parents,
        document=layout.document.ref,
        teacher=RULES,
        chunks=len(layout.chunks),
        set_aside=len(layout.set_aside),
        groups=1,
        levels=1,
        themes=_themes(layout, shelf),
        terms=_terms(layout, shelf) if is_english else None,
        relations=in_reading_order(layout, relations) if is_english else None,
        pairs=PairsTried(
            found=pairs.found,
            related=related,
            unrelated=0,
            failed=0,
            left_out=pairs.found - related,
        ),
        complexity=complexity_of(layout, analyses),
        unknown=tuple(open_parts),
        evidence=shelf.evidence,
    )


def _themes(layout: Layout, shelf: Shelf) -> tuple[Theme, ...]:
    """The headings of the outermost level that has several, with the length of what is below."""
    document = layout.document
    outer = outermost(document.sections)
    found: list[Theme] = []
    for same in by_key(outer, lambda one: one[0].heading):
        spans = [_heading_at(document.words, section) for section, _ in same]
        places = shelf.put(document.cite(span.start, span.end) for span in spans if span)
        if places:
            weight = layout.share_of(end - section.start for section, end in same)
            found.append(Theme(name=same[0][0].heading, evidence=places, weight=weight))
    return tuple(sorted(found, key=lambda one: (-one.weight, one.name)))


def chunks_below(layout: Layout, headings: Iterable[Evidence]) -> Iterator[int]:
    """The places of all chunks of the outermost parts that have one of these headings."""
    places = [one.start for one in headings]
    spans = [
        (section.start, end)
        for section, end in outermost(layout.document.sections)
        if any(section.start <= at < section.end for at in places)
    ]
    for at, chunk in enumerate(layout.chunks):
        if any(start <= chunk.start < end for start, end in spans):
            yield at


def outermost(sections: Sequence[Section]) -> list[tuple[Section, int]]:
    """Sections of the first level with two or more headings, each with the end of its part."""
    told = [one for one in sections if one.heading and not is_apparatus(one)]
    levels = Counter(one.level for one in told)
    level = next((one for one in sorted(levels) if levels[one] > 1), None)
    if level is None:
        return [(one, sections[-1].end) for one in told[:1]]
    bounds = [one.start for one in sections if one.heading and one.level <= level]
    ends = dict(zip(bounds, [*bounds[1:], sections[-1].end], strict=True))
    return [(one, ends[one.start]) for one in told if one.level == level]


def _heading_at(text: str, section: Section) -> Span | None:
    """Where the words of a heading stand; None when they stand there otherwise."""
    found = re.compile(r"\s+".join(map(re.escape, section.heading.split()))).search(
        text, section.start, section.end
    )
    return Span(found.start(), found.end()) if found else None


def _terms(layout: Layout, shelf: Shelf) -> tuple[Term, ...]:
    """Words of content that come back in several chunks, and not in all alike.

    A word that stands everywhere is one of the language; a word of the subject is used much
    where it is the subject.
    """
    told = layout.chunks
    spread, total = Counter[str](), Counter[str]()
    for chunk in told:
        words = content_words(layout.words(chunk))
        spread.update(words.keys())
        total.update(words)
    ranked = sorted(
        (word for word in spread if spread[word] >= min(LEAST_CHUNKS, len(told))),
        key=lambda word: (-total[word] * log(1 + len(told) / spread[word]), word),
    )
    found = (_term(layout, told, word, shelf) for word in ranked[:MOST_TERMS])
    return tuple(sorted(filter(None, found), key=lambda one: (-one.uses, one.term)))


def _term(layout: Layout, told: Sequence[Chunk], word: str, shelf: Shelf) -> Term | None:
    document, pattern = layout.document, whole_words(word)
    found = (pattern.search(document.words, one.start, one.end) for one in told)
    spans = [Span(one.start(), one.end()) for one in found if one]
    if not spans:  # the word is written with signs that comparing leaves out
        return None
    places = shelf.put(document.cite(one.start, one.end) for one in spans[:MOST_PLACES])
    defined = next(_definitions(layout, told, word), None)
    return Term(
        term=document.words[spans[0].start : spans[0].end],
        definition=shelf.put([document.cite(*defined)])[0] if defined else None,
        places=places,
        uses=uses_of(word, layout),
    )


def _definitions(layout: Layout, told: Sequence[Chunk], word: str) -> Iterator[Span]:
    """Sentences that begin with the word and say what it is."""
    text, lowered = layout.document.words, layout.lowered
    if len(text) != len(lowered):  # places in the one are not those in the other
        return
    says = re.compile(rf"{re.escape(word)}\s+(?:(?:is|are)\s+(?:an?|the|any|what|that)|means)\b")
    for chunk in told:
        for found in says.finditer(lowered, chunk.start, chunk.end):
            sentence = _sentence_around(text, chunk, found.start())
            if lowered[sentence.start : found.start()].strip(" \"\u201c'_*") in _ARTICLES:
                yield sentence


def _shared(layout: Layout, pair: Pair, shelf: Shelf) -> Relation:
    """The sentences in which the rarest shared word stands first."""
    first, second = layout.chunks[pair.first], layout.chunks[pair.second]
    places = [
        shelf.put([layout.document.cite(*_sentence_with(layout, chunk, pair.shared))])
        for chunk in (first, second)
    ]
    return Relation(
        relation=RelationKind.SHARES_TERMS,
        source=first.ref,
        target=second.ref,
        why=f"both speak of {_listed(pair.shared[:NAMED])}",
        source_evidence=places[0],
        target_evidence=places[1],
    )


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _sentence_with(layout: Layout, chunk: Chunk, words: Sequence[str]) -> Span:
    for word in words:
        found = whole_words(word).search(layout.document.words, chunk.start, chunk.end)
        if found:
            return _sentence_around(layout.document.words, chunk, found.start())
    return Span(chunk.start, chunk.end)  # the words are written with signs between their letters


def _sentence_around(text: str, chunk: Chunk, at: int) -> Span:
    """The sentence of a paragraph in a chunk that holds the character at `at`."""
    before = text.rfind("\n\n", chunk.start, at)
    start = chunk.start if before < 0 else before + 2
    end = text.find("\n\n", at, chunk.end)
    end = chunk.end if end < 0 else end
    found = (one for one in sentences(text, start, end) if one.start <= at < one.end)
    return next(found, Span(start, end))


_ARTICLES = frozenset({"", "a", "an", "the"})
