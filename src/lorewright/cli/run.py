"""`lorewright run`: look at runs, and steer them from anywhere."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.flows.runs import follow_run
from lorewright.flows.training_jobs import end_processes
from lorewright.jobs.controls import cancel as cancel_run
from lorewright.jobs.controls import pause as pause_run
from lorewright.jobs.controls import resume as resume_run
from lorewright.store.run_views import RunState, RunView, events_of_run, run_view, run_views
from lorewright.store.training_jobs import TrainingState

SAID_EVERY_S = 10.0


@click.group()
def run() -> None:
    """Look at runs, pause and resume them, or cancel them, from any process.

    \b
    Examples:
      lorewright run list
      lorewright run show pairs-7f3a91c2 --follow
      lorewright run pause pairs-7f3a91c2
    """


@run.command(name="list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@face_command
def list_runs(face: Face, limit: int) -> None:
    """List the newest runs and how they stand.

    \b
    Example:
      lorewright run list --limit 5
    """
    with face.store() as store:
        found = run_views(store, limit=limit)
    for view in found:
        face.say(f"{view.run}  {view.state:<9}  {moment(view.queued_at)}  {in_short(view)}")
    if not found:
        face.note("there is no run yet")
    face.result("run", runs=[told(view) for view in found])


@run.command()
@click.argument("name", metavar="RUN")
@click.option("--follow", is_flag=True, help="Go on until the run is over.")
@face_command
def show(face: Face, name: str, *, follow: bool) -> None:
    """Show how RUN stands: pieces, calls, money, and how long it may still take.

    \b
    Examples:
      lorewright run show pairs-7f3a91c2
      lorewright run show pairs-7f3a91c2 --follow
    """
    with face.store() as store:
        view = follow_run(store, name, watching(face)) if follow else run_view(store, name)
        events = events_of_run(store, name)
    face.say(f"{view.run}: {view.state}" + (f", {view.detail}" if view.detail else ""))
    face.say(in_short(view))
    for reason, number in sorted(view.counts.reasons.items()):
        face.say(f"{number:>7,}  rejected: {reason}")
    for event in events:
        by = f"  {event.worker}" if event.worker else ""
        face.say(f"{moment(event.at)}  {event.event}{by}")
    face.result("run", **told(view), events=[event._asdict() for event in events])


@run.command()
@click.argument("name", metavar="RUN")
@face_command
def pause(face: Face, name: str) -> None:
    """Let the calls of RUN that are under way finish, and make no more.

    \b
    Example:
      lorewright run pause pairs-7f3a91c2
    """
    with face.store() as store:
        view = pause_run(store, name)
        end_processes(face.workspace, store, name, TrainingState.PAUSED)
        _steered(face, view)
    face.note(f"next: lorewright run resume {name}")


@run.command()
@click.argument("name", metavar="RUN")
@face_command
def resume(face: Face, name: str) -> None:
    """Let RUN go on with what is left, under the same name.

    Workers go on with it; without any, the command that started it does.

    \b
    Example:
      lorewright run resume pairs-7f3a91c2
    """
    with face.store() as store:
        view = resume_run(store, name)
    _steered(face, view)
    if view.state is RunState.QUEUED:
        face.note(f"next: lorewright worker --for {name}")


@run.command()
@click.argument("name", metavar="RUN")
@face_command
def cancel(face: Face, name: str) -> None:
    """Stop RUN for good; what is done is kept.

    \b
    Example:
      lorewright run cancel pairs-7f3a91c2
    """
    with face.store() as store:
        view = cancel_run(store, name)
        end_processes(face.workspace, store, name, TrainingState.CANCELLED)
        _steered(face, view)


def watching(face: Face) -> Callable[[RunView], None]:
    """Say how far a run is: over and over in one line on a terminal, else every ten seconds."""
    said = {"at": float("-inf"), "line": ""}

    def watch(view: RunView) -> None:
        line = in_short(view)
        is_due = time.monotonic() - float(said["at"]) >= SAID_EVERY_S
        if line != said["line"] and is_due:
            said.update(at=time.monotonic(), line=line)
            face.note(f"{view.run}: {view.state}, {line}")

    return watch


def in_short(view: RunView) -> str:
    """What was done, what it cost, and how long it may still take, in one line."""
    counts = view.counts
    of = "?" if view.pieces is None else f"{view.pieces:,}"
    parts = [f"{counts.done:,} of {of} pieces", f"{counts.made:,} made"]
    for number, word in (
        (counts.again, "done before"),
        (counts.rejected, "rejected"),
        (counts.failed, "failed"),
    ):
        parts += [f"{number:,} {word}"] if number else []
    if counts.calls:
        parts.append(f"{counted(counts.calls, 'call')}, ${counts.cost_usd:.4f}")
    if view.eta_s is not None:
        parts.append(f"about {span(view.eta_s)} left")
    return ", ".join(parts)


def told(view: RunView) -> dict[str, object]:
    """A run as other programs read it."""
    counts = view.counts
    return {
        "run": view.run,
        "work": view.work,
        "request": dict(view.request),
        "state": view.state,
        "detail": view.detail,
        "attempt": view.attempt,
        "pieces": view.pieces,
        "done": counts.done,
        "done_before": counts.again,
        "accepted": counts.made,
        "rejected": dict(counts.reasons),
        "failed": counts.failed,
        "shards": view.shards,
        "shards_ended": view.shards_ended,
        "calls": counts.calls,
        "failed_calls": counts.failed_calls,
        "input_tokens": counts.input_tokens,
        "output_tokens": counts.output_tokens,
        "cost_usd": counts.cost_usd,
        "workers": list(view.workers),
        "queued_at": view.queued_at,
        "started_at": view.started_at,
        "ended_at": view.ended_at,
        "eta_s": view.eta_s,
    }


def moment(at: float) -> str:
    """A time as people read it, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _steered(face: Face, view: RunView) -> None:
    face.say(f"{view.run}: {view.state}")
    face.result("run", run=view.run, state=view.state)


def span(seconds: float) -> str:
    """A time as people read it, such as `2 h 05 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
