"""What every command has: a workspace, settings, and one way to speak."""

import functools
import json
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from lorewright.errors import Incomplete, LorewrightError, UsageError
from lorewright.jobs import Progress, Report, Watch
from lorewright.settings import SETTINGS_FILE, Settings, load_settings
from lorewright.store import Store, Workspace

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Face:
    """Where a command works and how it speaks: results to stdout, the rest to stderr."""

    workspace: Workspace
    settings: Settings
    as_json: bool
    quiet: bool

    def say(self, text: str = "") -> None:
        """A line of the result, for people."""
        if not self.as_json:
            click.echo(text)

    def note(self, text: str) -> None:
        """A line about what is going on."""
        if not self.quiet:
            click.echo(text, err=True)

    def result(self, command: str, **values: Any) -> None:
        """The result for programs: one JSON object."""
        if self.as_json:
            told = {"schema": f"lorewright.{command}/1", **values}
            click.echo(json.dumps(told, ensure_ascii=False, default=str))

    @contextmanager
    def store(self, *, alone: bool = False) -> Generator[Store]:
        """The open store."""
        with self.workspace.open(self.settings, alone=alone) as store:
            yield store

    @contextmanager
    def progress(
        self, doing: str, total: int | None = None, *, labelled: bool = False
    ) -> Generator[Watch]:
        """A bar on a terminal, a line every ten seconds elsewhere, nothing when quiet.

        Args:
            doing: what is done, in a word.
            total: how much there is; None where nobody knows.
            labelled: whether labels count by themselves, so that a line says them and not pieces.
        """
        if self.quiet:
            yield lambda _progress: None
        elif sys.stderr.isatty():
            with _bar(doing, total) as watch:
                yield watch
        else:
            yield _lines(doing, labelled=labelled)


def face_command(
    command: Callable[Concatenate[Face, P], T],
) -> Callable[P, T]:
    """Give a command `--workspace`, `--json`, `--quiet` and `--debug`, and its `Face`."""
    return _workspace_option(_with_face(command, "workspace"))


def unsettled_command(
    command: Callable[Concatenate[Face, P], T],
) -> Callable[P, T]:
    """The same for a command that works with settings that are off; its `Face` has defaults."""
    return _workspace_option(_with_face(command, "workspace", settled=False))


def founding_command(
    command: Callable[Concatenate[Face, P], T],
) -> Callable[P, T]:
    """The same for a command that makes a workspace in its argument `folder`."""
    return _with_face(command, "folder")


_workspace_option = click.option(
    "--workspace",
    "-w",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="LOREWRIGHT_WORKSPACE",
    help="The workspace's folder; by default this one, or the nearest above it.",
)


def _with_face(
    command: Callable[Concatenate[Face, P], T], place: str, *, settled: bool = True
) -> Callable[P, T]:
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @click.option("--quiet", "-q", is_flag=True, help="No progress; errors stay.")
    @click.option("--debug", is_flag=True, help="Show tracebacks.")
    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        named = kwargs.pop(place)
        as_json, quiet = bool(kwargs.pop("as_json")), bool(kwargs.pop("quiet"))
        kwargs.pop("debug")
        workspace = find_workspace(named if isinstance(named, Path) else None)
        file = workspace.settings_file if workspace.exists() else None
        settings = load_settings(file) if settled else Settings.model_construct()
        return command(Face(workspace, settings, as_json, quiet), *args, **kwargs)

    return wrapped


def in_words(_context: click.Context, _param: click.Parameter, value: str) -> str:
    """A value that is kept for good: not blank, and text.

    Raises:
        BadParameter: when it is something else.
    """
    if not value.strip():
        raise click.BadParameter("it is blank; say it in words")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise click.BadParameter("it is not valid UTF-8") from error
    return value.strip()


def find_workspace(named: Path | None) -> Workspace:
    """The named folder, or the nearest one upwards that is a workspace, or this one."""
    if named is not None:
        return Workspace(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file():
            return Workspace(folder)
    return Workspace(here)


def show_report(
    face: Face,
    report: Report,
    *,
    made: str,
    of: str,
    asked: str,
    next_step: str,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Say what a run made, turned down and could not do.

    Args:
        face: how to speak.
        report: the run.
        made: the kind of record that the command is about, such as `document`.
        of: what one piece of work is, such as `file`.
        asked: what is counted as requested: a piece of work, or what is proposed in it.
        next_step: the command that comes next.
        more: what else other programs are told.

    Raises:
        UsageError: when what was asked for cannot be done for any piece.
        Incomplete: when a part failed and another went on.
        LorewrightError: the failure itself, when nothing else was asked for.
    """
    for _, error in report.failed:
        if isinstance(error, UsageError):
            raise error
    count = len({ref for ref in report.made if ref.kind == made})
    failed, rejected = len(report.failed), report.rejected.total()
    accepted = report.pieces - failed if asked == of else count
    again = f" ({report.again:,} done before)" if report.again else ""
    face.say(f"{counted(count, made)} from {counted(report.pieces, of)}{again}")
    face.say(sum_of(asked, accepted, rejected, failed))
    for reason, number in report.rejected.most_common():
        face.say(f"  {number:>7,}  rejected: {reason.replace('_', ' ')}")
    if report.pieces > 1:
        _show_failed(face, report)
    face.result(
        report.step,
        **{f"{made}s": count},
        requested=accepted + rejected + failed,
        accepted=accepted,
        rejected=dict(report.rejected.most_common()),
        failed=failures(report),
        pieces=report.pieces,
        done_before=report.again,
        seconds=round(report.took_s, 3),
        **(more or {}),
    )
    _end(face, report, of, next_step)


def failures(report: Report) -> list[dict[str, str | None]]:
    """What could not be done, for other programs."""
    return [
        {
            "label": label,
            "error": type(error).__name__,
            "sentence": error.sentence,
            "where": _where(label, error),
            "hint": error.hint,
        }
        for label, error in report.failed
    ]


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def sum_of(asked: str, accepted: int, rejected: int, failed: int) -> str:
    """Nothing is lost: what was requested, and what became of it."""
    return (
        f"{counted(accepted + rejected + failed, asked)} requested = {accepted:,} accepted + "
        f"{rejected:,} rejected + {failed:,} failed"
    )


def _show_failed(face: Face, report: Report) -> None:
    for label, error in report.failed:
        face.say(f"failed: {_where(label, error)}: {error.sentence}")
        if error.hint:
            face.say(f"        {error.hint}")


def _where(label: str, error: LorewrightError) -> str:
    """The place that an error names; a file with its folders."""
    return label if not error.where or label.endswith(error.where) else error.where


def _end(face: Face, report: Report, of: str, next_step: str) -> None:
    if not report.failed:
        face.note(f"next: {next_step}")
        return
    some = len(report.failed) < report.pieces
    if face.as_json:
        raise click.exceptions.Exit(3 if some else 4)
    if some:
        raise Incomplete(
            f"{len(report.failed):,} of {counted(report.pieces, of)} failed; the others are done",
            hint="mend what is said above and run the same command again",
        )
    label, error = report.failed[0]
    if report.pieces == 1:
        error.where = _where(label, error)
        raise error
    raise LorewrightError(
        f"none of the {counted(report.pieces, of)} could be done",
        hint="mend what is said above and run the same command again",
    )


@contextmanager
def _bar(doing: str, total: int | None) -> Generator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)

        def watch(progress: Progress) -> None:
            bar.update(task, advance=progress.done, description=f"{doing} {progress.label[-40:]}")

        yield watch


def _lines(doing: str, *, labelled: bool) -> Watch:
    state = {"pieces": 0, "made": 0, "said": time.monotonic()}

    def watch(progress: Progress) -> None:
        state["pieces"] += 1
        state["made"] += progress.made
        if time.monotonic() - state["said"] > 10:
            state["said"] = time.monotonic()
            counts = f"{state['pieces']:,} done, {state['made']:,} made"
            click.echo(f"{doing}: {progress.label if labelled else counts}", err=True)

    return watch
