"""`lorewright import`: bring in conversations from training files."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, counted, face_command, sum_of
from lorewright.cli.ingest import files_and_terms
from lorewright.errors import Incomplete, LorewrightError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lorewright.flows.conversation_files import Brought, Complaint, Imported

SHOWN = 3
"""Issues with one code that a screen shows; `--json` tells more of them."""


@click.command("import")
@files_and_terms
@face_command
def import_files(face: Face, paths: tuple[Path, ...], licence: str, origin: str | None) -> None:
    """Bring in conversations from training files.

    Files in the formats brightrun-lora-v4 and v5 are read, as JSON or as JSONL with one pair a
    line, of any size. Every conversation is kept letter by letter, then repaired, checked and
    scored; what was repaired and what is wrong is told with its line. What cannot be used is
    counted with its reason and hinders nothing else. The same file again changes nothing.
    Outside a workspace, one is made here.

    \b
    Examples:
      lorewright import talks.json --licence CC-BY-4.0
      lorewright import old/*.jsonl --origin "https://example.org/talks"
      lorewright import talks.json --json
    """
    from lorewright.flows.conversation_files import import_conversations
    from lorewright.flows.conversation_plans import own_catalogues
    from lorewright.flows.source_files import Terms

    if not face.workspace.exists():
        face.workspace.make()
        face.note(f"made a workspace in {face.workspace.folder}")
    with face.store() as store, face.progress("importing", _bytes_in(paths)) as watch:
        brought = import_conversations(
            paths,
            store=store,
            settings=face.settings,
            terms=Terms(licence, origin),
            own=own_catalogues(face.workspace),
            watch=watch,
        )
    for one in brought.files:
        _show(face, one)
    if len(brought.files) + len(brought.unreadable) > 1:
        _show_sum(face, brought)
    face.result("import", **_told(brought))
    _end(face, brought)


def _bytes_in(paths: tuple[Path, ...]) -> int:
    total = 0
    for path in paths:
        with contextlib.suppress(OSError):  # a file that is gone is reported when it is read
            total += path.stat().st_size
    return total


def _show(face: Face, one: "Imported") -> None:
    face.say(f"{one.path.name}: {counted(one.conversations, 'conversation')}, {one.form.value}")
    face.say(sum_of("conversation", one.accepted, one.rejected.total(), one.failed))
    for reason, count in one.rejected.most_common():
        face.say(f"  {count:>7,}  rejected: {reason.replace('_', ' ')}")
    if one.is_known:
        face.say("all of it was here already, and nothing was changed")
    for head, counts in (
        ("repaired", one.tally.values),
        ("conversations stopped by", one.tally.blockers),
        ("conversations warned of", one.tally.warnings),
        ("tier", one.tally.tiers),
    ):
        for name, count in counts.most_common():
            face.say(f"  {count:>7,}  {head} {name}")
    shown = list(_first_of_each(one.complaints))
    for told in shown:
        face.say(_line(told))
    if more := len(one.complaints) - len(shown):
        face.say(f"  and {counted(more, 'more issue')} like these; --json lists them")
    for label, error in one.failures:
        face.say(f"failed: {label}: {error.sentence}")


def _first_of_each(complaints: "list[Complaint]") -> "Iterator[Complaint]":
    """The first of every code, blockers before warnings."""
    so_far: dict[str, int] = {}
    for told in sorted(complaints, key=lambda one: one.severity != "blocker"):
        so_far[told.code] = so_far.get(told.code, 0) + 1
        if so_far[told.code] <= SHOWN:
            yield told


def _line(told: "Complaint") -> str:
    place = f" {told.field}" if told.field else ""
    name = f" {told.conversation.short}" if told.conversation else ""
    return f"line {told.line:,}{name}{place}: {told.message} ({told.code})"


def _show_sum(face: Face, brought: "Brought") -> None:
    of_all = (
        sum(one.accepted for one in brought.files),
        sum(one.rejected.total() for one in brought.files),
        sum(one.failed for one in brought.files),
    )
    face.say(f"{counted(len(brought.files), 'file')} in all")
    face.say(sum_of("conversation", *of_all))
    for path, error in brought.unreadable:
        face.say(f"failed: {path}: {error.sentence}")
        if error.hint:
            face.say(f"        {error.hint}")


def _told(brought: "Brought") -> dict[str, Any]:
    rejected: dict[str, int] = {}
    for one in brought.files:
        for reason, count in one.rejected.items():
            rejected[reason] = rejected.get(reason, 0) + count
    return {
        "requested": sum(one.requested for one in brought.files),
        "accepted": sum(one.accepted for one in brought.files),
        "rejected": rejected,
        "failed": sum(one.failed for one in brought.files),
        "files": [_file(one) for one in brought.files],
        "unreadable": [
            {
                "path": str(path),
                "error": type(error).__name__,
                "sentence": error.sentence,
                "where": error.where,
                "hint": error.hint,
            }
            for path, error in brought.unreadable
        ],
    }


def _file(one: "Imported") -> dict[str, Any]:
    return {
        "path": str(one.path),
        "source": one.source,
        "format": one.form.value,
        "requested": one.requested,
        "accepted": one.accepted,
        "rejected": dict(one.rejected.most_common()),
        "failed": one.failed,
        "failures": [{"label": label, "sentence": error.sentence} for label, error in one.failures],
        "conversations": one.conversations,
        "new": one.new,
        "enriched_now": one.enriched,
        "repairs": dict(one.tally.values.most_common()),
        "blockers": dict(one.tally.blockers.most_common()),
        "warnings": dict(one.tally.warnings.most_common()),
        "tiers": dict(one.tally.tiers.most_common()),
        "issues": [told._asdict() for told in one.complaints],
    }


def _end(face: Face, brought: "Brought") -> None:
    failed = sum(one.failed for one in brought.files)
    if not failed and not brought.unreadable:
        face.note("next: lorewright show CONVERSATION, or lorewright curate balance")
        return
    if face.as_json:
        raise click.exceptions.Exit(3 if brought.files else 4)
    if brought.files:
        raise Incomplete(
            f"{counted(failed, 'conversation')} and {counted(len(brought.unreadable), 'file')} "
            "could not be brought in; the others are done",
            hint="mend what is said above and run the same command again",
        )
    if len(brought.unreadable) == 1:
        raise brought.unreadable[0][1]
    raise LorewrightError(
        f"none of the {counted(len(brought.unreadable), 'file')} could be brought in",
        hint="mend what is said above and run the same command again",
    )
