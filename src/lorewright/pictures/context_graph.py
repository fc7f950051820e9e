"""The context graph: chunks in reading order, arcs for what they have to do with each other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lorewright.pictures.character_axis import character_axis
from lorewright.pictures.figures import counted, plain, share
from lorewright.pictures.legend import legend
from lorewright.pictures.letters import shorten
from lorewright.pictures.markup import element, line, text
from lorewright.pictures.picture import (
    Canvas,
    Picture,
    Table,
    Words,
    nothing_to_draw,
    picture,
)
from lorewright.pictures.scale import Scale
from lorewright.records import RelationKind

_LABELS = 214
"""Pixels beside the drawing on a wide canvas."""
_STRIP = 12
_MOST_LANES = 10
_LEAST_ROOM = 70
"""Pixels below which a part is not named."""
_QUOTE = 2_000
"""Pixels, that is about 300 letters, of a quote that appears beside the pointer."""


@dataclass(frozen=True, slots=True)
class GraphChunk:
    """One chunk."""

    start: int
    end: int
    heading: str = ""


@dataclass(frozen=True, slots=True)
class GraphRelation:
    """One relation between two chunks, by their places."""

    relation: RelationKind
    source: int
    target: int
    why: str
    source_quote: str
    target_quote: str


@dataclass(frozen=True, slots=True)
class GraphTheme:
    """A theme and the chunks in which its evidence stands."""

    name: str
    chunks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GraphPart:
    """Where a part begins, and what it is called."""

    start: int
    name: str


@dataclass(frozen=True, slots=True)
class ContextGraph:
    """A document, or several in a row, as a whole."""

    title: str
    chunks: tuple[GraphChunk, ...]
    """In reading order."""
    relations: tuple[GraphRelation, ...] = ()
    themes: tuple[GraphTheme, ...] = ()
    """The heaviest first."""
    parts: tuple[GraphPart, ...] = ()
    """Parts that are worth a line where they begin: chapters, or documents."""


def context_graph(graph: ContextGraph, *, key: str = "context") -> Picture:
    """Draw a document as a whole.

    Chunks lie on a line. A relation is an arc from the chunk that it starts at to the one that
    it is about, which has a dot: above the line it reads forward, below it reads back. Under the
    line each theme has a row with the chunks of its evidence.
    """
    words = Words(
        f"How {graph.title} hangs together",
        "Chunks lie in reading order on a line; arcs are relations, with a dot at the chunk that "
        "they are about; arcs above the line lead forward, arcs below it lead back. Under them "
        "each theme has a row that shows where its evidence stands.",
        _reading(graph),
    )
    return picture(key, words, _table(graph), lambda canvas: _draw(canvas, graph))


def _reading(graph: ContextGraph) -> str:
    kinds = Counter(one.relation for one in graph.relations)
    listed = ", ".join(f"{kinds[kind]} {plain(kind)}" for kind in RelationKind if kinds[kind])
    tied = len({at for one in graph.relations for at in (one.source, one.target)})
    number = len(graph.chunks)
    relations = counted(len(graph.relations), "relation") + (f" ({listed})" if listed else "")
    drawn = min(len(graph.themes), _MOST_LANES)
    themes = counted(len(graph.themes), "theme")
    if drawn < len(graph.themes):
        themes += f", of which the {drawn} heaviest are drawn"
    return (
        f"{counted(number, 'chunk')}, {relations} that tie {tied} of them "
        f"({share(tied, number)}); {themes}."
    )


def _table(graph: ContextGraph) -> Table:
    return Table(
        f"Relations in {graph.title}",
        ("Relation", "From chunk", "To chunk", "Why", "Words of the first", "Words of the other"),
        tuple(
            (
                plain(one.relation),
                f"{one.source + 1:,}",
                f"{one.target + 1:,}",
                one.why,
                one.source_quote,
                one.target_quote,
            )
            for one in graph.relations
        ),
        words=frozenset({3, 4, 5}),
    )


def _draw(canvas: Canvas, graph: ContextGraph) -> tuple[Markup, float]:
    if not graph.chunks:
        return nothing_to_draw("There are no chunks.")
    left = 0 if canvas.is_narrow else _LABELS
    scale = Scale(0, graph.chunks[-1].end, left, canvas.width - 1)
    key, below_key = _key(canvas, graph)
    top = below_key if canvas.is_narrow else 4.0
    line_at = top + _height(graph, scale, canvas, forward=True)
    if not canvas.is_narrow:
        line_at = max(line_at, below_key - _height(graph, scale, canvas, forward=False))
    bottom = line_at + _STRIP + _height(graph, scale, canvas, forward=False)
    bottom = bottom if canvas.is_narrow else max(bottom, below_key)
    names, top_of_lanes = _parts(graph, scale, bottom + 8)
    lanes, end = _lanes(canvas, graph, scale, top_of_lanes)
    drawn = key
    for part in graph.parts:
        x = scale(part.start)
        drawn += line(x, line_at - 4, x, end, "section-mark faint")
    drawn += _strip(graph, scale, line_at) + names + lanes
    for one in sorted(graph.relations, key=lambda one: -abs(one.source - one.target)):
        drawn += _arc(one, graph, scale, line_at, canvas)
    axis, height = character_axis(scale, end + 4, about=3 if canvas.is_narrow else 6)
    return drawn + axis, height


def _key(canvas: Canvas, graph: ContextGraph) -> tuple[Markup, float]:
    """The kinds that are drawn with their numbers: beside the arcs, or above them."""
    kinds = Counter(one.relation for one in graph.relations)
    entries = [
        (
            line(0, 7, 20, 7, f"edge {kind}") + _dot(20, 7, kind),
            f"{plain(kind)} ({kinds[kind]:,})",
        )
        for kind in RelationKind
        if kinds[kind]
    ]
    if not entries:
        return text("no relations", 0, 14, "muted"), 26
    narrow = canvas if canvas.is_narrow else Canvas(canvas.key, _LABELS)
    if canvas.is_narrow:
        return legend(entries, narrow)
    drawn, y = Markup(""), 0
    for entry in entries:
        one, _ = legend([entry], narrow)
        drawn += Markup('<g transform="translate(0 {})">{}</g>').format(y, one)
        y += 22
    return drawn, float(y)


def _height(graph: ContextGraph, scale: Scale, canvas: Canvas, *, forward: bool) -> float:
    """How high the arcs of one direction rise."""
    rises = (
        _rise(one, graph, scale, canvas)
        for one in graph.relations
        if (one.source <= one.target) is forward
    )
    return max(rises, default=0.0) + 6


def _rise(one: GraphRelation, graph: ContextGraph, scale: Scale, canvas: Canvas) -> float:
    """The longer an arc, the higher it rises, and ever less so."""
    most = 120 if canvas.is_narrow else 170
    width = abs(_middle(one.source, graph, scale) - _middle(one.target, graph, scale))
    return 10 + (most - 10) * (width / (scale.end - scale.start)) ** 0.6


def _middle(at: int, graph: ContextGraph, scale: Scale) -> float:
    chunk = graph.chunks[at]
    return scale((chunk.start + chunk.end) / 2)


def _strip(graph: ContextGraph, scale: Scale, y: float) -> Markup:
    """The chunks, each told apart from the next by a hair of the ground."""
    drawn = Markup("")
    for at, chunk in enumerate(graph.chunks):
        x = scale(chunk.start)
        tip = f"chunk {at + 1:,}, characters {chunk.start:,} to {chunk.end:,}"
        if chunk.heading:
            tip = f"{shorten(chunk.heading, 600)}: {tip}"
        width = max(scale(chunk.end) - x, 0.8)
        gap = min(1.0, width / 3)
        drawn += element(
            "rect",
            element("title", tip),
            x=x,
            y=y,
            width=width - gap,
            height=_STRIP,
            class_="chunk",
        )
    return drawn


def _arc(
    one: GraphRelation, graph: ContextGraph, scale: Scale, line_at: float, canvas: Canvas
) -> Markup:
    start, end = (_middle(at, graph, scale) for at in (one.source, one.target))
    forward = one.source <= one.target
    y = line_at if forward else line_at + _STRIP
    radius = max(abs(end - start) / 2, 1.5)
    rise = _rise(one, graph, scale, canvas)
    # Forward arcs run from left to right over the line, the others from right to left below.
    drawn = f"M{start:.1f} {y:.1f} A{radius:.1f} {rise:.1f} 0 0 1 {end:.1f} {y:.1f}"
    tip = element("title", _tip(one))
    return element(
        "g",
        tip,
        element("path", d=drawn, class_=f"edge {one.relation}"),
        _dot(end, y, one.relation),
        class_="tie-of",
    )


def _dot(x: float, y: float, kind: RelationKind) -> Markup:
    return element("circle", cx=x, cy=y, r=2.6, class_=f"edge-end {kind}")


def _tip(one: GraphRelation) -> str:
    return (
        f"chunk {one.source + 1:,} {plain(one.relation)} chunk {one.target + 1:,}: {one.why}\n"
        f"“{shorten(one.source_quote, _QUOTE)}”\n→ “{shorten(one.target_quote, _QUOTE)}”"
    )


def _parts(graph: ContextGraph, scale: Scale, top: float) -> tuple[Markup, float]:
    """What parts are called, where there is room for it before the next one begins."""
    starts = [scale(one.start) for one in graph.parts]
    drawn = Markup("")
    for part, x, until in zip(graph.parts, starts, [*starts[1:], scale.end], strict=False):
        if until - x >= _LEAST_ROOM:
            name = element("title", part.name) + shorten(part.name, until - x - 6, size=12)
            drawn += text(name, x + 4, top + 10, "muted part over")
    return drawn, top + 20 if drawn else top


def _lanes(canvas: Canvas, graph: ContextGraph, scale: Scale, top: float) -> tuple[Markup, float]:
    """A row for each of the heaviest themes."""
    drawn, pitch = Markup(""), 34 if canvas.is_narrow else 20
    themes = graph.themes[:_MOST_LANES]
    for row, theme in enumerate(themes):
        y = top + row * pitch
        drawn += _name(theme.name, canvas, y)
        if canvas.is_narrow:
            y += 17
        drawn += element(
            "rect", x=scale.start, y=y, width=scale.end - scale.start, height=12, class_="lane"
        )
        drawn += _places(theme.chunks, graph, scale, y)
    return drawn, top + pitch * len(themes)


def _name(name: str, canvas: Canvas, y: float) -> Markup:
    room = canvas.width if canvas.is_narrow else _LABELS - 12
    words = element("title", name) + shorten(name, room)
    return text(words, 0, y + (12 if canvas.is_narrow else 11), "label")


def _places(chunks: Sequence[int], graph: ContextGraph, scale: Scale, y: float) -> Markup:
    drawn = Markup("")
    for at in chunks:
        x = scale(graph.chunks[at].start)
        width = max(scale(graph.chunks[at].end) - x, 2.5)
        tip = element("title", f"chunk {at + 1:,}")
        drawn += element(
            "rect",
            tip,
            x=min(x, scale.end - width),
            y=y,
            width=width,
            height=12,
            class_="theme-mark",
        )
    return drawn
