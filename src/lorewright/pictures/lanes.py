"""Rows of bars: a label beside each bar, or above it where there is little room."""

from dataclasses import dataclass

from markupsafe import Markup

from lorewright.pictures.letters import BOLD, shorten
from lorewright.pictures.markup import element, text
from lorewright.pictures.picture import Canvas
from lorewright.pictures.scale import Scale

_BAR = 14


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where the rows of one picture lie."""

    canvas: Canvas
    top: float
    """Where the first row begins."""
    label_width: float = 250
    value_width: float = 130

    @property
    def pitch(self) -> float:
        """From row to row."""
        return 42 if self.canvas.is_narrow else 22

    @property
    def start(self) -> float:
        """Where bars begin."""
        return 0 if self.canvas.is_narrow else self.label_width + 12

    @property
    def end(self) -> float:
        """Where the longest bar ends."""
        room = 0 if self.canvas.is_narrow else self.value_width + 10
        return self.canvas.width - room

    def scale(self, longest: float) -> Scale:
        """From a number to where its bar ends."""
        return Scale(0, longest or 1, self.start, self.end)

    def y(self, row: int) -> float:
        """The upper edge of the bar of `row`."""
        return self.top + row * self.pitch + (21 if self.canvas.is_narrow else 4)

    def bottom(self, rows: int) -> float:
        """Where the last of `rows` rows ends."""
        return self.top + rows * self.pitch

    def words(
        self,
        row: int,
        label: str,
        value: str,
        *,
        value_class: str = "value",
        indent: float = 0,
    ) -> Markup:
        """The label of a row and, at the right edge, its value."""
        baseline = self.y(row) + (-6 if self.canvas.is_narrow else 11.5)
        room = self.label_width
        if self.canvas.is_narrow:
            room = self.canvas.width - self.value_width
        name = text(shorten(label, room - indent), indent, baseline, "label")
        number = text(value, self.canvas.width, baseline, value_class, text_anchor="end")
        return name + number

    def heading(self, row: int, words: str) -> Markup:
        """A row without a bar."""
        baseline = self.y(row) + (-6 if self.canvas.is_narrow else 11.5)
        return text(shorten(words, self.canvas.width, size=BOLD), 0, baseline, "strong")

    def bar(
        self, row: int, start: float, end: float, *, class_: str, tip: str | None = None
    ) -> Markup:
        """A bar from `start` to `end`, at least a hair wide."""
        title = [element("title", tip)] if tip else []
        return element(
            "rect",
            *title,
            x=start,
            y=self.y(row),
            width=max(end - start, 1.5),
            height=_BAR,
            class_=class_,
        )
