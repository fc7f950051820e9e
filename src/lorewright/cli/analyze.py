"""`lorewright analyze`: cut documents into typed chunks, and describe them."""

from typing import Any

import click

from lorewright.cli.face import Face, counted, face_command, failures, show_report, sum_of
from lorewright.errors import Incomplete
from lorewright.flows.analyses import describe_documents
from lorewright.flows.documents import analyze_documents
from lorewright.jobs import Report
from lorewright.records import Categorisation, ChunkAnalysis


@click.command()
@face_command
def analyze(face: Face) -> None:
    """Cut every document into chunks of four types, and say what is known about each.

    The sequential layer covers the whole text; instructions, claims with evidence, and
    examples are found by cues and lie over it. A chunk keeps the cue that decided. Then rules
    fill the dimensions of each chunk and the categories of each document, as far as they were
    measured to agree with a reader; the rest stays open, with the reason.

    \b
    Example:
      lorewright analyze
    """
    with face.store() as store:
        with face.progress("analyzing") as watch:
            report = analyze_documents(store, face.settings, watch=watch)
        with face.progress("describing") as watch:
            described = describe_documents(store, face.settings, watch=watch)
        show_report(
            face,
            report,
            made="chunk",
            of="document",
            asked="document",
            next_step="lorewright generate",
            more={"described": _told(described)},
        )
    _show(face, described)


def _told(described: Report) -> dict[str, Any]:
    failed = failures(described)
    return {
        "analyses": _count(described, ChunkAnalysis.kind),
        "categorisations": _count(described, Categorisation.kind),
        "requested": described.pieces,
        "accepted": described.pieces - len(failed),
        "rejected": {},
        "failed": failed,
        "done_before": described.again,
        "seconds": round(described.took_s, 3),
    }


def _show(face: Face, described: Report) -> None:
    analyses = _count(described, ChunkAnalysis.kind)
    categorised = _count(described, Categorisation.kind)
    failed = len(described.failed)
    again = f" ({described.again:,} pieces of work done before)" if described.again else ""
    what = counted(analyses, "chunk")
    face.say(f"{what} described, {counted(categorised, 'document')} categorised{again}")
    face.say(sum_of("description", described.pieces - failed, 0, failed))
    for one in failures(described):
        face.say(f"failed: {one['label']}: {one['sentence']}")
    if failed and face.as_json:
        raise click.exceptions.Exit(3)
    if failed:
        raise Incomplete(
            f"{failed:,} of {counted(described.pieces, 'description')} failed; the others are done",
            hint="mend what is said above and run the same command again",
        )


def _count(described: Report, kind: str) -> int:
    return len({ref for ref in described.made if ref.kind == kind})
