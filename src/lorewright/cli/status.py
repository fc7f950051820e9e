"""`lorewright status`: what there is and what comes next."""

from collections.abc import Mapping

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.cli.run import in_short
from lorewright.flows.adapter_versions import states
from lorewright.flows.overview import decisions_to_come, next_command
from lorewright.records import AdapterState
from lorewright.settings import CONVERSATIONS
from lorewright.store import withdrawn_sources
from lorewright.store.run_views import RunState, run_views

STORY = (
    "source", "document", "chunk", "example", "conversation", "dataset", "adapter", "verdict",
    "release",
)  # fmt: skip
"""The kinds of records in the order in which they are made."""

UNFINISHED = frozenset(RunState) - {RunState.COMPLETED, RunState.PARTIAL, RunState.CANCELLED}
"""How a run stands that has something left to do."""


@click.command()
@face_command
def status(face: Face) -> None:
    """Show what the workspace holds and which command comes next.

    \b
    Example:
      lorewright status
    """
    with face.store() as store:
        counts = store.counts()
        withdrawn = withdrawn_sources(store)
        decided = states(store)
        verb = next_command(store, face.settings)
        newer = decisions_to_come(store, verb)
        unfinished = [view for view in run_views(store) if view.state in UNFINISHED]
    following = f"lorewright {verb}" + (" FILE ..." if verb == "ingest" else "") if verb else None
    face.say(f"workspace {face.workspace.folder}")
    for kind in STORY:
        face.say(f"  {counts.get(kind, 0):>9,}  {kind}")
    rejected = counts.get("rejection", 0)
    face.say(f"  {rejected:>9,}  rejection (each with its reason)")
    if withdrawn:
        face.say(f"  {len(withdrawn):,} of the sources withdrawn")
    if decided[AdapterState.APPROVED] or decided[AdapterState.RETIRED]:
        approved, retired = decided[AdapterState.APPROVED], decided[AdapterState.RETIRED]
        face.say(f"  {approved:,} of the adapters approved, {retired:,} retired")
    _say_proofs(face, counts)
    if newer:
        newer_ones = f"{counted(newer, 'decision')} about examples"
        face.say(f"  {newer_ones} came after the newest dataset; `lorewright curate` heeds them")
    for view in unfinished:
        face.say(f"  run {view.run} is {view.state}: {in_short(view)}; `lorewright run show` it")
    if counts.get("conversation"):
        face.say("  `lorewright curate balance` shows how conversations are spread")
        if not face.settings.generation.takes(CONVERSATIONS):
            face.say('  datasets take them when generation.teacher is "conversations"')
    face.say(f"next: {following}" if following else "the story is told to its end")
    face.result(
        "status",
        workspace=str(face.workspace.folder),
        counts=counts,
        withdrawn=sorted(withdrawn),
        decisions_after_dataset=newer,
        runs=[
            {"run": view.run, "state": view.state, "done": view.counts.done, "pieces": view.pieces}
            for view in unfinished
        ],
        next=following,
    )


def _say_proofs(face: Face, counts: Mapping[str, int]) -> None:
    """What was evaluated on scenarios, where anything was."""
    if locks := counts.get("evaluation_lock"):
        proofs = counts.get("proof", 0)
        face.say(f"  {counted(locks, 'evaluation')} locked, {counted(proofs, 'proof')}")
