"""`lorewright status`: what there is and what comes next."""

import click

from lorewright.cli.face import Face, face_command
from lorewright.store import withdrawn_sources

STORY = (
    ("source", "lorewright ingest FILE ..."),
    ("document", "lorewright ingest FILE ..."),
    ("chunk", "lorewright analyze"),
    ("example", "lorewright generate"),
    ("dataset", "lorewright curate"),
    ("adapter", "lorewright train"),
    ("verdict", "lorewright evaluate"),
)


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
    following = next(
        (command for kind, command in STORY if not counts.get(kind)), "lorewright report"
    )
    face.say(f"workspace {face.workspace.folder}")
    for kind, _ in STORY:
        face.say(f"  {counts.get(kind, 0):>9,}  {kind}")
    rejected = counts.get("rejection", 0)
    face.say(f"  {rejected:>9,}  rejection (each with its reason)")
    if withdrawn:
        face.say(f"  {len(withdrawn):,} of the sources are withdrawn")
    face.say(f"next: {following}")
    face.result(
        "status",
        workspace=str(face.workspace.folder),
        counts=counts,
        withdrawn=sorted(withdrawn),
        next=following,
    )
