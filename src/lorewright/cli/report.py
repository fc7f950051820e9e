"""`lorewright report`: everything on one page."""

from pathlib import Path

import click

from lorewright.cli.face import Face, face_command
from lorewright.flows.reporting import write_report


@click.command()
@click.argument("verdict", required=False)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.")
@click.option("--base", help="The folder of the base model, when it lies outside.")
@face_command
def report(face: Face, verdict: str | None, out: Path | None, base: str | None) -> None:
    """Write the report about VERDICT (the newest by default) as one HTML file.

    The file holds its pictures and needs nothing from elsewhere; it follows the light or dark
    setting of the reader and prints.

    \b
    Examples:
      lorewright report
      lorewright report --out coach.html
    """
    settings = face.settings
    if base is not None:
        chosen = settings.training.model_copy(update={"base": base})
        settings = settings.model_copy(update={"training": chosen})
    with face.store() as store:
        path = write_report(face.workspace, store, settings, name=verdict, out=out)
    face.say(f"report {path}")
    face.result("report", path=str(path))
