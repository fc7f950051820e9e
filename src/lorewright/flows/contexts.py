"""What is known about documents as wholes: by rules at once, by a teacher once it was asked."""

from collections.abc import Callable, Iterable

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
from lorewright.flows.context_works import context_works
from lorewright.flows.corpus_works import corpus_works
from lorewright.flows.current import current_documents, step_of
from lorewright.flows.known_contexts import context_of, corpus_context_of
from lorewright.jobs import Piece, Prepared, Report, Watch
from lorewright.lineage import Ref
from lorewright.records import Record
from lorewright.settings import Settings
from lorewright.store import Store

__all__ = [
    "ContextChoice",
    "context_of",
    "context_works",
    "contexts_by_rules",
    "corpus_context_of",
    "corpus_works",
]


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
