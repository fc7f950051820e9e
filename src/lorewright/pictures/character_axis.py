"""The axis along a document: how many characters stand before a place."""

from markupsafe import Markup

from lorewright.pictures.markup import line, text
from lorewright.pictures.scale import Scale, tick_label, ticks


def character_axis(scale: Scale, y: float, *, about: int) -> tuple[Markup, float]:
    """Draw an axis at `y` along `scale`, with about `about` numbers, and say where it ends."""
    marks = [mark for mark in ticks(scale.low, scale.high, about=about) if mark <= scale.high]
    step = marks[1] - marks[0] if len(marks) > 1 else 1
    drawn = line(scale.start, y, scale.end, y, "axis")
    for mark in marks:
        x = scale(mark)
        anchor = "start" if mark == marks[0] else "end" if x > scale.end - 40 else "middle"
        drawn += line(x, y, x, y + 5, "axis")
        drawn += text(tick_label(mark, step), x, y + 19, "muted", text_anchor=anchor)
    drawn += text("characters", scale.end, y + 37, "muted", text_anchor="end")
    return drawn, y + 42
