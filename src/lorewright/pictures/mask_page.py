"""The page that shows what carries loss: every token, its borders and its number."""

from dataclasses import dataclass

from lorewright.pictures.figures import counted, share
from lorewright.pictures.report import stylesheet
from lorewright.templates import Piece, visible


@dataclass(frozen=True, slots=True)
class PageRendering:
    """One text that a base model reads."""

    pieces: tuple[Piece, ...]
    tokens: int
    loss_tokens: int


@dataclass(frozen=True, slots=True)
class PageExample:
    """One example, in one rendering or in one per answer."""

    name: str
    split: str
    renderings: tuple[PageRendering, ...]
    is_too_long: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why one example cannot be trained as it is."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class MaskPage:
    """Everything that the page shows."""

    dataset: str
    base: str
    examples: int
    tokens: int
    loss_tokens: int
    allowed: int | None
    """Tokens of the longest rendering that may be trained."""
    told_date: str | None
    """The date that the template is told, where it asks for today's."""
    shown: tuple[PageExample, ...]
    troubles: tuple[Trouble, ...]


def render_masks(page: MaskPage) -> str:
    """Write the page as one HTML file that needs nothing from elsewhere.

    It follows the reader's light or dark theme, fits a telephone and prints. What carries loss
    is coloured and underlined, so that colour never speaks alone. All words are escaped.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lorewright", "pictures"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.filters["about"] = _about
    environment.filters["kind"] = _kind
    return environment.get_template("masks.html.j2").render(
        page=page, css=stylesheet(), counted=counted, share=share
    )


def _about(piece: Piece) -> str:
    """What is said when the pointer rests on a piece."""
    if not piece.numbers:
        return "no token: the control token beside it swallows this white space"
    numbers = ", ".join(map(str, piece.numbers))
    what = "token" if len(piece.numbers) == 1 else "tokens"
    control = "control " if piece.is_control else ""
    return f"{control}{what} {numbers}, {'with' if piece.carries_loss else 'without'} loss"


def _kind(piece: Piece) -> str:
    """The classes of a piece."""
    named = (
        ("t", bool(piece.numbers)),
        ("loss", piece.carries_loss),
        ("control", piece.is_control),
        ("none", not piece.numbers),
    )
    return " ".join(name for name, applies in named if applies)
