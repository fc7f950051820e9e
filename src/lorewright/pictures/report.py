"""The report: one HTML file that shows everything and asks for nothing."""

from collections.abc import Mapping
from importlib import resources

from lorewright.errors import BadRecord
from lorewright.pictures.balance import balance
from lorewright.pictures.chunk_map import chunk_map
from lorewright.pictures.coverage import coverage
from lorewright.pictures.figures import plain
from lorewright.pictures.forest_plot import forest_plot
from lorewright.pictures.funnel import funnel
from lorewright.pictures.lineage_picture import lineage_picture
from lorewright.pictures.loss_curve import loss_curve
from lorewright.pictures.picture import Picture
from lorewright.pictures.report_data import ReportData
from lorewright.records import Finding

_MOST_MAPS = 6
"""Documents whose chunk maps are drawn; the others are counted in the table."""

_JUDGEMENTS: Mapping[Finding, tuple[str, str]] = {
    Finding.LEARNED_CONTENT: ("good", "✓"),
    Finding.LEARNED_FORMAT: ("open", "≈"),
    Finding.NOT_SHOWN: ("open", "\N{WHITE CIRCLE}"),
    Finding.WORSE: ("bad", "✕"),
    Finding.INVALID: ("bad", "!"),
}
"""The class and the sign of a finding, so that colour never speaks alone."""


def render_report(data: ReportData) -> str:
    """Write the report as one HTML file.

    It needs no network, no script and no font of its own; it follows the reader's light or
    dark theme, fits a telephone and prints. All text from documents is escaped. Every picture
    carries a title, a description, a reading and its numbers.

    Raises:
        BadRecord: when counts do not add up.
    """
    import jinja2

    _refuse_what_does_not_add_up(data)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lorewright", "pictures"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.filters["short"] = _short_name
    return environment.get_template("report.html.j2").render(
        data=data,
        css=stylesheet(),
        judgements=_JUDGEMENTS,
        pictures=_pictures(data),
        undrawn=data.maps[_MOST_MAPS:],
    )


def _refuse_what_does_not_add_up(data: ReportData) -> None:
    accepted = data.counts.accepted
    for what, total in (
        ("splits", sum(count for _, count in data.splits)),
        ("cells of the balance", sum(cell.count for cell in data.balance)),
    ):
        if total != accepted:
            raise BadRecord(
                f"the {what} add up to {total}, not to the {accepted} accepted examples",
                where=data.title,
            )


def stylesheet() -> str:
    """The CSS that the report and every picture are styled by."""
    return resources.files("lorewright.pictures").joinpath("report.css").read_text(encoding="utf-8")


def _pictures(data: ReportData) -> dict[str, list[Picture]]:
    maps = data.maps[:_MOST_MAPS]
    return {
        "proof": [forest_plot(data.paired)],
        "lineage": [lineage_picture(data.lineage)] if data.lineage else [],
        "funnel": [funnel(data.counts)],
        "coverage": [coverage(data.coverage)],
        "balance": [balance(data.balance)],
        "chunks": [chunk_map(one, key=f"chunks-{place}") for place, one in enumerate(maps)],
        "loss": [loss_curve(data.losses)],
    }


def _short_name(name: str) -> str:
    """`kind:` and twelve digits of a full name."""
    kind, colon, digits = name.partition(":")
    return f"{kind}{colon}{digits[:12]}"
