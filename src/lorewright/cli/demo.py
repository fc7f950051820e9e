"""`lorewright demo`: the whole story on the sample handbook."""

import shlex
from pathlib import Path

import click

from lorewright.cli.evaluate import show_verdict
from lorewright.cli.face import Face, founding_command
from lorewright.cli.train import training_progress
from lorewright.flows.story import Chapter, tell_story


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="demo")
@founding_command
def demo(face: Face) -> None:
    """Run the whole story on the sample handbook: ingest to report, offline, in FOLDER.

    No key, no GPU and no network are needed. The pocket base model that is made on the spot
    proves the machinery; it does not make a good advisor. Cut off at any point, the same
    command goes on.

    \b
    Example:
      lorewright demo
    """
    face.workspace.make()
    with face.store() as store, training_progress(face) as watch:
        ending = tell_story(
            face.workspace,
            store,
            face.settings,
            on_chapter=lambda chapter: _show(face, chapter),
            watch=watch,
        )
    show_verdict(
        face, ending.verdict, command="demo", report=str(ending.report), example=ending.example
    )
    there = shlex.quote(str(face.workspace.folder))
    face.say(f"report: {ending.report}")
    face.say(f"look closer: lorewright trace {ending.example.short} --workspace {there}")
    face.say(f"check it all: lorewright verify --workspace {there}")


def _show(face: Face, chapter: Chapter) -> None:
    face.note(f"{chapter.verb}: {chapter.sentence} ({chapter.took_s:.1f} s)")
