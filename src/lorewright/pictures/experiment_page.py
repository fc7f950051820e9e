"""The page of an experiment: what was expected, a map of the losses, and the whole table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lorewright.pictures.figures import NONE, counted
from lorewright.pictures.picture import Picture
from lorewright.pictures.report import stylesheet

SHADES = 5
"""Colours from the lowest loss to the highest."""


@dataclass(frozen=True, slots=True)
class PageCell:
    """One training."""

    name: str
    varied: Mapping[str, str]
    state: str
    loss: float | None
    columns: tuple[str, ...]
    """What stands in its row of the table, ready to be read."""
    is_best: bool = False
    is_baseline: bool = False
    is_alike: bool = False
    """Whether it cannot be told from the baseline."""
    reason: str | None = None
    """Why it failed."""


@dataclass(frozen=True, slots=True)
class ExperimentPage:
    """Everything that the page shows."""

    name: str
    title: str
    hypothesis: str
    claim: str | None
    dataset: str
    per: str
    verdict: str
    sums: str
    columns: tuple[str, ...]
    cells: tuple[PageCell, ...]
    notes: tuple[str, ...] = ()
    curve: Picture | None = None


@dataclass(frozen=True, slots=True)
class Square:
    """One square of the map."""

    cell: PageCell
    shade: int | None
    """0 for the lowest loss; None without one."""


@dataclass(frozen=True, slots=True)
class LossMap:
    """The trainings as squares: the last thing that varies across, the others down."""

    across: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Square | None, ...]], ...]


def render_experiment(page: ExperimentPage) -> str:
    """Write the page as one HTML file that needs nothing from elsewhere.

    It follows the reader's light or dark theme and prints. Numbers stand in every square, so that
    colour never speaks alone. All words are escaped.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lorewright", "pictures"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("experiment.html.j2").render(
        page=page, map=loss_map(page.cells), css=stylesheet(), counted=counted, none=NONE
    )


def loss_map(cells: Sequence[PageCell]) -> LossMap:
    """Lay the trainings out as a table of squares, coloured the stronger the more they lose."""
    names = sorted({name for cell in cells for name in cell.varied})
    across, down = (names[-1], names[:-1]) if names else ("", [])
    columns = tuple(dict.fromkeys(cell.varied.get(across, "") for cell in cells))
    found = [cell.loss for cell in cells if cell.loss is not None]
    low, high = min(found, default=0.0), max(found, default=0.0)
    squares: dict[str, dict[str, Square]] = {}
    for cell in cells:
        label = ", ".join(f"{name} {cell.varied.get(name, '')}" for name in down)
        place = squares.setdefault(label, {})
        place.setdefault(cell.varied.get(across, ""), Square(cell, _shade(cell.loss, low, high)))
    rows = tuple(
        (label, tuple(row.get(column) for column in columns)) for label, row in squares.items()
    )
    return LossMap(across, columns, rows)


def _shade(loss: float | None, low: float, high: float) -> int | None:
    if loss is None:
        return None
    return 0 if high <= low else min(SHADES - 1, int(SHADES * (loss - low) / (high - low)))
