"""What the marks of a picture stand for."""

from collections.abc import Sequence

from markupsafe import Markup

from lorewright.pictures.letters import room_for
from lorewright.pictures.markup import text
from lorewright.pictures.picture import Canvas

_MARK = 28
_GAP = 20


def legend(
    entries: Sequence[tuple[Markup, str]], canvas: Canvas, *, start: float = 0
) -> tuple[Markup, float]:
    """Marks with their names, as many to a line as fit, and how high they are together.

    A mark is drawn into a field of 20 by 14 pixels.
    """
    drawn, x, y = Markup(""), start, 0.0
    for mark, name in entries:
        width = _MARK + room_for(name)
        if x > start and x + width > canvas.width:
            x, y = start, y + 22
        drawn += Markup('<g transform="translate({:.1f} {:.0f})">{}{}</g>').format(
            x, y, mark, text(name, _MARK, 12, "label")
        )
        x += width + _GAP
    return drawn, y + 22
