"""The forest plot: how far the tuned adapter is ahead, with intervals, against a zero line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from lorewright.pictures.figures import NONE, counted
from lorewright.pictures.markup import element, line, text
from lorewright.pictures.picture import Canvas, Picture, Table, Words, nothing_to_draw, picture
from lorewright.pictures.scale import Scale, tick_label, ticks
from lorewright.records import Split
from lorewright.statistics import digits_for, p_in_words, signed


@dataclass(frozen=True, slots=True)
class PairedRow:
    """The tuned adapter against one rival on one set; a `Comparison` in plain numbers."""

    split: Split
    against: Literal["base", "control"]
    items: int
    mean: float
    """Nats per token of the reference answer; positive where the tuned adapter is ahead."""
    low: float
    high: float
    """The 95 % interval of the mean."""
    p_value: float
    effect_size: float
    items_ahead: int | None = None
    """Items on which the tuned adapter is ahead, where that was counted."""


def forest_plot(rows: Sequence[PairedRow], *, key: str = "proof") -> Picture:
    """Draw the mean paired differences with their intervals, a group per held-out set."""
    words = Words(
        "Tuned adapter against base and control",
        "A row per comparison: the mark is the mean difference in nats per token of the "
        "reference answer, the line its 95 % interval. Right of the zero line the tuned adapter "
        "is ahead.",
        _reading(rows),
    )
    columns = (
        "Comparison",
        "Items",
        "Ahead on",
        "Mean difference",
        "95 % interval",
        "p",
        "Effect size d",
    )
    table = Table(
        "Paired differences in nats per token",
        columns,
        tuple(_table_row(row) for row in rows),
    )
    return picture(key, words, table, lambda canvas: _draw(canvas, rows))


def _reading(rows: Sequence[PairedRow]) -> str:
    if not rows:
        return "No set could be compared."
    groups = (
        ("right of", "the tuned adapter is ahead", [row for row in rows if row.low > 0]),
        ("across", "no difference is shown", [row for row in rows if row.low <= 0 <= row.high]),
        ("left of", "the tuned adapter is behind", [row for row in rows if row.high < 0]),
    )
    said = (
        f"{len(group)} {'lies' if len(group) == 1 else 'lie'} {where} zero, so {meaning}: "
        f"{', '.join(f'{row.split.value} against {row.against}' for row in group)}."
        for where, meaning, group in groups
        if group
    )
    return f"{counted(len(rows), 'interval')}. {' '.join(said)}"


def _table_row(row: PairedRow) -> tuple[str, ...]:
    digits = digits_for(row.low, row.high)
    ahead = NONE if row.items_ahead is None else f"{row.items_ahead} of {row.items}"
    return (
        f"{row.split.capitalize()}: tuned \N{MINUS SIGN} {row.against}",
        f"{row.items:,}",
        ahead,
        signed(row.mean, digits=digits),
        f"{signed(row.low, digits=digits)} to {signed(row.high, digits=digits)}",
        p_in_words(row.p_value).removeprefix("p ").removeprefix("= "),
        signed(row.effect_size),
    )


def _draw(canvas: Canvas, rows: Sequence[PairedRow]) -> tuple[Markup, float]:
    if not rows:
        return nothing_to_draw("No set could be compared.")
    left, right = (8, canvas.width - 8) if canvas.is_narrow else (150, canvas.width - 250)
    low, high = min(0.0, *(row.low for row in rows)), max(0.0, *(row.high for row in rows))
    margin = 0.06 * (high - low) or 0.5
    scale = Scale(low - margin, high + margin, left, right)
    pitch = 58 if canvas.is_narrow else 34
    drawn, y = Markup(""), 0.0
    for split in Split:
        group = [row for row in rows if row.split is split]
        if group:
            drawn += text(f"{split.capitalize()}, n = {group[0].items}", 0, y + 16, "strong")
            y += 26
        for row in group:
            drawn += _row(canvas, row, scale, y)
            y += pitch
        y += 8 if group else 0
    zero = line(scale(0), 22, scale(0), y, "zero")
    return _grid(scale, y, about=4 if canvas.is_narrow else 6) + zero + drawn, y + 44


def _grid(scale: Scale, y: float, *, about: int) -> Markup:
    marks = ticks(scale.low, scale.high, about=about)
    drawn = line(scale.start, y, scale.end, y, "axis")
    for mark in (mark for mark in marks if scale.low <= mark <= scale.high):
        drawn += line(scale(mark), 22, scale(mark), y, "grid")
        label = tick_label(mark, marks[1] - marks[0])
        drawn += text(label, scale(mark), y + 18, "muted", text_anchor="middle")
    caption = "nats per token; tuned ahead \N{RIGHTWARDS ARROW}"
    return drawn + text(caption, scale.end, y + 38, "muted", text_anchor="end")


def _row(canvas: Canvas, row: PairedRow, scale: Scale, y: float) -> Markup:
    digits = digits_for(row.low, row.high)
    numbers = (
        f"{signed(row.mean, digits=digits)} [{signed(row.low, digits=digits)}, "
        f"{signed(row.high, digits=digits)}], {p_in_words(row.p_value)}"
    )
    centre, label_y = (y + 38, y + 14) if canvas.is_narrow else (y + 15, y + 19.5)
    against = f"\N{MINUS SIGN} {row.against}" if canvas.is_narrow else f"against {row.against}"
    drawn = text(against, 0, label_y, "label over")
    drawn += text(numbers, canvas.width, label_y, "value over", text_anchor="end")
    low, high, mean = scale(row.low), scale(row.high), scale(row.mean)
    drawn += line(low, centre, high, centre, f"interval {row.against}")
    for end in (low, high):
        drawn += line(end, centre - 7, end, centre + 7, f"interval {row.against}")
    return drawn + _mark(row.against, mean, centre)


def _mark(against: str, x: float, y: float) -> Markup:
    """A circle against the base, a diamond against the control."""
    if against == "base":
        return element("circle", cx=x, cy=y, r=4, class_="mark base")
    corners = f"{x:.1f},{y - 6:.1f} {x + 5:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 5:.1f},{y:.1f}"
    return element("polygon", points=corners, class_="mark control")
