"""`lorewright jobs`: training jobs, looked at and steered."""

from collections.abc import Sequence
from typing import Any

import click

from lorewright.cli.face import Face, face_command
from lorewright.cli.job_lines import in_short, in_words, place_in_words
from lorewright.cli.job_options import job_options, with_limits
from lorewright.cli.job_screen import watching_jobs
from lorewright.cli.train import show_trained, training_progress
from lorewright.flows.destinations import NONE_YET
from lorewright.flows.job_words import job_told
from lorewright.flows.place_checks import PlaceCheck, check_places
from lorewright.flows.training import see_through
from lorewright.flows.training_jobs import (
    JobView,
    cancel_jobs,
    history_of,
    left_by,
    newest_views,
    pause_jobs,
    resume_jobs,
    views_named,
    watch_jobs,
)


@click.group()
def jobs() -> None:
    """Watch training jobs from any process, and cancel, pause or resume them.

    An adapter and its control are two jobs of one run, and are stopped and resumed together.
    Where a job is named, the name of its run does as well.

    \b
    Examples:
      lorewright jobs list
      lorewright jobs watch train-7f3a91c2
      lorewright jobs cancel tuned-5d0c11aa
    """


@jobs.command(name="list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@face_command
def list_jobs(face: Face, limit: int) -> None:
    """List the newest training jobs: how they stand, how far they are, what they cost.

    \b
    Example:
      lorewright jobs list --limit 5
    """
    with face.store() as store:
        found = newest_views(face.workspace, store, limit=limit)
    for view in found:
        face.say(f"{view.job.id:<16}  {view.state:<12}  {in_short(view)}")
    if not found:
        face.note("there is no training job yet; `lorewright train` makes two")
    face.result("jobs", jobs=[job_told(view) for view in found])


@jobs.command()
@click.argument("name", metavar="JOB")
@face_command
def show(face: Face, name: str) -> None:
    """Show all that is known of JOB: its state, progress, cost, what it left and its errors.

    \b
    Example:
      lorewright jobs show tuned-5d0c11aa
    """
    with face.store() as store:
        views = views_named(face.workspace, store, name)
        left = {view.job.id: left_by(store, view.job.id) for view in views}
        history = {view.job.id: history_of(store, view.job.id) for view in views}
    for view in views:
        for line in in_words(view, left[view.job.id]):
            face.say(line)
    face.result(
        "jobs",
        jobs=[
            {
                **job_told(view),
                "artifacts": [one._asdict() for one in left[view.job.id]],
                "metrics": [one._asdict() for one in history[view.job.id]],
            }
            for view in views
        ],
    )


@jobs.command()
@click.argument("name", metavar="JOB")
@face_command
def watch(face: Face, name: str) -> None:
    """Watch JOB until it is over; Ctrl-C ends the watching and not the job.

    \b
    Example:
      lorewright jobs watch train-7f3a91c2
    """
    with face.store() as store, watching_jobs(face, store) as tell:
        views = watch_jobs(face.workspace, store, name, tell)
    _say(face, views)


@jobs.command()
@click.argument("name", metavar="JOB")
@face_command
def cancel(face: Face, name: str) -> None:
    """Stop JOB and the one that belongs to it; each writes a checkpoint first.

    \b
    Example:
      lorewright jobs cancel tuned-5d0c11aa
    """
    with face.store() as store:
        views = cancel_jobs(face.workspace, store, name)
    _say(face, views)
    face.note(f"next: lorewright jobs resume {name}")


@jobs.command()
@click.argument("name", metavar="JOB")
@face_command
def pause(face: Face, name: str) -> None:
    """Let JOB and the one that belongs to it rest; each writes a checkpoint first.

    \b
    Example:
      lorewright jobs pause train-7f3a91c2
    """
    with face.store() as store:
        views = pause_jobs(face.workspace, store, name)
    _say(face, views)
    face.note(f"next: lorewright jobs resume {name}")


@jobs.command()
@click.argument("name", metavar="JOB")
@click.option("--detach", is_flag=True, help="Only queue it; a worker trains.")
@job_options
@face_command
def resume(face: Face, name: str, *, detach: bool, **limits: Any) -> None:
    """Let JOB go on from its last checkpoint, and see it through.

    \b
    Examples:
      lorewright jobs resume tuned-5d0c11aa
      lorewright jobs resume train-7f3a91c2 --max-minutes 120 --detach
      lorewright jobs resume train-7f3a91c2 --on here
    """
    settings = with_limits(face.settings, **limits)
    with face.store() as store:
        run = resume_jobs(face.workspace, store, settings, name, on=limits["on"])
        if detach:
            _say(face, views_named(face.workspace, store, run))
            face.note(f"next: lorewright worker --for {run}, or lorewright jobs watch {run}")
            return
        with training_progress(face) as watch:
            trained = see_through(face.workspace, store, settings, run, watch=watch)
        views = views_named(face.workspace, store, run)
    if face.as_json:
        _say(face, views)
    else:
        show_trained(face, trained)
    face.note("next: lorewright evaluate")


@jobs.command()
@face_command
def places(face: Face) -> None:
    """Ask every place where jobs may run: whether it answers, what it has, what it costs.

    \b
    Example:
      lorewright jobs places
    """
    found: list[PlaceCheck] = []
    with face.store() as store:
        for one in check_places(store, face.settings):
            found.append(one)
            for line in place_in_words(one):
                face.say(line)
    if not found:
        face.note(f"jobs run on this machine alone; {NONE_YET}")
    face.result("jobs", places=[one._asdict() for one in found])


def _say(face: Face, views: Sequence[JobView]) -> None:
    for view in views:
        face.say(f"{view.job.id}: {view.state}, {in_short(view)}")
        for said in (view.job.error_sentence, view.job.cleanup):
            if said:
                face.say(f"  {said}")
    face.result("jobs", jobs=[job_told(view) for view in views])
