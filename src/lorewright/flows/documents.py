"""From files to documents, to chunks, to proposed examples."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from lorewright import analyze, generate, ingest, jobs
from lorewright.errors import NotFound, NotYet, UsageError
from lorewright.flows.conversation_examples import conversation_examples
from lorewright.flows.current import current_documents, made_by, plan_of, step_of
from lorewright.flows.deliberated import deliberated_examples
from lorewright.flows.files import read_file
from lorewright.flows.source_files import Terms
from lorewright.flows.written_pairs import written_pairs
from lorewright.jobs import Piece, Prepared, Report, Step, Watch
from lorewright.lineage import Ref
from lorewright.records import (
    UNKNOWN_LICENCE,
    Blob,
    Chunk,
    ChunkType,
    Record,
    Source,
)
from lorewright.settings import (
    CONTROLS,
    CONVERSATIONS,
    DELIBERATIONS,
    PAIRS,
    GenerationSettings,
    Settings,
)
from lorewright.store import Store

STRETCH = 200
"""Sequential chunks that are handed to a generator at once: one piece of work."""


def ingest_files(
    paths: Iterable[Path],
    *,
    store: Store,
    licence: str = UNKNOWN_LICENCE,
    origin: str | None = None,
    watch: Watch = lambda _progress: None,
) -> Report:
    """Read files into documents; one that cannot be read is reported and the others go on.

    A file that is here already keeps its licence and its origin. Naming another licence is
    refused: the same words would be taught twice.
    """
    here = {
        (source.file_name, source.content.sha256): source
        for source in store.get_many(store.names(Source.kind), Source)
    }
    pieces = (
        Piece(str(path), _bring_in(path, store, Terms(licence, origin), here)) for path in paths
    )
    return jobs.run(pieces, step=step_of(store, "ingest"), store=store, watch=watch)


def analyze_documents(
    store: Store, settings: Settings, *, watch: Watch = lambda _progress: None
) -> Report:
    """Cut every current document into chunks."""
    step = step_of(store, "analyze", settings.chunks)

    def prepare(ref: Ref) -> Callable[[], Prepared]:
        def work() -> Iterable[Record]:
            return analyze.chunks_of(
                store.document(ref), settings=settings.chunks, recipe=step.recipe
            )

        return lambda: Prepared((ref,), work)

    pieces = (Piece(ref.short, prepare(ref)) for ref in current_documents(store))
    return jobs.run(pieces, step=step, store=store, watch=watch)


def generate_examples(
    store: Store, settings: Settings, *, watch: Watch = lambda _progress: None
) -> Report:
    """Let the generator propose examples for every stretch of every current document.

    Raises:
        UsageError: when the settings name none, but only pairs by a chat model.
    """
    chosen = settings.generation.by_generator
    if chosen is None:
        raise UsageError(
            f"the settings name no generator, only {settings.generation.teacher}",
            where="generation.teacher",
            hint="ask for those with `lorewright generate pairs` or `lorewright generate "
            "deliberations`",
        )
    step = step_of(store, "generate", chosen)
    pieces = (
        Piece(f"{document.short} {number}", _propose(store, chosen, step, document, stretch))
        for document in current_documents(store)
        for number, stretch in enumerate(stretches(store, settings, document), start=1)
    )
    return jobs.run(pieces, step=step, store=store, watch=watch)


def stretches(store: Store, settings: Settings, document: Ref) -> Iterator[list[Ref]]:
    """The chunks of a document in runs of sequential chunks, typed ones with their place.

    Names only: the chunks of a long document together need gigabytes.
    """
    step = plan_of("analyze", settings.chunks)
    made = made_by(store, step, (document,), document)
    places = sorted(map(_Place.of, store.get_many(made, Chunk)), key=lambda one: one[:2])
    stretch: list[Ref] = []
    sequential = 0
    for place in places:
        if place.is_sequential:
            if sequential == STRETCH:
                yield stretch
                stretch, sequential = [], 0
            sequential += 1
        stretch.append(place.chunk)
    if stretch:
        yield stretch


def proposals(store: Store, settings: Settings) -> Iterator[Ref]:
    """What is there to make a dataset of, by the teachers that `generation.teacher` names.

    Of a generator that is everything it proposed for the current documents with today's
    settings. Of a chat model it is every pair that it ever wrote about them: by the one that
    `teacher.model` names, or by any when the settings name none. Of conversations and their
    counterparts it is one example each, unless a source of theirs was withdrawn; of panels
    every training text that was kept of their deliberations.

    Raises:
        NotYet: when a stretch has not been through `lorewright generate`, or no pair was
            written, or no deliberation kept.
    """
    generation = settings.generation
    if generation.takes(CONVERSATIONS) or generation.takes(CONTROLS):
        yield from conversation_examples(store, settings)
    if generation.takes(DELIBERATIONS):
        yield from _deliberated(store)
    if not generation.needs_documents:
        return
    documents = current_documents(store)
    if settings.generation.takes_pairs:
        yield from _pairs(store, settings, documents)
    yield from _generated(store, settings, documents)


def _generated(store: Store, settings: Settings, documents: Iterable[Ref]) -> Iterator[Ref]:
    """What the generator proposed; nothing when the settings name none."""
    chosen = settings.generation.by_generator
    if chosen is None:
        return
    step = plan_of("generate", chosen)
    try:
        for document in documents:
            for stretch in stretches(store, settings, document):
                yield from made_by(store, step, (document, *stretch), document)
    except NotYet as error:
        if not settings.generation.takes_pairs and _has_pairs(store, documents):
            error.hint = (
                f"{error.hint}; a language model wrote pairs, which a dataset takes when "
                f'generation.teacher is "{PAIRS}" or "{chosen.teacher}+{PAIRS}"'
            )
        raise


def _has_pairs(store: Store, documents: Iterable[Ref]) -> bool:
    return any(True for document in documents for _ in written_pairs(store, document))


def _pairs(store: Store, settings: Settings, documents: Iterable[Ref]) -> Iterator[Ref]:
    teacher = settings.teacher.model
    found = [
        pair.ref
        for document in documents
        for pair in written_pairs(store, document, teacher=teacher)
    ]
    if not found:
        raise NotYet(
            f"{teacher or 'no chat model'} has written no pairs about these documents",
            hint="run `lorewright generate pairs`; calls that were paid for cost nothing again",
        )
    yield from found


def _deliberated(store: Store) -> Iterator[Ref]:
    found = list(deliberated_examples(store))
    if not found:
        raise NotYet(
            "no deliberations are kept as training text",
            hint="run `lorewright generate deliberations --panel PANEL`",
        )
    yield from found


class _Place(NamedTuple):
    """Where a chunk stands."""

    start: int
    end: int
    is_sequential: bool
    chunk: Ref

    @classmethod
    def of(cls, chunk: Chunk) -> Self:
        is_sequential = chunk.chunk_type is ChunkType.CHAPTER_SEQUENTIAL
        return cls(chunk.start, chunk.end, is_sequential, chunk.ref)


def _bring_in(
    path: Path, store: Store, terms: Terms, here: Mapping[tuple[str, str], Source]
) -> Callable[[], Prepared]:
    def begin() -> Prepared:
        raw = read_file(path)
        content = Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw))
        source = here.get((path.name, content.sha256)) or Source(
            file_name=path.name,
            media_type=ingest.media_type_of(path.name),
            content=content,
            licence=terms.licence,
            origin=terms.origin,
        )
        terms.refuse_another_licence(source, path)
        # Before anything is written: what was erased must not come back by being read again.
        with suppress(NotFound):
            store.get(source.ref, Source)

        def work() -> Iterator[Record]:
            reading = ingest.read(raw, file_name=path.name)
            _, text = store.put_blobs(raw, reading.text.encode())
            yield source
            yield ingest.document_from(source, reading, text)

        return Prepared((source.ref,), work, weight=len(raw))

    return begin


def _propose(
    store: Store, settings: GenerationSettings, step: Step, document: Ref, stretch: list[Ref]
) -> Callable[[], Prepared]:
    def work() -> Iterable[Record]:
        made = generate.propose(
            store.document(document),
            list(store.get_many(stretch, Chunk)),
            settings=settings,
            recipe=step.recipe,
        )
        # The same candidate twice is one record; counted twice, it would not be found again.
        return {record.ref: record for record in made}.values()

    return lambda: Prepared((document, *stretch), work)
