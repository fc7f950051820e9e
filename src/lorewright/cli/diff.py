"""`lorewright diff`: what changed between two datasets."""

import click

from lorewright.cli.face import Face, face_command
from lorewright.flows.naming import find
from lorewright.records import Dataset
from lorewright.store import difference


@click.command()
@click.argument("old")
@click.argument("new")
@face_command
def diff(face: Face, old: str, new: str) -> None:
    """Show which examples were added to and taken out of each split from OLD to NEW.

    Only the membership pages that differ are read, whatever the size of the datasets.

    \b
    Example:
      lorewright diff dataset:3fa9 dataset:77c1
    """
    with face.store() as store:
        before, after = find(store, old, Dataset), find(store, new, Dataset)
        changes = list(difference(store, before, after))
    for change in changes:
        face.say(f"{'+' if change.added else '-'} {change.split:<9} {change.example}")
    added = sum(change.added for change in changes)
    face.say(f"{added:,} added, {len(changes) - added:,} taken out")
    face.result("diff", changes=[change._asdict() for change in changes])
