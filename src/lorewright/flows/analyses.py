"""From documents and chunks to what is known about them: categories and dimensions."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from lorewright import analyze, jobs
from lorewright.analyze import Categories
from lorewright.errors import NotYet
from lorewright.flows.current import current_documents, plan_of, step_of
from lorewright.flows.documents import STRETCH, stretches
from lorewright.jobs import Piece, Prepared, Report, Step, Watch
from lorewright.lineage import Ref
from lorewright.records import (
    Categorisation,
    Chunk,
    ChunkAnalysis,
    Document,
    LanguageModel,
    Record,
    Source,
)
from lorewright.settings import Settings
from lorewright.store import Store, memo_key

STEP = "describe"
"""The step that describes: the second half of `lorewright analyze`."""


def describe_documents(
    store: Store, settings: Settings, *, watch: Watch = lambda _progress: None
) -> Report:
    """Categorise every current document by rules, and analyse its chunks.

    A document whose chunks could not be made is left out; the step before has told why.
    """
    catalogue = catalogue_of(settings)
    step = step_of(store, STEP, categories=fingerprint_of(catalogue))

    def pieces() -> Iterator[Piece]:
        for document in current_documents(store):
            yield Piece(
                f"{document.short} categories", _categorise(store, step, document, catalogue)
            )
            for number, stretch in enumerate(_stretches(store, settings, document), start=1):
                yield Piece(f"{document.short} {number}", _analyse(store, step, document, stretch))

    return jobs.run(pieces(), step=step, store=store, watch=watch)


def catalogue_of(settings: Settings) -> Categories:
    """The categories and tags that hold.

    Raises:
        BadSettings: when the operator's own file is not such a catalogue.
    """
    return analyze.load_categories(settings.analysis.categories)


def fingerprint_of(catalogue: Categories) -> str:
    """What tells one catalogue from another in a recipe."""
    return hashlib.sha256(catalogue.model_dump_json().encode()).hexdigest()


def analyses(store: Store, settings: Settings, document: Ref) -> Iterator[ChunkAnalysis]:
    """What is known about each chunk of a document with today's rules, in reading order.

    Raises:
        NotYet: when `lorewright analyze` was not run with these settings and this version.
    """
    step = _plan(settings)
    for stretch in stretches(store, settings, document):
        made = _made(store, step, (document, *stretch))
        if made is None:
            raise NotYet(
                f"the chunks of {document.short} are not described with these settings and this "
                "version",
                hint="run `lorewright analyze`; what is done already is not done again",
            )
        yield from store.get_many(made, ChunkAnalysis)


def known(store: Store, settings: Settings, document: Ref) -> Iterator[ChunkAnalysis]:
    """The same with what teachers said since: of each chunk the newest analysis by one, if any.

    Raises:
        NotYet: when `lorewright analyze` was not run with these settings and this version.
    """
    for by_rules in _in_batches(analyses(store, settings, document)):
        by_teachers = _by_teachers(store, [one.chunk for one in by_rules])
        yield from (by_teachers.get(one.chunk, one) for one in by_rules)


def analysis_of(store: Store, settings: Settings, chunk: Chunk) -> ChunkAnalysis | None:
    """What is known about one chunk: from a teacher, by today's rules, or by earlier ones."""
    by_teacher = _by_teachers(store, [chunk.ref]).get(chunk.ref)
    if by_teacher is not None:
        return by_teacher
    try:
        for one in analyses(store, settings, chunk.document):
            if one.chunk == chunk.ref:
                return one
    except NotYet:
        pass  # what an older version found is better than nothing, and says which rule it was
    made = store.children([chunk.ref], kind=ChunkAnalysis.kind)
    return next(store.get_many(reversed(made), ChunkAnalysis), None)


def categorisation_of(store: Store, settings: Settings, document: Ref) -> Categorisation | None:
    """What rules say about a document: today's, else those that were here last."""
    made = _made(store, _plan(settings), (document,))
    by_rules = [one for one in _categorisations(store, document) if not _is_by_teacher(one)]
    return next(store.get_many(made or (), Categorisation), None) or next(iter(by_rules[-1:]), None)


def taught_categorisation_of(store: Store, document: Ref) -> Categorisation | None:
    """What the teacher that was asked last says about a document."""
    by_teachers = [one for one in _categorisations(store, document) if _is_by_teacher(one)]
    return next(iter(by_teachers[-1:]), None)


def source_of(store: Store, document: Document) -> Source:
    """The file that a document was read from."""
    return store.get(next(ref for ref in document.made_from if ref.kind == Source.kind), Source)


def _in_batches(found: Iterable[ChunkAnalysis]) -> Iterator[list[ChunkAnalysis]]:
    rest = iter(found)
    while batch := list(islice(rest, STRETCH)):
        yield batch


def _by_teachers(store: Store, chunks: list[Ref]) -> dict[Ref, ChunkAnalysis]:
    """By chunk, the newest analysis that a teacher took part in."""
    if next(store.names(LanguageModel.kind), None) is None:
        return {}  # nobody was ever asked: nothing need be read
    made = store.children(chunks, kind=ChunkAnalysis.kind)
    found = store.get_many(made, ChunkAnalysis)
    return {one.chunk: one for one in found if one.teacher is not None}


def _categorisations(store: Store, document: Ref) -> Iterator[Categorisation]:
    made = store.children([document], kind=Categorisation.kind)
    return store.get_many(made, Categorisation)


def _is_by_teacher(record: Categorisation) -> bool:
    return any(ref.kind == LanguageModel.kind for ref in record.made_from)


def _plan(settings: Settings) -> Step:
    return plan_of(STEP, categories=fingerprint_of(catalogue_of(settings)))


def _made(store: Store, step: Step, inputs: tuple[Ref, ...]) -> list[Ref] | None:
    return store.memo(memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe))


def _stretches(store: Store, settings: Settings, document: Ref) -> Iterator[list[Ref]]:
    try:
        yield from stretches(store, settings, document)
    except NotYet:
        return


def _categorise(
    store: Store, step: Step, document: Ref, catalogue: Categories
) -> Callable[[], Prepared]:
    def work() -> Iterable[Record]:
        return [analyze.categorise(store.document(document), catalogue, recipe=step.recipe)]

    return lambda: Prepared((document,), work)


def _analyse(store: Store, step: Step, document: Ref, stretch: list[Ref]) -> Callable[[], Prepared]:
    def work() -> Iterable[Record]:
        read = store.document(document)
        chunks = store.get_many(stretch, Chunk)
        return analyze.analyses_of(read, source_of(store, read), chunks, recipe=step.recipe)

    return lambda: Prepared((document, *stretch), work)
