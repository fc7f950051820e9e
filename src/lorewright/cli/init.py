"""`lorewright init`: a workspace with a commented settings file."""

from pathlib import Path

import click

from lorewright.cli.face import Face, face_command
from lorewright.store import Workspace


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@face_command
def init(face: Face, folder: Path) -> None:
    """Make a workspace with a commented settings file.

    FOLDER is made when it is not there; an existing workspace is left as it is.

    \b
    Example:
      lorewright init coach
    """
    workspace = Workspace(folder)
    had_one = workspace.exists()
    workspace.make()
    face.say(
        f"{'there was a workspace already' if had_one else 'made a workspace'} in "
        f"{workspace.folder}"
    )
    face.result("init", folder=str(workspace.folder), made=not had_one)
    face.note(f"next: cd {folder} && lorewright ingest FILE ...")
