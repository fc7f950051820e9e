"""`lorewright status`: what there is and what comes next."""

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.flows.overview import decisions_to_come, next_command
from lorewright.store import withdrawn_sources

STORY = ("source", "document", "chunk", "example", "dataset", "adapter", "verdict", "release")
"""The kinds of records in the order in which they are made."""


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
        verb = next_command(store, face.settings)
        newer = decisions_to_come(store, verb)
    following = f"lorewright {verb}" + (" FILE ..." if verb == "ingest" else "") if verb else None
    face.say(f"workspace {face.workspace.folder}")
    for kind in STORY:
        face.say(f"  {counts.get(kind, 0):>9,}  {kind}")
    rejected = counts.get("rejection", 0)
    face.say(f"  {rejected:>9,}  rejection (each with its reason)")
    if withdrawn:
        face.say(f"  {len(withdrawn):,} of the sources withdrawn")
    if newer:
        newer_ones = f"{counted(newer, 'decision')} about examples"
        face.say(f"  {newer_ones} came after the newest dataset; `lorewright curate` heeds them")
    face.say(f"next: {following}" if following else "the story is told to its end")
    face.result(
        "status",
        workspace=str(face.workspace.folder),
        counts=counts,
        withdrawn=sorted(withdrawn),
        decisions_after_dataset=newer,
        next=following,
    )
