"""`lorewright review`: read examples with their evidence, and decide about them."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from lorewright.cli.face import Face, counted, face_command, in_words, sum_of
from lorewright.cli.review_terminal import Session
from lorewright.errors import Incomplete, LorewrightError, UsageError
from lorewright.flows.feedback import feedback_of
from lorewright.flows.review_queue import Order, Wanted, counts, queue
from lorewright.flows.review_sheets import SheetReport, read_sheet, write_sheet
from lorewright.flows.reviewing import READ, Judged, Judgement, judge, resolve_all
from lorewright.records import Standing, Verb
from lorewright.store import Store

BETTER = "better words"
TAKEN_BACK = "taken back"
ALL = "all"

_A_FILE = click.Path(path_type=Path, dir_okay=False)


def _said(_context: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    return value if value is None else in_words(_context, _param, value)


@click.command()
@click.option("--accept", "accept", multiple=True, metavar="NAME", help="Accept this example.")
@click.option("--reject", "reject", multiple=True, metavar="NAME", help="Reject it; say --why.")
@click.option("--edit", "edit", metavar="NAME", help="Give it other words.")
@click.option("--undo", "undo", multiple=True, metavar="NAME", help="Take the last decision back.")
@click.option("--why", callback=_said, help="The reason; kept with the decision.")
@click.option("--question", callback=_said, help="The new question of an edit.")
@click.option("--answer", callback=_said, help="The new answer of an edit.")
@click.option("--by", callback=_said, help="Who decides; by default the setting `operator`.")
@click.option("--write-sheet", type=_A_FILE, metavar="FILE.csv", help="Write the queue as a table.")
@click.option("--read-sheet", type=_A_FILE, metavar="FILE.csv", help="Decide what a table says.")
@click.option("--status", is_flag=True, help="Only count what is decided and what is not.")
@click.option("--summary", is_flag=True, help="Say what decisions and ratings come to.")
@click.option("--form", metavar="FORM", help="Only examples of this task form.")
@click.option("--document", metavar="NAME", help="Only examples of this document or source.")
@click.option(
    "--only",
    type=click.Choice([ALL, *(standing.value for standing in Standing)]),
    default=Standing.UNREVIEWED.value,
    show_default=True,
    help="Only examples that stand so.",
)
@click.option(
    "--order",
    type=click.Choice([order.value for order in Order]),
    default=Order.DOCUMENT.value,
    show_default=True,
    help="As the words stand, a fair sample, or the least certain first.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Decides a random order.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@face_command
def review(face: Face, **asked: Any) -> None:
    """Read examples beside the words that they rest on: accept, reject, edit, take back.

    At a terminal, one key decides and the next example comes; every decision is kept at once.
    Somebody without an account fills in a sheet instead. Decisions change no example: the next
    `lorewright curate` leaves rejected ones out and takes edited ones in their new words.

    \b
    Examples:
      lorewright review --order random --limit 50
      lorewright review --reject example:3fa9c2 --why "half of the rule is missing"
      lorewright review --edit example:3fa9c2 --answer "Once a week." --why "too long"
      lorewright review --write-sheet review.csv
      lorewright review --read-sheet review.csv --by "Ada Byron"
      lorewright review --summary
    """
    mode = _mode_of(asked)
    with face.store() as store:
        _MODES[mode](face, store, asked)


def _mode_of(asked: dict[str, Any]) -> str:
    """The one thing that is asked for; reading at the terminal when nothing is.

    Raises:
        UsageError: when several are, or a part of it is missing.
    """
    modes = [mode for mode in _MODES if asked.get(mode)] or [_TERMINAL]
    if len(modes) > 1:
        shown = [f"--{mode.replace('_', '-')}" for mode in modes]
        raise UsageError(f"{' and '.join(shown)} are two things", hint="ask for one at a time")
    mode = modes[0]
    words = [name for name in ("question", "answer") if asked[name]]
    if mode == "edit" and not words:
        raise UsageError("an edit needs new words", hint="say --question, --answer or both")
    if mode != "edit" and words:
        raise UsageError(f"--{words[0]} belongs to --edit")
    if mode == "reject" and not asked["why"]:
        raise UsageError("a rejection needs a reason", hint="say it with --why")
    if mode == _TERMINAL and not sys.stdin.isatty():
        raise UsageError(
            "nobody is at a terminal to be asked",
            hint="write a sheet with `lorewright review --write-sheet FILE.csv`, or decide by name "
            "with --accept, --reject, --edit or --undo",
        )
    return mode


def _wanted(store: Store, asked: dict[str, Any]) -> Wanted:
    return Wanted(
        only=None if asked["only"] == ALL else Standing(asked["only"]),
        form=asked["form"],
        document=store.resolve(asked["document"]) if asked["document"] else None,
        order=Order(asked["order"]),
        seed=asked["seed"],
        limit=asked["limit"],
    )


class _ByName(NamedTuple):
    """A decision about examples that are named on the command line."""

    verb: Verb
    why: str
    """When nobody says another."""


_BY_NAME = {
    "accept": _ByName(Verb.ACCEPT, READ),
    "reject": _ByName(Verb.REJECT, ""),
    "edit": _ByName(Verb.EDIT, BETTER),
    "undo": _ByName(Verb.UNDO, TAKEN_BACK),
}


def _decide(face: Face, store: Store, asked: dict[str, Any]) -> None:
    mode, named = next((mode, asked[mode]) for mode in _BY_NAME if asked[mode])
    verb, why = _BY_NAME[mode]
    names = resolve_all(store, [named] if isinstance(named, str) else list(named))
    judgement = Judgement(
        verb, _by(face, asked), asked["why"] or why, asked["question"], asked["answer"]
    )
    judged = [judge(store, name, judgement) for name in dict.fromkeys(names)]
    for one in judged:
        before = " (it was so before)" if one.decision is None else ""
        face.say(f"{one.review.standing}: {one.about.short}{before}")
    face.say(sum_of("decision", len(judged), 0, 0))
    face.result("review", **_told(judged), rejected={}, failed=[])
    face.note("next: lorewright curate")


def _told(judged: list[Judged]) -> dict[str, Any]:
    return {
        "requested": len(judged),
        "accepted": len(judged),
        "done_before": sum(one.decision is None for one in judged),
        "decided": [
            {
                "example": one.about,
                "standing": one.review.standing.value,
                "edited": one.review.edited,
                "decision": one.decision.ref if one.decision else None,
            }
            for one in judged
        ],
    }


def _write(face: Face, store: Store, asked: dict[str, Any]) -> None:
    names = queue(store, face.settings, _wanted(store, asked))
    path: Path = asked["write_sheet"]
    written = write_sheet(face.workspace, store, names, path)
    face.say(f"{counted(written, 'example')} to review in {path}")
    face.result("review", sheet=str(path), examples=written)
    face.note(f"next: fill in the column `verdict`, then lorewright review --read-sheet {path}")


def _read(face: Face, store: Store, asked: dict[str, Any]) -> None:
    path: Path = asked["read_sheet"]
    report = read_sheet(face.workspace, store, path, by=_by(face, asked))
    rejected, failed = len(report.rejected), len(report.failed)
    again = f" ({report.again:,} decided before)" if report.again else ""
    face.say(f"{sum_of('row', len(report.applied), rejected, failed)}{again}")
    if report.open:
        face.say(f"{counted(report.open, 'row')} without a verdict, left as they are")
    for trouble in sorted([*report.rejected, *report.failed]):
        face.say(f"line {trouble.line}: {trouble.name or 'no name'}: {trouble.sentence}")
    face.result(
        "review",
        sheet=str(path),
        **{**_told(report.applied), "requested": len(report.applied) + rejected + failed},
        rejected=dict(report.reasons),
        failed=[trouble._asdict() for trouble in report.failed],
        turned_down=[trouble._asdict() for trouble in report.rejected],
        open=report.open,
    )
    _end_sheet(face, report)


def _end_sheet(face: Face, report: SheetReport) -> None:
    amiss = len(report.rejected) + len(report.failed)
    if not amiss:
        face.note("next: lorewright curate")
        return
    if face.as_json:
        raise click.exceptions.Exit(3 if report.applied else 4)
    hint = "mend the lines named above and read the sheet again; nothing is decided twice"
    if report.applied:
        raise Incomplete(f"{counted(amiss, 'row')} left undecided; the others are done", hint=hint)
    raise LorewrightError("no row of this sheet could be decided", hint=hint)


def _count(face: Face, store: Store, asked: dict[str, Any]) -> None:
    del asked
    found = counts(store, face.settings)
    for standing, number in found.items():
        face.say(f"  {number:>9,}  {standing}")
    values = {standing.value: number for standing, number in found.items()}
    face.result("review", examples=sum(found.values()), **values)


def _summarise(face: Face, store: Store, asked: dict[str, Any]) -> None:
    del asked
    feedback = feedback_of(store)
    for tally in feedback.tallies:
        rated = "" if tally.mean_rating is None else f", mean rating {tally.mean_rating}"
        face.say(
            f"{tally.of} {tally.name}: {tally.accepted:,} accepted, {tally.edited:,} edited, "
            f"{tally.rejected:,} rejected{rated}"
        )
    for sentence, forms in (
        ("ask less for", feedback.avoid_forms),
        ("ask more for", feedback.wanted_forms),
    ):
        if forms:
            face.say(f"{sentence}: {', '.join(forms)}")
    for note in feedback.notes:
        face.say(note)
    if feedback.rejected_chunks:
        face.say(f"{counted(len(feedback.rejected_chunks), 'chunk')} of which all was rejected")
    if not feedback.tallies:
        face.say("nobody has decided about an example or judged one")
    face.result(
        "review",
        avoid_forms=feedback.avoid_forms,
        wanted_forms=feedback.wanted_forms,
        notes=feedback.notes,
        rejected_chunks=feedback.rejected_chunks,
        tallies=[tally._asdict() for tally in feedback.tallies],
    )


def _at_the_terminal(face: Face, store: Store, asked: dict[str, Any]) -> None:
    names = queue(store, face.settings, _wanted(store, asked))
    session = Session(store, names, by=_by(face, asked))
    if not names:
        face.say("there is nothing to review; `--only all` shows what was decided")
    else:
        try:
            session.run()
        finally:
            face.say(session.summary)
    face.result("review", **_told(session.judged), rejected={}, failed=[], left=session.left)


def _by(face: Face, asked: dict[str, Any]) -> str:
    return asked["by"] or face.settings.operator


_TERMINAL = "terminal"

_MODES: dict[str, Callable[[Face, Store, dict[str, Any]], None]] = {
    **dict.fromkeys(_BY_NAME, _decide),
    "write_sheet": _write,
    "read_sheet": _read,
    "status": _count,
    "summary": _summarise,
    _TERMINAL: _at_the_terminal,
}
