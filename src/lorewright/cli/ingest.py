"""`lorewright ingest`: read files into documents."""

import contextlib
from pathlib import Path

import click

from lorewright.cli.face import Face, face_command, show_report
from lorewright.flows.documents import files_in, ingest_files
from lorewright.records import UNKNOWN_LICENCE


@click.command()
@click.argument(
    "paths", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE..."
)
@click.option(
    "--licence",
    default=UNKNOWN_LICENCE,
    show_default=True,
    help="The licence of these files, as an SPDX identifier where there is one.",
)
@face_command
def ingest(face: Face, paths: tuple[Path, ...], licence: str) -> None:
    """Read Markdown, text and HTML files, or folders of them, into documents.

    A file that cannot be read is named with the reason, and the others go on. The same file
    is read once, however often it is named. Outside a workspace, one is made here.

    \b
    Examples:
      lorewright ingest handbook.md
      lorewright ingest notes/ --licence CC-BY-4.0
    """
    if not face.workspace.exists():
        face.workspace.make()
        face.note(f"made a workspace in {face.workspace.folder}")
    with face.store() as store, face.progress("reading", _bytes_in(paths)) as watch:
        report = ingest_files(files_in(paths), store=store, licence=licence, watch=watch)
        show_report(face, report, made="document", of="file", next_step="lorewright analyze")


def _bytes_in(paths: tuple[Path, ...]) -> int:
    """The size of all files together, as far as it can be told beforehand."""
    total = 0
    for path in files_in(paths):
        with contextlib.suppress(OSError):  # a file that is gone is reported when it is read
            total += path.stat().st_size
    return total
