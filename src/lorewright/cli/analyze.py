"""`lorewright analyze`: cut documents into typed chunks, and describe them."""

from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, counted, face_command, failures, show_report, sum_of
from lorewright.cli.teaching import (
    Asked,
    end_account,
    show_account,
    show_quote,
    taught,
    teacher_options,
    told_account,
)
from lorewright.errors import Incomplete
from lorewright.flows.analyses import describe_documents
from lorewright.flows.documents import analyze_documents
from lorewright.jobs import Report
from lorewright.records import Categorisation, Chunk, ChunkAnalysis

if TYPE_CHECKING:
    from lorewright.flows.teacher_analyses import AnalysisChoice
    from lorewright.settings import Settings
    from lorewright.store import Store

NEXT = "lorewright generate"
AGAIN = "the same command again; it goes on from there"


@click.command()
@click.option("--rules", is_flag=True, help="By rules alone, also when a language model is set.")
@click.option(
    "--template",
    "templates",
    multiple=True,
    metavar="TEMPLATE",
    help="Ask only with this prompt, such as risk_assessment; may be given several times.",
)
@click.option(
    "--chunk",
    "chunks",
    multiple=True,
    metavar="CHUNK",
    help="Ask only about this chunk; may be given several times.",
)
@teacher_options
@face_command
def analyze(
    face: Face, *, rules: bool, templates: tuple[str, ...], chunks: tuple[str, ...], **asked: Any
) -> None:
    """Cut every document into chunks of four types, and say what is known about each.

    The sequential layer covers the whole text; instructions, claims with evidence, and
    examples are found by cues and lie over it. A chunk keeps the cue that decided. Then rules
    fill the dimensions of each chunk and the categories of each document, as far as they were
    measured to agree with a reader; the rest stays open, with the reason.

    When a language model is set or named, it is asked about every chunk after that. What it
    says about the text counts only with a quote that is found there.

    \b
    Examples:
      lorewright analyze
      lorewright analyze --estimate
      lorewright analyze --max-cost 0.50
      lorewright analyze --template risk_assessment --again 1 --max-cost 0.10
    """
    from lorewright.flows.teacher_works import ANALYSIS, told
    from lorewright.flows.teaching import Quote

    options = Asked(**asked)
    settings, teaches = _checked(face, options, rules=rules)
    with face.store() as store:
        with face.progress("analyzing") as watch:
            report = analyze_documents(store, settings, watch=watch)
        with face.progress("describing") as watch:
            described = describe_documents(store, settings, watch=watch)
        account = None
        if options.estimate or (teaches and not report.failed and not described.failed):
            choice = told(_choice(store, chunks, templates, options))
            account = taught(face, store, settings, options, work=ANALYSIS, choice=choice)
        if isinstance(account, Quote):
            show_quote(face, account, "analyze")
            return
        more = {"described": _told(described)}
        if account is not None:
            more["taught"] = told_account(account, made=ChunkAnalysis.kind, under="analyses")
        show_report(
            face,
            report,
            made=Chunk.kind,
            of="document",
            asked="document",
            next_step=NEXT if account is None or account.is_whole else AGAIN,
            more=more,
        )
    _show(face, described)
    if account is not None:
        show_account(face, account, made=ChunkAnalysis.kind, called="chunk description")
        end_account(face, account, NEXT)


def _checked(face: Face, options: Asked, *, rules: bool) -> tuple["Settings", bool]:
    """The settings that are meant, and whether a language model is to be asked.

    Raises:
        UsageError: when it may not be asked; better now than after everything else.
    """
    settings = options.settings(face)
    teaches = settings.teacher.model is not None and not rules
    if teaches and not options.estimate:
        from lorewright.flows.teaching import refuse_without_limit

        refuse_without_limit(settings, options.allowed())
    return settings, teaches


def _choice(
    store: "Store", chunks: tuple[str, ...], templates: tuple[str, ...], options: Asked
) -> "AnalysisChoice":
    from lorewright.flows.naming import find
    from lorewright.flows.teacher_analyses import AnalysisChoice

    named = tuple(find(store, one, Chunk).ref for one in chunks)
    return AnalysisChoice(chunks=named or None, templates=templates or None, draw=options.draw)


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
