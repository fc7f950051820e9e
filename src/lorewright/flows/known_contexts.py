"""The contexts that there are: the newest of a document, the newest of several together."""

from collections.abc import Iterable

from lorewright.analyze import context
from lorewright.errors import NotYet
from lorewright.flows.context_desk import layout_of
from lorewright.lineage import Ref
from lorewright.records import CorpusContext, DocumentContext, Relation
from lorewright.settings import Settings
from lorewright.store import Store


def context_of(store: Store, settings: Settings, document: Ref) -> DocumentContext | None:
    """What is known about a document as a whole: by a teacher, else by rules, else None.

    The newest wins; one whose relations lie between chunks of another cut does not count.
    """
    try:
        chunks = {one.ref for one in layout_of(store, settings, document).chunks}
    except NotYet:
        return None
    made = store.children([document], kind=DocumentContext.kind)
    found = [
        one
        for one in store.get_many(reversed(made), DocumentContext)
        if one.document == document and _lies_between(one.relations or (), chunks)
    ]
    taught = (one for one in found if one.teacher != context.RULES)
    return next(taught, None) or next(iter(found), None)


def corpus_context_of(store: Store, documents: Iterable[Ref]) -> CorpusContext | None:
    """The newest context of exactly these documents together, or None."""
    wanted = set(documents)
    found = store.get_many(store.newest(CorpusContext.kind), CorpusContext)
    return next((one for one in found if set(one.documents) == wanted), None)


def _lies_between(relations: Iterable[Relation], chunks: set[Ref]) -> bool:
    return all({one.source, one.target} <= chunks for one in relations)
