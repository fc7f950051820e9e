"""What `lorewright export` does with conversations: the order, the writing, the account."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lorewright.cli.face import Face, counted
from lorewright.errors import Refused

if TYPE_CHECKING:
    from lorewright.flows.conversation_export import Exported
    from lorewright.flows.training_files import TrainingFile

SHOWN = 5
"""Conversations that are left out, and differences, that people are shown."""
CHOSEN_AWAY = {"not_chosen", "control", "original"}
"""Left out because others were asked for; these are counted and not listed."""


KINDS_OF_CHANGE = ("added", "removed", "changed")


class Options(NamedTuple):
    """What the options say of conversations."""

    format: str
    name: str
    raw: bool
    header: bool
    check: bool
    out: Path | None
    personas: tuple[str, ...]
    arcs: tuple[str, ...]
    topics: tuple[str, ...]
    tiers: tuple[str, ...]
    consultants: tuple[str, ...]
    reviewed: bool
    controls: bool


def export_to_file(face: Face, options: Options) -> None:
    """Write conversations, and say what became of every one.

    Raises:
        Refused: when the file was read back and differs from the records.
    """
    from lorewright.flows.conversation_choice import Wanted
    from lorewright.flows.conversation_export import Order, export_conversations

    wanted = Wanted(
        personas=frozenset(options.personas),
        arcs=frozenset(options.arcs),
        topics=frozenset(options.topics),
        consultants=frozenset(options.consultants),
        tiers=frozenset(options.tiers),
        reviewed=options.reviewed,
        controls=options.controls,
    )
    order = Order(
        options.format,
        name=options.name,
        wanted=wanted,
        raw=options.raw,
        header=options.header,
        check=options.check,
        folder=options.out,
    )
    with face.store() as store:
        made = export_conversations(face.workspace, store, face.settings, order)
    _show(face, made)
    face.result("export", **_told(made, options.name))
    if made.differences:
        raise Refused(
            f"the file was read back and says {len(made.differences):,} things otherwise than "
            "the records",
            where=str(made.path),
            hint="--json lists them all; do not train on the file",
        )


def _show(face: Face, made: "Exported") -> None:
    face.say(f"{counted(made.written, 'conversation')} in {made.path}")
    left_out = len(made.left_out)
    face.say(
        f"{counted(made.requested, 'conversation')} = {made.written:,} written + "
        f"{left_out:,} left out"
    )
    for reason, count in made.reasons.items():
        face.say(f"  {count:>7,}  {reason.replace('_', ' ')}")
    listed = [one for one in made.left_out if one.reason not in CHOSEN_AWAY]
    for one in listed[:SHOWN]:
        face.say(f"  left out: {one.conversation.short} {one.conversation_id}: {one.detail}")
    for line in _file(made):
        face.say(line)
    if made.pairs is not None and len(made.consultants) > 1:
        face.note(
            f"{', '.join(made.consultants)} speak in it, and the file shows {made.consultants[0]}; "
            "--consultant KEY writes one at a time"
        )


def _file(made: "Exported") -> Iterator[str]:
    """What there is to say about the file itself."""
    if made.pairs is not None:
        yield counted(made.pairs, "training pair")
    if made.version:
        yield _version(made.version)
    if made.unanswered:
        yield f"left out at the end: {counted(made.unanswered, 'turn')} that nobody answers"
    if made.renamed_ids:
        yield f"renamed: {counted(made.renamed_ids, 'pair')} that had the id of another"
    if made.differences is not None:
        yield f"read back: {counted(len(made.differences), 'difference')}"
        for one in made.differences[:SHOWN]:
            yield f"  {one.conversation} {one.field}: {one.first} in the file, {one.second} here"


def _version(version: "TrainingFile") -> str:
    head = f"{version.name}, version {version.version} of {version.last_updated}"
    if not version.before:
        return head
    changes = (
        f"{count:,} {kind}" + (f" ({', '.join(shown)}{more})" if shown else "")
        for kind in KINDS_OF_CHANGE
        for count in [version.changes[kind]]
        for shown in [version.shown[kind]]
        for more in [" and more" if count > len(shown) else ""]
    )
    return f"{head}: {', '.join(changes)} since version {version.version - 1}"


def _told(made: "Exported", name: str) -> dict[str, Any]:
    version = made.version
    return {
        "format": made.format,
        "name": name,
        "version": version.version if version else None,
        "changes": version.changes if version else None,
        "changed_ids": version.shown if version else None,
        "path": str(made.path),
        "lineage": str(made.lineage),
        "requested": made.requested,
        "written": made.written,
        "left_out": made.reasons,
        "left_out_conversations": [
            one._asdict() for one in made.left_out if one.reason not in CHOSEN_AWAY
        ],
        "pairs": made.pairs,
        "unanswered": made.unanswered,
        "renamed_ids": made.renamed_ids,
        "consultants": list(made.consultants),
        "differences": None
        if made.differences is None
        else [one._asdict() for one in made.differences],
    }
