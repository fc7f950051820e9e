"""The learning curve: held-out loss over the number of examples, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from markupsafe import Markup

from lorewright.pictures.figures import NONE, counted
from lorewright.pictures.markup import element, line, path, text
from lorewright.pictures.picture import Canvas, Picture, Table, Words, nothing_to_draw, picture
from lorewright.pictures.scale import Scale, tick_label, ticks


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One training."""

    cell: str
    examples: int
    loss: float
    low: float | None = None
    high: float | None = None
    """The 95 % interval; None where there is none."""


def learning_curve(
    points: Sequence[CurvePoint], *, per: str = "token", key: str = "learning-curve"
) -> Picture:
    """Draw the loss of every training, and a line through the means of each size."""
    ordered = sorted(points, key=lambda point: (point.examples, point.cell))
    words = Words(
        "Held-out loss over the number of examples",
        f"Examples run from left to right, loss in nats per {per} upwards; a mark is a training, "
        "the line at it its 95 % interval.",
        _reading(ordered, per),
    )
    columns = ("Training", "Examples", f"Nats per {per}", "95 % interval")
    table = Table("Held-out loss", columns, tuple(map(_table_row, ordered)))
    return picture(key, words, table, lambda canvas: _draw(canvas, ordered, per))


def _means(points: Sequence[CurvePoint]) -> list[tuple[int, float]]:
    return [
        (size, fmean(point.loss for point in alike))
        for size, alike in groupby(points, key=lambda point: point.examples)
    ]


def _reading(points: Sequence[CurvePoint], per: str) -> str:
    means = _means(points)
    if not means:
        return "No training has a held-out loss yet."
    if len(means) == 1:
        return f"With {counted(means[0][0], 'example')} {means[0][1]:.3f} nats per {per}."
    (first, begun), (last, ended) = means[0], means[-1]
    turn = "fell" if ended < begun else "did not fall"
    return (
        f"From {first:,} to {last:,} examples the held-out loss {turn}: {begun:.3f} to "
        f"{ended:.3f} nats per {per}."
    )


def _table_row(point: CurvePoint) -> tuple[str, ...]:
    interval = NONE if point.low is None else f"{point.low:.3f} to {point.high:.3f}"
    return point.cell, f"{point.examples:,}", f"{point.loss:.3f}", interval


def _draw(canvas: Canvas, points: Sequence[CurvePoint], per: str) -> tuple[Markup, float]:
    if not points:
        return nothing_to_draw("No training has a held-out loss yet.")
    ends = [end for point in points for end in (point.low, point.high, point.loss) if end]
    marks = ticks(min(ends), max(ends), about=5)
    height = 220 if canvas.is_narrow else 300
    most = max(point.examples for point in points)
    x = Scale(0, most, 52, canvas.width - 16)
    y = Scale(marks[0], marks[-1], 22 + height, 22)
    drawn = _axes(x, y, marks, per, about=4 if canvas.is_narrow else 8)
    drawn += path([(x(size), y(mean)) for size, mean in _means(points)], "curve tuned")
    for point in points:
        drawn += _mark(point, x(point.examples), y, per)
    return drawn, y.start + 44


def _axes(x: Scale, y: Scale, marks: list[float], per: str, *, about: int) -> Markup:
    drawn = text(f"nats per {per}", 0, y.end - 10, "muted")
    for mark in marks:
        drawn += line(x.start, y(mark), x.end, y(mark), "grid")
        label = tick_label(mark, marks[1] - marks[0])
        drawn += text(label, x.start - 8, y(mark) + 4.5, "muted", text_anchor="end")
    for size in (size for size in ticks(0, x.high, about=about) if size <= x.high):
        drawn += line(x(size), y.start, x(size), y.start + 5, "axis")
        anchor = "end" if x(size) > x.end - 14 else "middle"
        drawn += text(f"{size:,.0f}", x(size), y.start + 20, "muted", text_anchor=anchor)
    drawn += line(x.start, y.start, x.end, y.start, "axis")
    return drawn + text("examples", x.end, y.start + 38, "muted", text_anchor="end")


def _mark(point: CurvePoint, x: float, y: Scale, per: str) -> Markup:
    drawn = Markup("")
    if point.low is not None and point.high is not None:
        drawn += line(x, y(point.low), x, y(point.high), "interval base")
        for end in (point.low, point.high):
            drawn += line(x - 5, y(end), x + 5, y(end), "interval base")
    tip = element("title", f"{point.cell}: {point.loss:.3f} nats per {per}")
    return drawn + element("circle", tip, cx=x, cy=y(point.loss), r=4.5, class_="mark tuned")
