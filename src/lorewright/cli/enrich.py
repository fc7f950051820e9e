"""`lorewright enrich`: check conversations, score them, and lay what trainers need over them."""

from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, counted, face_command, failures, sum_of
from lorewright.errors import Incomplete

if TYPE_CHECKING:
    from lorewright.flows.enriching import Found, Tally
    from lorewright.jobs import Report

EMPTY = (
    "there are no conversations in this workspace: have some written with "
    "`lorewright generate conversations`, or bring some in with `lorewright import FILE`"
)


@click.command()
@click.option(
    "--again", is_flag=True, help="All of them, from the raw text that is kept, with this version."
)
@face_command
def enrich(face: Face, *, again: bool) -> None:
    """Take conversations from their raw text to what a trainer can use.

    Each is read, checked, laid over with persona, arc and topic, scored and kept; one with a
    blocker is kept too, with all that is wrong with it and on which line. Nothing is asked of a
    language model. What is done already is not done again. Each becomes one example, which a
    dataset takes when generation.teacher is `conversations`.

    \b
    Examples:
      lorewright enrich
      lorewright enrich --again --json
    """
    from lorewright.flows.conversation_examples import make_examples
    from lorewright.flows.conversation_plans import own_catalogues
    from lorewright.flows.enriching import enrich_conversations, tally

    own = own_catalogues(face.workspace)
    with face.store() as store:
        with face.progress("enriching") as watch:
            report = enrich_conversations(store, face.settings, again=again, own=own, watch=watch)
        with face.progress("making examples") as watch:
            examples = make_examples(store, face.settings, watch=watch)
        found = tally(store, face.settings)
    _show(face, report, found)
    if examples.requested:
        _show_examples(face, examples)
    face.result(
        "enrich",
        **_told(report, found),
        examples_now={"accepted": examples.accepted, "rejected": dict(examples.rejected)},
    )
    if examples.failed:
        raise examples.failed[0][1]
    if report.failed and face.as_json:
        raise click.exceptions.Exit(3)
    if report.failed:
        raise Incomplete(
            f"{counted(found.open, 'conversation')} could not be enriched; the others are done",
            hint="mend what is said above and run the same command again",
        )


def _show(face: Face, report: "Report", found: "Tally") -> None:
    if not found.conversations:
        face.note(EMPTY)
        return
    now = len(set(report.made))
    face.say(f"{counted(found.conversations, 'conversation')}, {now:,} of them enriched now")
    stopped = sum(found.stopped.values())
    face.say(sum_of("conversation", found.completed, stopped, found.open))
    for state, count in found.stopped.items():
        face.say(f"  {count:>7,}  rejected: {state.replace('_', ' ')}")
    _show_counts(face, found)
    for one in found.shown:
        face.say(_line(one))
    for failed in failures(report):
        face.say(f"failed: {failed['label']}: {failed['sentence']}")
    if found.completed:
        face.note("next: lorewright curate balance")
    if found.shown:
        face.note(f"all of them: lorewright show {found.shown[0].conversation.short}")


def _show_examples(face: Face, examples: "Report") -> None:
    face.say(sum_of("example", examples.accepted, examples.rejected.total(), len(examples.failed)))
    for reason, count in sorted(examples.rejected.items()):
        face.say(f"  {count:>7,}  rejected: {reason.replace('_', ' ')}")


def _show_counts(face: Face, found: "Tally") -> None:
    for head, counts in (
        ("stopped by", found.blockers),
        ("warned of", found.warnings),
        ("repaired", found.repairs),
        ("tier", found.tiers),
    ):
        for name, count in counts.most_common():
            face.say(f"  {count:>7,}  {head} {name}")


def _line(one: "Found") -> str:
    line = f", line {one.line:,}" if one.line else ""
    return f"{one.conversation.short} {one.field}{line}: {one.message} ({one.code})"


def _told(report: "Report", found: "Tally") -> dict[str, Any]:
    return {
        "requested": found.conversations,
        "accepted": found.completed,
        "rejected": found.stopped,
        "failed": found.open,
        "failures": failures(report),
        "enriched_now": len(set(report.made)),
        "states": dict(found.states),
        "blockers": dict(found.blockers.most_common()),
        "warnings": dict(found.warnings.most_common()),
        "repairs": dict(found.repairs.most_common()),
        "tiers": dict(found.tiers),
        "issues": [one._asdict() for one in found.shown],
        "seconds": round(report.took_s, 3),
    }
