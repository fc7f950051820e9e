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
@click.option(
    "--conversations",
    "talks",
    is_flag=True,
    help="The story of conversations instead: plan, write, enrich, weigh, and counterparts.",
)
@founding_command
def demo(face: Face, *, talks: bool) -> None:
    """Run the whole story on the sample handbook: ingest to report, offline, in FOLDER.

    No key, no GPU and no network are needed. The pocket base model that is made on the spot
    proves the machinery; it does not make a good advisor. Cut off at any point, the same
    command goes on.

    \b
    Examples:
      lorewright demo
      lorewright demo --conversations talks
    """
    face.workspace.make()
    if talks:
        _tell_of_conversations(face)
        return
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


def _tell_of_conversations(face: Face) -> None:
    from lorewright.flows.conversation_story import tell_of_conversations
    from lorewright.generate.conversations import Axis

    with face.store() as store:
        found = tell_of_conversations(
            store, face.settings, on_chapter=lambda chapter: _show(face, chapter)
        )
    there = shlex.quote(str(face.workspace.folder))
    face.say(f"{found.written:,} conversations and {found.controls:,} neutral counterparts")
    for what, command in (
        ("a conversation, turn by turn", f"show {found.example.short}"),
        ("its neutral counterpart", f"show {found.control.short}"),
        ("what its words rest on", f"trace {found.example.short}"),
        ("how they are spread", "curate balance"),
        ("a plan for more", "generate conversations --plan gaps --count 20 --show-plan"),
        ("whether all is intact", "verify"),
    ):
        face.say(f"{what}: lorewright {command} --workspace {there}")
    face.note(
        "rules wrote these, so they are plain; name a language model with --model, and the same "
        "commands write real ones"
    )
    face.result(
        "demo",
        planned=found.planned,
        written=found.written,
        tiers=dict(found.tiers),
        by_arc={key: count.accepted for key, count in found.balance.by(Axis.ARC).items()},
        controls=found.controls,
        example=found.example,
        control=found.control,
    )


def _show(face: Face, chapter: Chapter) -> None:
    face.note(f"{chapter.verb}: {chapter.sentence} ({chapter.took_s:.1f} s)")
