"""The lineage picture: from an answer back to the sentence it rests on, and to its file."""

from dataclasses import dataclass

from markupsafe import Markup

from lorewright.pictures.figures import NONE
from lorewright.pictures.letters import shorten, wrap
from lorewright.pictures.markup import element, path, text
from lorewright.pictures.passage import Passage, passage
from lorewright.pictures.picture import Canvas, Picture, Table, Words, picture

_QUESTION = 1_200
"""Pixels, that is about 180 letters, of a question that the reading repeats."""
_PADDING = 10
_GAP = 26
_LINE = 18


@dataclass(frozen=True, slots=True)
class LineageStep:
    """One thing on the way from the answer to the file."""

    kind: str
    """What it is: `Answer`, `Example`, `Chunk`, `Sentence`, `Section`, `Document`, `Source`."""
    text: str
    """What it says or is called."""
    name: str = ""
    """The record's full name, where it has one."""
    link: str = ""
    """How it leads to the next step: `is the answer of`, `quotes`, `lies in`, `was read from`."""
    is_quote: bool = False
    """Whether this is the step whose words the passage shows."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where one answer comes from."""

    question: str
    steps: tuple[LineageStep, ...]
    """From the answer to the source file."""
    passage: Passage
    """The words that the answer rests on, in their context."""
    document: str
    """The title of the document that holds the passage."""
    file_name: str
    """The file that the document was read from."""
    passages: int = 1
    """How many passages the answer rests on in all; the first is drawn."""


def lineage_picture(lineage: Lineage, *, key: str = "lineage") -> Picture:
    """Draw the way from an answer to its source beside the page that it quotes."""
    more = f" It is the first of {lineage.passages} passages." if lineage.passages > 1 else ""
    words = Words(
        "One answer, traced to its sentence",
        "Boxes from top to bottom lead from the answer to the file; beside them stands the "
        "passage, with the words that the answer rests on marked.",
        f"The answer to “{_short(lineage.question)}” rests on characters "
        f"{lineage.passage.start:,} to {lineage.passage.end:,} of “{lineage.document}”, read "
        f"from {lineage.file_name}.{more}",
    )
    rows = [(step.kind, step.text, step.name or NONE) for step in lineage.steps]
    rows.append(("Quoted words", lineage.passage.quote, NONE))
    table = Table(
        "From the answer to the file",
        ("Step", "What it says or is called", "Name of the record"),
        tuple(rows),
        words=frozenset({1, 2}),
    )
    return picture(key, words, table, lambda canvas: _draw(canvas, lineage))


def _short(question: str) -> str:
    return shorten(question, _QUESTION)


def _draw(canvas: Canvas, lineage: Lineage) -> tuple[Markup, float]:
    width = canvas.width if canvas.is_narrow else 320
    chain, height, quoting = _chain(lineage.steps, width)
    if canvas.is_narrow:
        page = passage(lineage.passage, x=0, y=height + _GAP, width=width)
        return chain + page.drawing, page.bottom
    x = width + 48
    page = passage(lineage.passage, x=x, y=0, width=canvas.width - x)
    if quoting is None:
        return chain + page.drawing, max(height, page.bottom)
    # As near to its box as the height of the picture allows.
    down = max(0.0, min(quoting - page.quote_at, height - page.bottom))
    page = passage(lineage.passage, x=x, y=down, width=canvas.width - x)
    middle = width + 24
    corners = [(width, quoting), (middle, quoting), (middle, page.quote_at), (x, page.quote_at)]
    return chain + page.drawing + path(corners, "tie"), max(height, page.bottom)


def _chain(steps: tuple[LineageStep, ...], width: float) -> tuple[Markup, float, float | None]:
    """The boxes with their arrows, how high they are, and the middle of the quoting one."""
    drawn, y, quoting = Markup(""), 0.0, None
    for place, step in enumerate(steps):
        box, height = _box(step, width, y)
        drawn += box
        if step.is_quote:
            quoting = y + height / 2
        y += height
        if place < len(steps) - 1:
            drawn += _arrow(step.link, y, width)
            y += _GAP
    return drawn, y + 1, quoting


def _box(step: LineageStep, width: float, y: float) -> tuple[Markup, float]:
    room = width - 2 * _PADDING
    lines = wrap(step.text, room, lines=3)
    height = 2 * _PADDING + _LINE * (1 + len(lines)) - 4
    class_ = "step quoting" if step.is_quote else "step"
    drawn = element(
        "rect", x=0.5, y=y + 0.5, width=width - 1, height=height - 1, rx=6, class_=class_
    )
    baseline = y + _PADDING + 11
    drawn += text(step.kind, _PADDING, baseline, "strong")
    if step.name:
        kind, _, digits = step.name.partition(":")
        short = element("title", step.name) + f"{kind}:{digits[:12]}"
        drawn += text(short, width - _PADDING, baseline, "name", text_anchor="end")
    for number, words in enumerate(lines, start=1):
        drawn += text(words, _PADDING, baseline + number * _LINE, "label")
    return drawn, height


def _arrow(words: str, y: float, room: float) -> Markup:
    """An arrow downwards from `y`, and how the upper box leads to the lower one."""
    x, tip = 2 * _PADDING, y + _GAP - 2
    said = shorten(words, room - x - 14)
    head = path([(x - 4, tip - 6), (x, tip), (x + 4, tip - 6)], "arrow")
    return path([(x, y + 1), (x, tip)], "arrow") + head + text(said, x + 14, y + 17, "muted")
