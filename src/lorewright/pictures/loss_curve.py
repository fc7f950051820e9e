"""Loss curves: what training did to the tuned adapter and to its control."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

from markupsafe import Markup

from lorewright.pictures.figures import NONE
from lorewright.pictures.legend import legend
from lorewright.pictures.markup import element, line, path, text
from lorewright.pictures.picture import Canvas, Picture, Table, Words, nothing_to_draw, picture
from lorewright.pictures.scale import Scale, tick_label, ticks

_MOST_DOTS = 300
_MOST_TABLE_ROWS = 16
_SPAN = 0.06
"""The moving mean runs over about this share of the steps."""


class LossPoint(NamedTuple):
    """A loss at a step."""

    step: int
    loss: float
    """Nats per token."""


@dataclass(frozen=True, slots=True)
class LossSeries:
    """The training of one adapter."""

    role: Literal["tuned", "control"]
    train: tuple[LossPoint, ...]
    """In the order of the steps."""
    held_out: tuple[LossPoint, ...] = ()
    """On the valid split, which is watched and never trained on."""


def loss_curve(series: Sequence[LossSeries], *, key: str = "loss") -> Picture:
    """Draw losses over steps: dots for steps, lines for their moving mean, marks for held out.

    A loss that is not a finite number is left out and counted.
    """
    clean = [_finite(one) for one in series]
    lost = sum(len(one.train) + len(one.held_out) for one in series) - sum(
        len(one.train) + len(one.held_out) for one in clean
    )
    readings = [_reading(one) for one in clean]
    if lost:
        readings.append(f"{lost} losses were not finite numbers and are not drawn.")
    words = Words(
        "Loss during training",
        "Steps run from left to right, loss in nats per token upwards; dots are single steps, "
        "lines their moving mean, larger marks the loss on held-out examples.",
        " ".join(readings) or "No loss was recorded.",
    )
    columns = ("Step", *(f"{one.role}, {what}" for one in clean for what in _WHAT))
    table = Table("Loss in nats per token", columns, tuple(_rows(clean)))
    return picture(key, words, table, lambda canvas: _draw(canvas, clean))


_WHAT = ("training (moving mean)", "held out")


def _finite(series: LossSeries) -> LossSeries:
    train, held_out = (
        tuple(point for point in points if math.isfinite(point.loss))
        for points in (series.train, series.held_out)
    )
    return LossSeries(series.role, train, held_out)


def _smooth(points: Sequence[LossPoint]) -> list[LossPoint]:
    """The mean over a window around each point, which the ends cut short."""
    reach = int(_SPAN * len(points) / 2)
    sums = [0.0, *accumulate(point.loss for point in points)]
    smoothed = list[LossPoint]()
    for place, point in enumerate(points):
        first, last = max(place - reach, 0), min(place + reach + 1, len(points))
        smoothed.append(LossPoint(point.step, (sums[last] - sums[first]) / (last - first)))
    return smoothed


def _reading(series: LossSeries) -> str:
    if series.held_out:
        first, last = series.held_out[0], series.held_out[-1]
        best = min(series.held_out, key=lambda point: point.loss)
        lowest = (
            "its lowest" if best.loss == last.loss else f"lowest {best.loss:.2f} at {best.step}"
        )
        return (
            f"Held-out loss of the {series.role} adapter: {first.loss:.2f} at step {first.step}, "
            f"{last.loss:.2f} at step {last.step} ({lowest})."
        )
    smoothed = _smooth(series.train)
    if not smoothed:
        return f"No loss of the {series.role} adapter was recorded."
    return (
        f"Training loss of the {series.role} adapter went from {smoothed[0].loss:.2f} to "
        f"{smoothed[-1].loss:.2f}; nothing was held out."
    )


def _rows(series: Sequence[LossSeries]) -> list[tuple[str, ...]]:
    columns = [
        {point.step: point.loss for point in points}
        for one in series
        for points in (_smooth(one.train), one.held_out)
    ]
    steps = sorted({point.step for one in series for point in one.held_out})
    steps = steps or sorted({point.step for one in series for point in one.train})
    apart = max(1, -(-len(steps) // _MOST_TABLE_ROWS))
    shown = sorted({*steps[::apart], *steps[-1:]})
    return [
        (f"{step:,}", *(f"{losses[step]:.3f}" if step in losses else NONE for losses in columns))
        for step in shown
    ]


def _draw(canvas: Canvas, series: Sequence[LossSeries]) -> tuple[Markup, float]:
    points = [point for one in series for point in (*one.train, *one.held_out)]
    if not points:
        return nothing_to_draw("No loss was recorded.")
    key, top = legend([entry for one in series for entry in _entries(one)], canvas)
    height = 220 if canvas.is_narrow else 300
    losses = [point.loss for point in points]
    marks = ticks(min(losses), max(losses), about=5)
    x = Scale(0, max(1, *(point.step for point in points)), 44, canvas.width - 8)
    y = Scale(marks[0], marks[-1], top + 22 + height, top + 22)
    drawn = key + _axes(x, y, marks, about=4 if canvas.is_narrow else 8)
    for one in series:
        drawn += _dots(one, x, y)
    for one in series:
        drawn += _lines(one, x, y)
    return drawn, y.start + 44


def _entries(series: LossSeries) -> list[tuple[Markup, str]]:
    both = [(line(0, 8, 20, 8, f"curve {series.role}"), f"{series.role}, training")]
    if series.held_out:
        mark = line(0, 8, 20, 8, f"thin {series.role}") + _mark(series.role, 10, 8)
        both.append((mark, f"{series.role}, held out"))
    return both


def _mark(role: str, x: float, y: float, tip: str | None = None) -> Markup:
    """A circle for the tuned adapter and a diamond for the control."""
    title = [element("title", tip)] if tip else []
    if role == "tuned":
        return element("circle", *title, cx=x, cy=y, r=4.5, class_=f"mark {role}")
    corners = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
    return element("polygon", *title, points=corners, class_=f"mark {role}")


def _axes(x: Scale, y: Scale, marks: list[float], *, about: int) -> Markup:
    drawn = text("nats per token", 0, y.end - 10, "muted")
    for mark in marks:
        drawn += line(x.start, y(mark), x.end, y(mark), "grid")
        label = tick_label(mark, marks[1] - marks[0])
        drawn += text(label, x.start - 8, y(mark) + 4.5, "muted", text_anchor="end")
    steps = [step for step in ticks(0, x.high, about=about) if step <= x.high]
    for step in steps:
        drawn += line(x(step), y.start, x(step), y.start + 5, "axis")
        anchor = "end" if x(step) > x.end - 14 else "middle"
        drawn += text(f"{step:,.0f}", x(step), y.start + 20, "muted", text_anchor=anchor)
    drawn += line(x.start, y.start, x.end, y.start, "axis")
    return drawn + text("steps", x.end, y.start + 38, "muted", text_anchor="end")


def _dots(series: LossSeries, x: Scale, y: Scale) -> Markup:
    apart = max(1, len(series.train) // _MOST_DOTS)
    dots = (
        element("circle", cx=x(point.step), cy=y(point.loss), r=1.3)
        for point in series.train[::apart]
    )
    return element("g", *dots, class_=f"dots {series.role}")


def _lines(series: LossSeries, x: Scale, y: Scale) -> Markup:
    def placed(points: Sequence[LossPoint]) -> list[tuple[float, float]]:
        return [(x(point.step), y(point.loss)) for point in points]

    drawn = Markup("")
    if series.train:
        drawn += path(placed(_smooth(series.train)), f"curve {series.role}")
    if series.held_out:
        drawn += path(placed(series.held_out), f"thin {series.role}")
    for point in series.held_out:
        tip = f"{series.role}, held out, step {point.step}: {point.loss:.3f}"
        drawn += _mark(series.role, x(point.step), y(point.loss), tip)
    return drawn
