"""What every picture is: a drawing in two widths, words that read it, the numbers behind it."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from lorewright.pictures.markup import element, text

WIDE = 800
"""Pixels across a page, on a screen or on paper."""
NARROW = 344
"""Pixels across a telephone."""


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a picture, ready to be read aloud."""

    caption: str
    columns: tuple[str, ...]
    """The first names the rows; the others hold numbers, or words where `words` says so."""
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset()
    """The places of further columns that hold words."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing that never stands alone."""

    key: str
    """Names the picture within a page."""
    title: str
    reading: str
    """What it shows, in a line that is computed from its data."""
    wide: Markup
    """SVG of `WIDE` pixels; styled by the classes of `report.css`."""
    narrow: Markup
    """The same, laid out for `NARROW` pixels."""
    table: Table


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where a picture is drawn: its name and its width."""

    key: str
    width: int

    @property
    def is_narrow(self) -> bool:
        """Whether labels stand above what they label."""
        return self.width < 560

    def name(self, part: str) -> str:
        """An id that no other drawing of the page has."""
        return f"{self.key}-{self.width}-{part}"


@dataclass(frozen=True, slots=True)
class Words:
    """What a picture says about itself."""

    title: str
    description: str
    """How to look at it."""
    reading: str


def picture(
    key: str, words: Words, table: Table, draw: Callable[[Canvas], tuple[Markup, float]]
) -> Picture:
    """Draw a picture in both widths; `draw` returns what is inside and how high that is."""
    wide, narrow = (
        _svg(canvas, words, *draw(canvas)) for canvas in (Canvas(key, WIDE), Canvas(key, NARROW))
    )
    return Picture(key, words.title, words.reading, wide, narrow, table)


def nothing_to_draw(why: str) -> tuple[Markup, float]:
    """A drawing that says why it is empty."""
    return text(why, 0, 24, "muted"), 36


def _svg(canvas: Canvas, words: Words, inside: Markup, height: float) -> Markup:
    title, description = canvas.name("title"), canvas.name("desc")
    return element(
        "svg",
        element("title", words.title, id=title),
        element("desc", f"{words.description} {words.reading}", id=description),
        inside,
        role="img",
        viewBox=f"0 0 {canvas.width} {height:.0f}",
        aria_labelledby=f"{title} {description}",
    )
