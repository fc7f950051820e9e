"""The chunk map: a document from left to right, one row per layer of chunks."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lorewright.pictures.character_axis import character_axis
from lorewright.pictures.figures import NONE, counted, share
from lorewright.pictures.legend import legend
from lorewright.pictures.letters import shorten
from lorewright.pictures.markup import element, hatch, line, text
from lorewright.pictures.picture import (
    WIDE,
    Canvas,
    Picture,
    Table,
    Words,
    nothing_to_draw,
    picture,
)
from lorewright.pictures.scale import Scale
from lorewright.records import ChunkType

LAYERS = {
    ChunkType.CHAPTER_SEQUENTIAL: "Sequential",
    ChunkType.INSTRUCTIONAL_UNIT: "Instructions",
    ChunkType.CER: "Claims with evidence",
    ChunkType.EXAMPLE_SCENARIO: "Examples",
}
"""The four layers, in the order of their rows."""

_BIN = 4
"""Pixels of a column where chunks are too many to be drawn one by one."""
_BAR = 20


@dataclass(frozen=True, slots=True)
class ChunkMark:
    """One chunk of a document."""

    start: int
    end: int
    chunk_type: ChunkType
    confidence: float
    """From 0 to 1."""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class DocumentMap:
    """A document and the chunks it was cut into."""

    title: str
    length: int
    """In characters."""
    chunks: tuple[ChunkMark, ...]
    section_starts: tuple[int, ...] = ()
    """Where the sections worth a mark begin: those of the first two levels, say."""
    low_confidence: float = 0.5
    """Chunks below this confidence are hatched."""


def chunk_map(document: DocumentMap, *, key: str = "chunks") -> Picture:
    """Draw where the chunks of `document` lie; hue is the type, hatching is low confidence.

    Layers with more chunks than the width can show are drawn in columns, each as high as the
    share of its characters that lies in chunks of that layer.
    """
    count = len(document.chunks)
    low = sum(_is_low(chunk, document) for chunk in document.chunks)
    layers = ", ".join(
        f"{len(_of(document, layer))} {name.lower()}" for layer, name in LAYERS.items()
    )
    words = Words(
        f"Chunk map: {document.title}",
        "The document runs from left to right, one row per layer of chunks; thin vertical lines "
        "mark where sections begin; hatching marks low confidence.",
        f"{counted(count, 'chunk')} over {document.length:,} characters ({layers}); "
        f"{low} ({share(low, count)}) with a confidence below {document.low_confidence:.2f}."
        f"{_crowds(document)}",
    )
    columns = ("Layer", "Chunks", "Characters", "Share of the document", "Mean confidence", "Low")
    rows = tuple(_row(document, layer) for layer in LAYERS)
    table = Table(f"Chunks of {document.title}", columns, rows)
    return picture(key, words, table, lambda canvas: _draw(canvas, document))


def _crowds(document: DocumentMap) -> str:
    crowded = [name for layer, name in LAYERS.items() if _is_crowded(document, layer, WIDE)]
    if not crowded:
        return ""
    return f" Drawn in columns as high as they are covered: {', '.join(crowded).lower()}."


def _is_crowded(document: DocumentMap, layer: ChunkType, room: float) -> bool:
    return len(_of(document, layer)) * _BIN * 2 > room


def _of(document: DocumentMap, layer: ChunkType) -> list[ChunkMark]:
    return [chunk for chunk in document.chunks if chunk.chunk_type is layer]


def _is_low(chunk: ChunkMark, document: DocumentMap) -> bool:
    return chunk.confidence < document.low_confidence


def _row(document: DocumentMap, layer: ChunkType) -> tuple[str, ...]:
    chunks = _of(document, layer)
    covered = _covered(chunks, 0, document.length)
    confidence = sum(chunk.confidence for chunk in chunks) / len(chunks) if chunks else None
    return (
        LAYERS[layer],
        f"{len(chunks):,}",
        f"{covered:,.0f}",
        share(covered, document.length),
        NONE if confidence is None else f"{confidence:.2f}",
        f"{sum(_is_low(chunk, document) for chunk in chunks):,}",
    )


def _covered(chunks: Sequence[ChunkMark], start: float, end: float) -> float:
    """Characters of `[start, end)` that lie in at least one of `chunks`."""
    covered, reached = 0.0, start
    for chunk in sorted(chunks, key=lambda chunk: chunk.start):
        until = min(chunk.end, end)
        covered += max(0.0, until - max(chunk.start, reached))
        reached = max(reached, until)
    return covered


def _draw(canvas: Canvas, document: DocumentMap) -> tuple[Markup, float]:
    if not document.chunks or not document.length:
        return nothing_to_draw("This document has no chunks.")
    left = 0 if canvas.is_narrow else 150
    pitch = 46 if canvas.is_narrow else 30
    top = 34.0
    scale = Scale(0, document.length, left, canvas.width - 1)
    low = canvas.name("low")
    key, _ = legend(_entries(low), canvas, start=left)
    drawn = hatch(low) + key
    bottom = top + pitch * len(LAYERS)
    for start in document.section_starts:
        drawn += line(scale(start), top, scale(start), bottom, "section-mark")
    for row, (layer, name) in enumerate(LAYERS.items()):
        y = top + row * pitch + (22 if canvas.is_narrow else 4)
        chunks = _of(document, layer)
        drawn += text(name, 0, y + (-6 if canvas.is_narrow else 14.5), "label over")
        drawn += element("rect", x=left, y=y, width=scale.end - left, height=_BAR, class_="lane")
        draw = _binned if _is_crowded(document, layer, scale.end - left) else _one_by_one
        drawn += draw(chunks, document, scale, y, low)
    axis, height = character_axis(scale, bottom + 4, about=3 if canvas.is_narrow else 6)
    return drawn + axis, height


def _entries(low: str) -> list[tuple[Markup, str]]:
    both = Markup("").join(
        element("rect", x=0, y=1, width=20, height=13, class_=class_, fill=fill)
        for class_, fill in (("type-0", None), ("hatched", f"url(#{low})"))
    )
    mark = line(10, 0, 10, 15, "section-mark")
    return [(both, "low confidence"), (mark, "a section begins")]


def _one_by_one(
    chunks: Sequence[ChunkMark], document: DocumentMap, scale: Scale, y: float, low: str
) -> Markup:
    drawn = Markup("")
    for chunk in chunks:
        x = scale(chunk.start)
        # A hair of surface between neighbours.
        width = max(scale(chunk.end) - x - 1, 1)
        tip = (
            f"{shorten(chunk.heading, 400) or LAYERS[chunk.chunk_type]}: characters "
            f"{chunk.start:,} to {chunk.end:,}, confidence {chunk.confidence:.2f}"
        )
        drawn += _block(x, y, width, _BAR, layer=chunk.chunk_type, tip=tip)
        if _is_low(chunk, document):
            drawn += _hatched(x, y, width, _BAR, low)
    return drawn


def _binned(
    chunks: Sequence[ChunkMark], document: DocumentMap, scale: Scale, y: float, low: str
) -> Markup:
    """Columns of equal width instead of chunks; each as high as it is covered."""
    drawn = Markup("")
    bins = int((scale.end - scale.start) // _BIN)
    for place in range(bins):
        start, end = (document.length * edge / bins for edge in (place, place + 1))
        inside = [chunk for chunk in chunks if chunk.start < end and chunk.end > start]
        if not inside:
            continue
        height = max(_BAR * _covered(inside, start, end) / (end - start), 1.5)
        x, width = scale(start), scale(end) - scale(start) - 0.5
        drawn += _block(x, y + _BAR - height, width, height, layer=inside[0].chunk_type)
        if sum(_is_low(chunk, document) for chunk in inside) * 2 > len(inside):
            drawn += _hatched(x, y + _BAR - height, width, height, low)
    return drawn


def _block(
    x: float, y: float, width: float, height: float, *, layer: ChunkType, tip: str | None = None
) -> Markup:
    class_ = f"type-{list(LAYERS).index(layer)}"
    title = [element("title", tip)] if tip else []
    return element("rect", *title, x=x, y=y, width=width, height=height, class_=class_)


def _hatched(x: float, y: float, width: float, height: float, low: str) -> Markup:
    return element(
        "rect", x=x, y=y, width=width, height=height, fill=f"url(#{low})", class_="hatched"
    )
