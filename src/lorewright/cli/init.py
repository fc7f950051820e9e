"""`lorewright init`: a workspace with a commented settings file."""

import shlex
from pathlib import Path

import click

from lorewright.cli.face import Face, founding_command


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@founding_command
def init(face: Face) -> None:
    """Make a workspace with a commented settings file.

    FOLDER is made when it is not there; an existing workspace is left as it is.

    \b
    Example:
      lorewright init coach
    """
    workspace = face.workspace
    had_one = workspace.exists()
    workspace.make()
    did = "there was a workspace already" if had_one else "made a workspace"
    face.say(f"{did} in {workspace.folder}")
    face.result("init", folder=str(workspace.folder), made=not had_one)
    there = "" if workspace.folder == Path.cwd() else f"cd {shlex.quote(str(workspace.folder))} && "
    face.note(f"next: {there}lorewright ingest FILE ...")
