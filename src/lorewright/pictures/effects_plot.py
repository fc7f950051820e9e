"""The forest plot of a proof: differences with intervals, a zero line, and where margins lie."""

from collections.abc import Sequence

from markupsafe import Markup

from lorewright.pictures.figures import NONE, counted, plain
from lorewright.pictures.letters import shorten
from lorewright.pictures.markup import element, line, text
from lorewright.pictures.picture import Canvas, Picture, Table, Words, nothing_to_draw, picture
from lorewright.pictures.proof_data import Effect
from lorewright.pictures.scale import Scale, tick_label, ticks
from lorewright.statistics import digits_for, p_in_words, signed

_GROUPS = {
    "arm": "Tuned beside other arms",
    "dimension": "Each dimension, beside the prompted base",
}
_TOP = 26
"""Pixels that the heading of a group needs."""


def effects_plot(effects: Sequence[Effect], *, key: str = "effects") -> Picture:
    """Draw mean differences in points with their intervals, arms first and dimensions below."""
    words = Words(
        "How far the tuned adapter is ahead",
        "A row per comparison: the mark is the mean difference in points of the scale, the line "
        "its interval, the dashed stroke the margin that is asked for. Right of the zero line "
        "the tuned adapter is ahead.",
        _reading(effects),
    )
    return picture(key, words, effects_table(effects), lambda canvas: _draw(canvas, effects))


def effects_table(effects: Sequence[Effect]) -> Table:
    """All numbers of the plot."""
    columns = (
        "Comparison",
        "Scenarios",
        "Tuned",
        "Other",
        "Difference",
        "Interval",
        "p",
        "p, Holm",
        "Margin",
        "By the margin",
        "Relative gain",
    )
    rows = tuple(_table_row(one) for one in effects)
    return Table("Mean ratings and their differences, in points", columns, rows)


def _table_row(one: Effect) -> tuple[str, ...]:
    low, high = one.low, one.high
    digits = 2 if low is None or high is None else digits_for(low, high)
    interval = (
        NONE
        if low is None or high is None
        else f"{signed(low, digits=digits)} to {signed(high, digits=digits)}"
    )
    against = f"tuned \N{MINUS SIGN} {one.name}" if one.group == "arm" else plain(one.name)
    return (
        against,
        f"{one.n:,}",
        f"{one.ours:.2f}",
        f"{one.theirs:.2f}",
        signed(one.mean, digits=digits),
        interval,
        _p(one.p_value),
        _p(one.adjusted),
        NONE if one.margin is None else signed(one.margin),
        one.margin_state or NONE,
        one.gain or NONE,
    )


def _p(p_value: float | None) -> str:
    if p_value is None:
        return NONE
    return p_in_words(p_value).removeprefix("p ").removeprefix("= ")


def _reading(effects: Sequence[Effect]) -> str:
    tested = [one for one in effects if one.low is not None and one.high is not None]
    if not tested:
        return "No comparison could be tested."
    ahead = [one for one in tested if one.low is not None and one.low > 0]
    behind = [one for one in tested if one.high is not None and one.high < 0]
    alone = [one for one in (*ahead, *behind) if not one.holds]
    groups = (
        (
            "right of zero, so the tuned adapter is ahead",
            [one for one in ahead if one.holds],
        ),
        (
            "beside zero, which shows no difference once all dimensions are counted",
            alone,
        ),
        (
            "across zero, so no difference is shown",
            [one for one in tested if one not in ahead and one not in behind],
        ),
        (
            "left of zero, so the tuned adapter is behind",
            [one for one in behind if one.holds],
        ),
    )
    said = (
        f"{len(group)} {'lies' if len(group) == 1 else 'lie'} {where}: "
        f"{', '.join(plain(one.name) for one in group)}."
        for where, group in groups
        if group
    )
    untested = len(effects) - len(tested)
    rest = f" {counted(untested, 'comparison')} could not be tested." if untested else ""
    return f"{counted(len(tested), 'interval')}. {' '.join(said)}{rest}"


def _draw(canvas: Canvas, effects: Sequence[Effect]) -> tuple[Markup, float]:
    if not effects:
        return nothing_to_draw("No comparison could be made.")
    left, right = (8, canvas.width - 8) if canvas.is_narrow else (200, canvas.width - 250)
    ends = [
        number
        for one in effects
        for number in (one.mean, one.low, one.high, one.margin)
        if number is not None
    ]
    low, high = min(0.0, *ends), max(0.0, *ends)
    edge = 0.06 * (high - low) or 0.5
    scale = Scale(low - edge, high + edge, left, right)
    pitch = 58 if canvas.is_narrow else 30
    drawn, y = Markup(""), 0.0
    for group, title in _GROUPS.items():
        rows = [one for one in effects if one.group == group]
        if rows:
            drawn += text(title, 0, y + 16, "strong over")
            y += _TOP
        for one in rows:
            drawn += _row(canvas, one, scale, y)
            y += pitch
        y += 8 if rows else 0
    zero = line(scale(0), _TOP, scale(0), y, "zero")
    return _grid(scale, y, about=4 if canvas.is_narrow else 6) + zero + drawn, y + 44


def _grid(scale: Scale, y: float, *, about: int) -> Markup:
    marks = ticks(scale.low, scale.high, about=about)
    drawn = line(scale.start, y, scale.end, y, "axis")
    for mark in (mark for mark in marks if scale.low <= mark <= scale.high):
        drawn += line(scale(mark), _TOP, scale(mark), y, "grid")
        label = tick_label(mark, marks[1] - marks[0])
        drawn += text(label, scale(mark), y + 18, "muted", text_anchor="middle")
    caption = "points of the scale; tuned ahead \N{RIGHTWARDS ARROW}"
    return drawn + text(caption, scale.end, y + 38, "muted", text_anchor="end")


def _row(canvas: Canvas, one: Effect, scale: Scale, y: float) -> Markup:
    style = "base" if one.group == "arm" else "control"
    centre, label_y = (y + 38, y + 14) if canvas.is_narrow else (y + 13, y + 17.5)
    room = 180 if canvas.is_narrow else scale.start - 8
    drawn = text(shorten(plain(one.name), room), 0, label_y, "label over")
    numbers = _numbers(one, with_p=not canvas.is_narrow)
    drawn += text(numbers, canvas.width, label_y, "value over", text_anchor="end")
    if one.margin is not None:
        at = scale(one.margin)
        drawn += line(at, centre - 11, at, centre + 11, "margin")
    if one.low is not None and one.high is not None:
        low, high = scale(one.low), scale(one.high)
        drawn += line(low, centre, high, centre, f"interval {style}")
        for end in (low, high):
            drawn += line(end, centre - 6, end, centre + 6, f"interval {style}")
    return drawn + _mark(style, scale(one.mean), centre)


def _numbers(one: Effect, *, with_p: bool) -> str:
    if one.low is None or one.high is None:
        return f"{signed(one.mean)}, not tested"
    digits = digits_for(one.low, one.high)
    said = (
        f"{signed(one.mean, digits=digits)} [{signed(one.low, digits=digits)}, "
        f"{signed(one.high, digits=digits)}]"
    )
    p_value = one.p_value if one.adjusted is None else one.adjusted
    return f"{said}, {p_in_words(p_value)}" if with_p and p_value is not None else said


def _mark(style: str, x: float, y: float) -> Markup:
    """A circle for arms, a diamond for dimensions."""
    if style == "base":
        return element("circle", cx=x, cy=y, r=4, class_="mark base")
    corners = f"{x:.1f},{y - 5:.1f} {x + 4:.1f},{y:.1f} {x:.1f},{y + 5:.1f} {x - 4:.1f},{y:.1f}"
    return element("polygon", points=corners, class_="mark control")
