"""`lorewright demo`: the whole story on the sample handbook."""

from pathlib import Path

import click

from lorewright.cli.evaluate import show_verdict
from lorewright.cli.face import Face, face_command
from lorewright.cli.train import training_progress
from lorewright.flows.story import Chapter, tell_story
from lorewright.settings import load_settings
from lorewright.store import Workspace


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="demo")
@face_command
def demo(face: Face, folder: Path) -> None:
    """Run the whole story on the sample handbook: ingest to report, offline, in FOLDER.

    No key, no GPU and no network are needed. The pocket base model that is made on the spot
    proves the machinery; it does not make a good advisor. Cut off at any point, the same
    command goes on.

    \b
    Example:
      lorewright demo
    """
    workspace = Workspace(folder)
    workspace.make()
    here = Face(workspace, load_settings(workspace.settings_file), face.as_json, face.quiet)
    with here.store() as store, training_progress(here) as watch:
        ending = tell_story(
            workspace,
            store,
            here.settings,
            on_chapter=lambda chapter: _show(here, chapter),
            watch=watch,
        )
    show_verdict(
        here, ending.verdict, command="demo", report=str(ending.report), example=ending.example
    )
    here.say(f"report: {ending.report}")
    here.say(f"look closer: lorewright trace {ending.example.short} --workspace {folder}")
    here.say(f"check it all: lorewright verify --workspace {folder}")


def _show(face: Face, chapter: Chapter) -> None:
    face.note(f"{chapter.verb}: {chapter.sentence} ({chapter.took_s:.1f} s)")
