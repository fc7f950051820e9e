"""What the report shows of the data and its lineage, read from the store."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from lorewright import curate
from lorewright.errors import NotYet
from lorewright.flows.current import made_by, step_of
from lorewright.flows.places import moment_of, page_of
from lorewright.lineage import Ref
from lorewright.pictures import (
    BalanceCell,
    ChunkMark,
    Counts,
    DocumentMap,
    Lineage,
    LineageStep,
    Losses,
    LossPoint,
    LossSeries,
    Passage,
    RejectionReason,
    SectionCoverage,
    Use,
)
from lorewright.records import (
    Adapter,
    Chunk,
    Dataset,
    Document,
    Example,
    Rejection,
    Source,
    Split,
)
from lorewright.settings import Settings
from lorewright.store import Store, held_out_sections, rejections

CONTEXT = 400
"""Characters of context around the quote in the lineage picture."""


class Accepted(NamedTuple):
    """One example of a dataset and its split."""

    split: Split
    example: Example


class TurnedDown(NamedTuple):
    """One candidate that did not get in, from any step."""

    reason: str
    detail: str
    question: str | None
    answer: str | None


def turned_down(store: Store, data: Dataset, documents: Sequence[Document]) -> list[TurnedDown]:
    """Every candidate that the generator or the curation rejected."""
    chunks = store.children([document.ref for document in documents], kind=Chunk.kind)
    recipes = _generation_recipes(store, data)
    proposed = [
        TurnedDown(found.reason, found.detail, found.question, found.answer)
        for found in store.get_many(store.children(chunks, kind=Rejection.kind), Rejection)
        if recipes & set(found.made_from)
    ]
    out = list(rejections(store, data))
    shapes = {one.ref: one for one in store.get_many([row.example for row in out], Example)}
    curated = [
        TurnedDown(
            row.reason,
            row.detail,
            shapes[row.example].question if row.example in shapes else None,
            shapes[row.example].answer if row.example in shapes else None,
        )
        for row in out
    ]
    return [*proposed, *curated]


def counts(accepted: Sequence[Accepted], out: Sequence[TurnedDown]) -> Counts:
    """Requested = accepted + rejected, over generation and curation together."""
    reasons = Counter(one.reason for one in out)
    return Counts(
        requested=len(accepted) + len(out),
        accepted=len(accepted),
        rejected=tuple(Losses(reason, count) for reason, count in reasons.most_common()),
    )


def reasons(out: Sequence[TurnedDown]) -> Iterator[RejectionReason]:
    """Each reason with its count and the first candidate it struck."""
    first: dict[str, TurnedDown] = {}
    for one in out:
        first.setdefault(one.reason, one)
    for reason, count in Counter(one.reason for one in out).most_common():
        shown = first[reason]
        yield RejectionReason(reason, count, shown.detail, shown.question, shown.answer)


def chunk_map_of(store: Store, settings: Settings, document: Document) -> DocumentMap:
    """A document with the chunks that it was cut into."""
    step = step_of(store, "analyze", settings.chunks)
    try:
        made = made_by(store, step, (document.ref,), document.ref)
    except NotYet:  # analyzed with other settings: its newest chunks are the ones in use
        made = store.children([document.ref], kind=Chunk.kind)
    return DocumentMap(
        title=document.title,
        length=document.length,
        chunks=tuple(
            ChunkMark(
                chunk.start, chunk.end, chunk.chunk_type, float(chunk.confidence), chunk.heading
            )
            for chunk in store.get_many(made, Chunk)
        ),
        section_starts=tuple(
            section.start for section in document.sections if 1 <= section.level <= 2
        ),
    )


def section_coverage(
    store: Store, data: Dataset, documents: Sequence[Document], accepted: Sequence[Accepted]
) -> Iterator[SectionCoverage]:
    """Every content section: what it is used for and how much of it evidence covers."""
    uses = {(one.document, one.start): _USES[one.split] for one in held_out_sections(store, data)}
    spans: defaultdict[Ref, list[tuple[int, int]]] = defaultdict(list)
    holders: defaultdict[tuple[Ref, int], set[Ref]] = defaultdict(set)
    by_name = {document.ref: document for document in documents}
    for _, example in accepted:
        for evidence in example.evidence:
            section = by_name[evidence.document].section_at(evidence.start)
            spans[evidence.document].append((evidence.start, evidence.end))
            holders[evidence.document, section.start].add(example.ref)
    for document in documents:
        for found in curate.coverage(document, spans[document.ref]).sections:
            key = (document.ref, found.section.start)
            yield SectionCoverage(
                document=document.title,
                title=found.section.heading or "(before any heading)",
                use=uses.get(key, Use.TAUGHT),
                characters=found.characters,
                covered=found.covered,
                examples=len(holders[key]),
                level=found.section.level,
            )


def balance_cells(accepted: Sequence[Accepted]) -> Iterator[BalanceCell]:
    """How many accepted examples share a task form, a level and a split."""
    cells = Counter((one.task_form, one.level, split) for split, one in accepted)
    for (task_form, level, split), count in sorted(cells.items()):
        yield BalanceCell(task_form, level, split, count)


def loss_series(store: Store, adapter: Adapter, role: Literal["tuned", "control"]) -> LossSeries:
    """The losses of a training, step by step."""
    rows = [json.loads(line) for line in store.blobs.get(adapter.history).splitlines()]
    return LossSeries(
        role,
        train=tuple(LossPoint(int(row["step"]), float(row["loss"])) for row in rows),
        held_out=tuple(
            LossPoint(int(row["step"]), float(row["held_out_loss"]))
            for row in rows
            if row.get("held_out_loss") is not None
        ),
    )


def lineage_of(store: Store, example: Example) -> Lineage:
    """The way from one answer to the file that it stands in."""
    evidence = example.evidence[0]
    document = store.document(evidence.document)
    source = store.get(document.made_from[0], Source)
    section = document.section_at(evidence.start)
    chunk_ref = next(ref for ref in example.made_from if ref.kind == Chunk.kind)
    chunk = store.get(chunk_ref, Chunk)
    heading = section.heading or "(before any heading)"
    heading_end = document.words.find("\n", section.start, evidence.start) + 1
    body = max(section.start, heading_end) if section.level else section.start
    span = (evidence.start, evidence.end)
    stands = (page_of(document, *span), moment_of(document, *span))
    place = ", ".join([f"characters {span[0]:,} to {span[1]:,}", *filter(None, stands)])
    return Lineage(
        question=example.question,
        steps=(
            LineageStep("Answer", example.answer, link="is the answer of"),
            LineageStep(
                "Example", f"{example.task_form}, {example.level}", example.ref, "was made from"
            ),
            LineageStep("Chunk", f"{chunk.chunk_type}, no. {chunk.ordinal}", chunk.ref, "holds"),
            LineageStep("Sentence", place, link="lies in", is_quote=True),
            LineageStep("Section", heading, link="belongs to"),
            LineageStep("Document", document.title, document.ref, "was read from"),
            LineageStep("Source", source.file_name, source.ref),
        ),
        passage=Passage(
            before=document.words[max(body, evidence.start - CONTEXT) : evidence.start],
            quote=evidence.quote,
            after=document.words[evidence.end : min(section.end, evidence.end + CONTEXT)],
            start=evidence.start,
            end=evidence.end,
            heading=heading,
        ),
        document=document.title,
        file_name=source.file_name,
        passages=len(example.evidence),
    )


_USES = {Split.VALID: Use.WATCHED, Split.TRANSFER: Use.TRANSFER}


def _generation_recipes(store: Store, data: Dataset) -> set[Ref]:
    """The recipes that the members of a dataset were generated with."""
    for membership in data.splits:
        for page in membership.pages:
            name = store.blobs.get(page.blob)[:32].hex()
            example = store.get(Ref(Example.kind, name), Example)
            return {ref for ref in example.made_from if ref.kind == "recipe"}
    return set()
