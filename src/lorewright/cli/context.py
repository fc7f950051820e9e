"""`lorewright context`: a document, or all of them, seen as a whole."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.cli.teaching import (
    Asked,
    end_account,
    show_account,
    show_quote,
    taught,
    teacher_options,
    told_account,
)
from lorewright.flows.contexts import (
    SeenContext,
    contexts_by_rules,
    draw_context,
    seen_contexts,
    seen_together,
)
from lorewright.records import (
    CONTEXT_PARTS,
    CORPUS_PARTS,
    CorpusContext,
    DocumentContext,
    Evidence,
    QuarantinedPart,
    Relation,
)

if TYPE_CHECKING:
    from lorewright.flows.teaching import Account
    from lorewright.lineage import Ref
    from lorewright.settings import Settings
    from lorewright.store import Store

SHOWN = 12
"""Entries of one part that are printed; `--json` has them all."""
QUOTE = 90
"""Letters of a quote in one line."""


@click.command()
@click.argument("document", required=False)
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw it: a page (.html) or only the graph (.svg).",
)
@click.option("--ask", is_flag=True, help="Have the language model read it, or them, first.")
@teacher_options
@face_command
def context(
    face: Face, document: str | None, *, picture: Path | None, ask: bool, **asked: Any
) -> None:
    """Show what is known about DOCUMENT as a whole: themes, terms, people, relations, voice.

    What a teacher said comes first; without one, what can be counted is shown, and the rest is
    open with its reason. Without DOCUMENT all documents are listed, with what is known about
    them together. With `--ask` a language model reads them before that, part by part, and what
    it says counts with quotes that are found.

    \b
    Examples:
      lorewright context
      lorewright context --ask --estimate
      lorewright context --ask --max-cost 0.50
      lorewright context document:3fa9c2
      lorewright context document:3fa9c2 --picture whole.html
    """
    options = Asked(**asked)
    settings = _checked(face, options) if ask else face.settings
    with face.store() as store:
        chosen = None if document is None else [store.resolve(document)]
        account = _ask(face, store, settings, chosen, options) if ask else None
        if options.estimate:
            return
        with face.progress("seeing documents as wholes") as watch:
            report = contexts_by_rules(store, settings, chosen, watch=watch)
        for _, error in report.failed:
            raise error
        seen = seen_contexts(store, settings, chosen)
        found = seen[0].context if len(seen) == 1 else seen_together(store, seen)
        lines = [*lines_of(found)] if found else []
        path = None if picture is None else draw_context(
            face.workspace, store, settings, found, picture
        )  # fmt: skip
    _say(face, seen, [*lines, *([f"picture {path}"] if path else [])])
    face.result(
        "context",
        contexts=[_told(one) for one in seen],
        content=found and {"name": found.ref, **found.model_dump(mode="json")},
        picture=path and str(path),
        taught=account and told_account(account, made=DocumentContext.kind, under="contexts"),
    )
    if account is not None:
        end_account(face, account, "lorewright generate pairs")


def _checked(face: Face, options: Asked) -> "Settings":
    """The settings that are meant.

    Raises:
        UsageError: when the language model may not be asked; better now than later.
    """
    from lorewright.flows.teaching import refuse_without_limit

    settings = options.settings(face)
    if not options.estimate:
        refuse_without_limit(settings, options.allowed())
    return settings


def _ask(
    face: Face, store: "Store", settings: "Settings", chosen: "list[Ref] | None", options: Asked
) -> "Account | None":
    """Have the language model read; None when it was only to be said what that would take."""
    from lorewright.flows.teacher_works import CONTEXT, WholeChoice, told
    from lorewright.flows.teaching import Quote

    choice = WholeChoice(documents=tuple(chosen) if chosen else None, draw=options.draw)
    account = taught(face, store, settings, options, work=CONTEXT, choice=told(choice))
    if isinstance(account, Quote):
        show_quote(face, account, "context")
        return None
    show_account(face, account, made=DocumentContext.kind, called="context")
    return account


def _say(face: Face, seen: Sequence[SeenContext], lines: Iterable[str]) -> None:
    if len(seen) > 1:
        for one in seen:
            face.say(f"{one.document.short}  {one.title}")
            face.say(f"    {one.context.ref.short}  {summary(one.context)}")
    for line in lines:
        face.say(line)


def summary(found: DocumentContext) -> str:
    """One line about a context."""
    parts = (("theme", found.themes), ("term", found.terms), ("person", found.people))
    told = [counted(len(some), name) for name, some in parts if some is not None]
    ties = [] if found.relations is None else [counted(len(found.relations), "relation")]
    return f"by {found.teacher}: {', '.join([counted(found.chunks, 'chunk'), *told, *ties])}"


def lines_of(found: DocumentContext | CorpusContext) -> Iterator[str]:
    """What is known, part by part, with the words that it rests on."""
    yield f"{found.ref.short}  by {found.teacher}"
    parts = CONTEXT_PARTS if isinstance(found, DocumentContext) else CORPUS_PARTS
    for part in parts:
        reason = found.reason_for(part)
        if reason is not None:
            yield f"{part}: not known ({reason})"
            continue
        lines = [*_lines_of_part(found, part)]
        yield f"{part}:" if lines else f"{part}: none"
        yield from (f"  {line}" for line in lines[:SHOWN])
        if len(lines) > SHOWN:
            yield f"  and {len(lines) - SHOWN:,} more"
    pairs = found.pairs
    yield (
        f"{counted(pairs.found, 'pair')} of chunks that share rare words = {pairs.related:,} "
        f"related + {pairs.unrelated:,} unrelated + {pairs.failed:,} failed + "
        f"{pairs.left_out:,} left out"
    )
    yield from map(_turned_down, found.quarantined)
    if isinstance(found, DocumentContext) and found.unread:
        yield f"{counted(sum(one.chunks for one in found.unread), 'chunk')} could not be read"


def _lines_of_part(found: DocumentContext | CorpusContext, part: str) -> Iterator[str]:
    quoted = [_quote(one) for one in found.evidence]
    match found, part:
        case _, "relations":
            yield from (_relation(one, quoted) for one in found.relations or ())
        case DocumentContext(), _:
            yield from _OF_A_DOCUMENT[part](found, quoted)
        case CorpusContext(), "themes":
            for theme in found.themes or ():
                documents = counted(len(found.documents_of(theme.evidence)), "document")
                yield f"{theme.name} (in {documents}): {quoted[theme.evidence[0]]}"
        case CorpusContext(), _:
            for term in found.terms or ():
                yield f"{term.term}: {term.difference}"


def _themes(found: DocumentContext, quoted: list[str]) -> Iterator[str]:
    for one in found.themes or ():
        yield f"{one.weight:>6.1%}  {one.name}: {quoted[one.evidence[0]]}"


def _terms(found: DocumentContext, quoted: list[str]) -> Iterator[str]:
    for one in found.terms or ():
        at = one.places[0] if one.definition is None else one.definition
        yield f"{one.uses:>6,}  {one.term}: {quoted[at]}"


def _people(found: DocumentContext, quoted: list[str]) -> Iterator[str]:
    for one in found.people or ():
        role = f", {one.role}" if one.role else ""
        yield f"{one.mentions:>6,}  {one.name}{role}: {quoted[one.evidence[0]]}"


def _voice(found: DocumentContext, quoted: list[str]) -> Iterator[str]:
    for one in found.voice or ():
        yield f"{one.weight:>6.1%}  {one.trait}: {quoted[one.evidence[0]]}"


def _expertise(found: DocumentContext, quoted: list[str]) -> Iterator[str]:
    if found.expertise:
        yield f"{found.expertise.level}: {found.expertise.why}"
        yield from (quoted[at] for at in found.expertise.evidence)


def _complexity(found: DocumentContext, quoted: list[str]) -> Iterator[str]:
    del quoted
    if found.complexity:
        bands = (f"{one.chunks:,} {one.name}" for one in found.complexity.readability)
        yield f"readability of chunks: {', '.join(bands)}"
        levels = (f"{one.chunks:,} {one.level}" for one in found.complexity.difficulty)
        unknown = found.complexity.unknown_difficulty
        yield f"difficulty of chunks: {', '.join(levels)}, {unknown:,} not known"


_OF_A_DOCUMENT: dict[str, Callable[[DocumentContext, list[str]], Iterator[str]]] = {
    "themes": _themes,
    "terms": _terms,
    "people": _people,
    "voice": _voice,
    "expertise": _expertise,
    "complexity": _complexity,
}


def _relation(one: Relation, quoted: list[str]) -> str:
    sides = f"{quoted[one.source_evidence[0]]} / {quoted[one.target_evidence[0]]}"
    return f"{one.source.short} {one.relation.replace('_', ' ')} {one.target.short}: {sides}"


def _quote(one: Evidence) -> str:
    flat = " ".join(one.quote.split())
    short = flat if len(flat) <= QUOTE else f"{flat[: QUOTE - 1]}\N{HORIZONTAL ELLIPSIS}"
    return f'"{short}" {one.start}-{one.end}'


def _turned_down(one: QuarantinedPart) -> str:
    return f"{one.count:>7,}  {one.part}: {one.reason.replace('_', ' ')}"


def _told(one: SeenContext) -> dict[str, object]:
    return {
        "document": one.document,
        "title": one.title,
        "context": one.context.ref,
        "teacher": one.context.teacher,
    }
