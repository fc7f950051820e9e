"""What is known about documents as wholes: by rules at once, by a teacher once it was asked."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lorewright import jobs
from lorewright.analyze import context
from lorewright.flows.context_desk import (
    STEP,
    ContextChoice,
    gathered,
    known_analyses,
    layout_of,
    pairs_in,
)
from lorewright.flows.context_pictures import draw_context
from lorewright.flows.context_works import context_works
from lorewright.flows.corpus_works import corpus_works
from lorewright.flows.current import current_documents, step_of
from lorewright.flows.known_contexts import context_of, corpus_context_of
from lorewright.jobs import Piece, Prepared, Report, Watch
from lorewright.lineage import Ref
from lorewright.records import CorpusContext, Document, DocumentContext, Record
from lorewright.settings import Settings
from lorewright.store import Store

__all__ = [
    "ContextChoice",
    "SeenContext",
    "context_of",
    "context_works",
    "contexts_by_rules",
    "corpus_context_of",
    "corpus_works",
    "draw_context",
    "seen_contexts",
    "seen_together",
]


class SeenContext(NamedTuple):
    """A document and what is known about it as a whole."""

    document: Ref
    title: str
    context: DocumentContext


def contexts_by_rules(
    store: Store,
    settings: Settings,
    documents: Iterable[Ref] | None = None,
    *,
    watch: Watch = lambda _progress: None,
) -> Report:
    """See documents as wholes without a teacher: what can be counted, and nothing else."""
    step = step_of(store, STEP, settings.context, asked="nobody")

    def prepare(document: Ref) -> Callable[[], Prepared]:
        def begin() -> Prepared:
            layout = layout_of(store, settings, document)
            known = known_analyses(store, settings, document)
            chunks = [one.ref for one in layout.chunks]
            refs = [one.ref for one in known]

            def work() -> Iterable[Record]:
                parents = (document, *gathered(store, chunks), *gathered(store, refs), step.recipe)
                pairs = pairs_in(layout, settings)
                return [context.context_by_rules(layout, pairs, known, parents=parents)]

            return Prepared((document, *chunks, *refs), work)

        return begin

    chosen = current_documents(store) if documents is None else documents
    pieces = (Piece(one.short, prepare(one)) for one in chosen)
    return jobs.run(pieces, step=step, store=store, watch=watch)


def seen_contexts(
    store: Store, settings: Settings, documents: Iterable[Ref] | None = None
) -> list[SeenContext]:
    """Documents with what is known about each; those that nobody has seen are left out."""
    chosen = current_documents(store) if documents is None else documents
    found = ((one, context_of(store, settings, one)) for one in chosen)
    return [
        SeenContext(one, store.get(one, Document).title, known) for one, known in found if known
    ]


def seen_together(store: Store, seen: Sequence[SeenContext]) -> CorpusContext | None:
    """What is known about several documents together; None when nobody was asked."""
    return corpus_context_of(store, [one.document for one in seen])
