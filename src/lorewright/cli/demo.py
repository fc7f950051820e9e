"""`lorewright demo`: the whole story on the sample handbook."""

from pathlib import Path

import click

from lorewright.cli.evaluate import show_verdict
from lorewright.cli.face import Face, face_command
from lorewright.cli.train import training_progress
from lorewright.flows.story import Chapter, Story
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
        story = Story(workspace, store, here.settings, watch=watch)
        for chapter in story.tell():
            _show(here, chapter)
    show_verdict(here, story.verdict)
    here.say(f"report: {story.report}")
    here.say(f"look closer: lorewright trace {story.example.short} --workspace {folder}")
    here.say(f"check it all: lorewright verify --workspace {folder}")


def _show(face: Face, chapter: Chapter) -> None:
    face.note(f"{chapter.verb}: {chapter.sentence} ({chapter.took_s:.1f} s)")
