"""What several documents share and where they part, put together from what was noted."""

from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.analyze.context.quoting import quarantined, tallied
from lorewright.analyze.context.shelf import Shelf
from lorewright.lineage import Ref
from lorewright.records import (
    ContextNotes,
    CorpusContext,
    DifferingTerm,
    Document,
    NotedTheme,
    PairsTried,
    Relation,
    RelationKind,
)


@dataclass(frozen=True, slots=True)
class CorpusGiven:
    """What a corpus context is put together from."""

    notes: ContextNotes
    """The themes of all documents, put together."""
    pairs: tuple[ContextNotes, ...]
    """About pairs of chunks of different documents."""
    found: int
    """Pairs that share enough rare words."""
    asked: int


def compose_corpus(
    documents: Sequence[Ref], given: CorpusGiven, *, teacher: str, parents: tuple[Ref, ...]
) -> CorpusContext:
    """The context of several documents."""
    shelf = Shelf()
    relations = [shelf.take(part, pair.evidence) for pair in given.pairs for part in pair.relations]
    terms = [shelf.take(part, pair.evidence) for pair in given.pairs for part in pair.differing]
    counts = [
        *given.notes.quarantined, *(one for pair in given.pairs for one in pair.quarantined)
    ]  # fmt: skip
    related = sum(1 for one in given.pairs if one.relations)
    return CorpusContext(
        made_from=parents,
        documents=tuple(documents),
        teacher=teacher,
        themes=_shared(given.notes, shelf),
        terms=tuple(sorted(terms, key=_by_term)),
        relations=tuple(sorted(relations, key=_contradictions_first)),
        pairs=PairsTried(
            found=given.found,
            related=related,
            unrelated=len(given.pairs) - related,
            failed=given.asked - len(given.pairs),
            left_out=given.found - given.asked,
        ),
        quarantined=quarantined(tallied(counts)),
        evidence=shelf.evidence,
    )


def title_of_pair(first: Document, second: Document) -> str:
    """How two passages are told apart: by the titles of their documents."""
    if first == second:
        return first.title
    return f"first passage: {first.title}; second passage: {second.title}"


def _shared(notes: ContextNotes, shelf: Shelf) -> tuple[NotedTheme, ...]:
    """Themes with evidence in two documents or more, those in most documents first."""
    spread = [(_documents(one, notes), one) for one in notes.themes]
    ranked = sorted(spread, key=lambda one: (-one[0], one[1].name))
    return tuple(shelf.take(one, notes.evidence) for count, one in ranked if count > 1)


def _documents(theme: NotedTheme, notes: ContextNotes) -> int:
    return len({notes.evidence[at].document for at in theme.evidence})


def _by_term(one: DifferingTerm) -> tuple[str, tuple[int, ...]]:
    return one.term.casefold(), one.first


def _contradictions_first(one: Relation) -> tuple[bool, str, str, str]:
    return one.relation is not RelationKind.CONTRADICTS, one.relation, one.source, one.target
