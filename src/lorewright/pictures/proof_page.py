"""The page of a proof: the verdict on top, what it rests on below, and what it does not say."""

from collections.abc import Mapping
from dataclasses import dataclass

from lorewright.pictures.effects_plot import effects_plot
from lorewright.pictures.figures import NONE, counted, plain
from lorewright.pictures.proof_data import ProofPage
from lorewright.pictures.proof_tables import (
    agreement_table,
    cost_table,
    deviations_table,
    excluded_table,
    gates_table,
    lock_table,
    metrics_table,
    order_table,
    power_table,
    ranking_table,
    regression_table,
    wording_table,
)
from lorewright.pictures.report import stylesheet
from lorewright.statistics import signed

SHADES = 5
"""Colours from the lowest mean rating to the highest."""

TONES: Mapping[str, tuple[str, str]] = {
    "proven": ("good", "✓"),
    "better": ("good", "▲"),
    "not shown": ("open", "\N{WHITE CIRCLE}"),
    "equivalent": ("open", "≈"),
    "worse": ("bad", "✕"),
    "invalid": ("bad", "!"),
}
"""The class and the sign of a verdict, so that colour never speaks alone."""

SCOPES: Mapping[str, str] = {
    "synthetic": "SYNTHETIC. The ratings were made up to test the evaluator. They say nothing "
    "about any adapter, and no release can rest on them.",
    "rehearsed": "REHEARSED. The judge has no sense: it tries the machinery out. Nothing here "
    "says that an adapter is better, and no release can rest on it.",
}
"""What has to be read before anything else."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One square of the map of mean ratings."""

    told: str
    shade: int | None
    """0 for the lowest; None without a number."""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One dimension of the map."""

    name: str
    cells: tuple[Cell, ...]


def proof_html(page: ProofPage) -> str:
    """Write the page as one HTML file that needs nothing from elsewhere.

    It follows the reader's light or dark theme, fits a telephone and prints. Answers and reasons
    are content from outside: all words are escaped. Numbers stand beside every colour.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lorewright", "pictures"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.filters["signed"] = signed
    tone, sign = TONES.get(page.kind, ("open", "?"))
    return environment.get_template("proof.html.j2").render(
        page=page,
        css=stylesheet(),
        tone=tone if page.origin == "measured" else "open",
        sign=sign,
        scope=SCOPES.get(page.origin),
        plot=effects_plot(page.effects),
        heat=heat_map(page),
        shades=range(SHADES),
        gates=gates_table(page),
        agreement=agreement_table(page),
        order=order_table(page),
        ranking=ranking_table(page),
        metrics=metrics_table(page),
        wording=wording_table(page),
        regression=regression_table(page),
        power=power_table(page),
        excluded=excluded_table(page),
        costs=cost_table(page),
        promises=lock_table(page),
        deviations=deviations_table(page),
        counted=counted,
        none=NONE,
    )


def heat_map(page: ProofPage) -> tuple[HeatRow, ...]:
    """Mean ratings as squares, the stronger the colour the higher."""
    found = [mean for row in page.means for mean in row.means if mean is not None]
    low, high = min(found, default=0.0), max(found, default=0.0)
    return tuple(
        HeatRow(
            plain(row.dimension),
            tuple(
                Cell(NONE if mean is None else f"{mean:.2f}", _shade(mean, low, high))
                for mean in row.means
            ),
        )
        for row in page.means
    )


def _shade(mean: float | None, low: float, high: float) -> int | None:
    if mean is None:
        return None
    return 0 if high <= low else min(SHADES - 1, int(SHADES * (mean - low) / (high - low)))
