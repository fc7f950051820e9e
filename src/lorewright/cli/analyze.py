"""`lorewright analyze`: cut documents into typed chunks."""

import click

from lorewright.cli.face import Face, face_command, show_report
from lorewright.flows.documents import analyze_documents


@click.command()
@face_command
def analyze(face: Face) -> None:
    """Cut every document into chunks of four types.

    The sequential layer covers the whole text; instructions, claims with evidence, and
    examples are found by cues and lie over it. A chunk keeps the cue that decided.

    \b
    Example:
      lorewright analyze
    """
    with face.store() as store, face.progress("analyzing") as watch:
        report = analyze_documents(store, face.settings, watch=watch)
        show_report(
            face,
            report,
            made="chunk",
            of="document",
            asked="document",
            next_step="lorewright generate",
        )
