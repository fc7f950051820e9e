"""`lorewright ingest`: read files into documents."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import click

from lorewright.cli.face import Face, counted, face_command, in_words, show_report
from lorewright.errors import UsageError
from lorewright.flows.documents import ingest_files
from lorewright.flows.files import files_in
from lorewright.records import UNKNOWN_LICENCE


def in_words_if_any(
    context: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    """The same as `in_words` for an option that may be left out."""
    return None if value is None else in_words(context, param, value)


def files_and_terms(command: Callable[..., None]) -> Callable[..., None]:
    """What every command asks that brings in files: which, their licence, where they are from."""
    for ask in (
        click.option(
            "--origin",
            callback=in_words_if_any,
            help="Where these files are from: an address, or a few words.",
        ),
        click.option(
            "--licence",
            callback=in_words,
            default=UNKNOWN_LICENCE,
            show_default=True,
            help="The licence of these files, as an SPDX identifier where there is one.",
        ),
        click.argument(
            "paths", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE..."
        ),
    ):
        command = ask(command)
    return command


@click.command()
@files_and_terms
@face_command
def ingest(face: Face, paths: tuple[Path, ...], licence: str, origin: str | None) -> None:
    """Read files, or folders of them, into documents.

    PDF, DOCX, EPUB, HTML, Markdown, plain text, and transcripts as WebVTT or SRT are read; so is
    what a plug-in reads. A file that cannot be read is named with the reason, and the others go
    on. The same file is read once, however often it is named. Hidden files, and what a workspace
    keeps for itself, are left out of a folder. Outside a workspace, one is made here.

    \b
    Examples:
      lorewright ingest handbook.pdf
      lorewright ingest notes/ --licence CC-BY-4.0
      lorewright ingest talk.vtt --origin "https://example.org/talks/7"
    """
    files = list(files_in(paths))
    if not files:
        raise UsageError(
            "there are no files in this folder",
            where=", ".join(map(str, paths)),
            hint="name a file, or a folder that holds some; names that begin with a dot, and what "
            "a workspace keeps for itself, are left out",
        )
    if not face.workspace.exists():
        face.workspace.make()
        face.note(f"made a workspace in {face.workspace.folder}")
    with face.store() as store, face.progress("reading", _bytes_in(files)) as watch:
        report = ingest_files(files, store=store, licence=licence, origin=origin, watch=watch)
        if origin and report.again:
            face.note(
                f"{counted(report.again, 'file')} had been read before and kept what was known "
                "of the origin"
            )
        show_report(
            face,
            report,
            made="document",
            of="file",
            asked="file",
            next_step="lorewright analyze",
        )


def _bytes_in(files: list[Path]) -> int:
    """The size of all files together, as far as it can be told beforehand."""
    total = 0
    for path in files:
        with contextlib.suppress(OSError):  # a file that is gone is reported when it is read
            total += path.stat().st_size
    return total
