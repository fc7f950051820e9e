"""`lorewright prices`: what an hour of a GPU costs, and who says so."""

from collections.abc import Sequence
from decimal import Decimal

import click

from lorewright.cli.face import Face, face_command
from lorewright.errors import OutsideError
from lorewright.flows.price_table import PriceRow, cloud_prices, listed_prices


@click.command()
@click.argument("kinds", metavar="[KIND]...", nargs=-1)
@click.option("--cloud", is_flag=True, help="Also ask SkyPilot what clouds ask at present.")
@face_command
def prices(face: Face, kinds: tuple[str, ...], *, cloud: bool) -> None:
    """List what an hour of each KIND of GPU costs in USD, with the source and its date.

    The list is the one that comes with Lorewright, or your own in jobs.prices.file. SkyPilot is
    a command in an environment of its own; without it the list alone is shown.

    \b
    Examples:
      lorewright prices
      lorewright prices H100 --cloud
    """
    rows, trouble = listed_prices(face.settings, kinds), None
    if cloud:
        try:
            rows += cloud_prices(face.settings, kinds)
        except OutsideError as error:
            trouble = error.sentence
            face.note(f"clouds were not asked: {error.sentence}")
            if error.hint:
                face.note(f"  {error.hint}")
    _show(face, rows)
    if not rows:
        face.note("no list knows such a GPU; `lorewright prices` shows those that it knows")
    face.result("prices", prices=[row._asdict() for row in rows], trouble=trouble)


def _show(face: Face, rows: Sequence[PriceRow]) -> None:
    for row in rows:
        face.say(
            f"{row.kind:<20}  {_usd(row.usd_per_hour):>8}  {_usd(row.spot_usd_per_hour):>8}  "
            f"{row.where}, {row.source}, {row.as_of}"
        )
    if any(row.spot_usd_per_hour is not None for row in rows):
        face.note("the second price is that of a machine that may be taken away")


def _usd(amount: Decimal | None) -> str:
    return "" if amount is None else f"${amount:.2f}"
