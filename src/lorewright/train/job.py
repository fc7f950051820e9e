"""Training jobs as their owner sees them: prepare, start or adopt, follow, cancel.

The training process lives in a session of its own and talks through files only. Its parent
may die, and the next one takes up following where the process is.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from lorewright import errors
from lorewright.errors import (
    BadRecord,
    Incomplete,
    LorewrightError,
    NotYet,
    OutOfMemory,
    TrainingFailed,
)
from lorewright.settings import TrainingSettings
from lorewright.train.base_model import BaseFolder
from lorewright.train.claim import holder
from lorewright.train.events import EVENTS_FILE, Event, read_events
from lorewright.train.lines import Line, write_lines
from lorewright.train.memory import Memory
from lorewright.train.recipes import Recipes
from lorewright.train.result import Result, read_result
from lorewright.train.share import Share, refuse_unshareable
from lorewright.train.spec import (
    SPEC_FILE,
    TRAIN_FILE,
    VALID_FILE,
    Spec,
    plan_for,
    read_spec,
    write_spec,
)

LOG_FILE = "log.txt"
POLL_S = 0.1
PATIENCE_S = 30.0
"""How long a process may take for its last step and checkpoint before it is killed."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What one adapter is trained on."""

    role: Literal["tuned", "permuted-control"]
    train: Sequence[Line]
    """The conversations to learn from."""
    valid: Sequence[Line] = ()
    """The conversations that are only watched."""


@dataclass(slots=True)
class Child:
    """A training process, started here or found running."""

    jobdir: Path
    process: "subprocess.Popen[bytes] | None"
    """None for one that somebody else started."""
    read_to: int = 0
    """Byte of the events file up to which they were read."""

    def is_alive(self) -> bool:
        """Whether it still runs, or another process that was quicker to claim the job does."""
        if self.process is not None and self.process.poll() is None:
            return True
        return holder(self.jobdir) is not None

    def stop(self, *, patience_s: float = PATIENCE_S) -> None:
        """Let it write a checkpoint and end; kill it when it takes too long."""
        if self.process is None:
            cancel(self.jobdir, patience_s=patience_s)
            return
        self.process.terminate()
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # with whatever it started
            self.process.wait()

    def events(self) -> list[Event]:
        """What it said since this was last asked."""
        found, self.read_to = read_events(self.jobdir / EVENTS_FILE, since=self.read_to)
        return found


def prepare(
    jobdir: Path,
    lessons: Lessons,
    *,
    base: BaseFolder,
    settings: TrainingSettings,
    most_gb: Decimal | None = None,
    recipes: Recipes | None = None,
) -> Spec:
    """Lay down a job; laying down the same one again changes nothing and loses nothing.

    Args:
        jobdir: the folder of this job alone; made when missing.
        lessons: what the adapter is trained on.
        base: the base model, from `describe`.
        settings: the operator's choices.
        most_gb: the most memory that its process may take.
        recipes: methods and presets; None for those that came along.

    Raises:
        NotYet: when there is nothing to train on.
        BadSettings: when there is no such method or preset, or several processes cannot do it.
        BadRecord: when the folder holds another job.
    """
    if not lessons.train:
        raise NotYet("there is nothing to train on", hint="generate and curate examples first")
    jobdir.mkdir(parents=True, exist_ok=True)
    plan = plan_for(
        settings,
        examples=len(lessons.train),
        is_pocket=settings.base == "pocket",
        max_length=base.max_length,
        parameters=base.parameters,
        recipes=recipes,
    )
    share = Share.of(settings)
    refuse_unshareable(share, plan.method, sketch=plan.sketch)
    spec = Spec(
        role=lessons.role,
        base_name=base.name,
        base_folder=str(base.folder),
        base_files=base.files,
        train_sha256=write_lines(jobdir / "train.unfinished", lessons.train),
        valid_sha256=write_lines(jobdir / "valid.unfinished", lessons.valid),
        plan=plan,
        share=share,
    )
    known = read_spec(jobdir) if (jobdir / SPEC_FILE).exists() else None
    memory = known.memory if known else spec.memory
    spec = spec.model_copy(update={"memory": memory.model_copy(update={"most_gb": most_gb})})
    if known is not None and known.fingerprint != spec.fingerprint:
        raise BadRecord(
            "this folder holds another training job",
            where=str(jobdir),
            hint="use a folder of its own for every job",
        )
    (jobdir / "train.unfinished").rename(jobdir / TRAIN_FILE)
    (jobdir / "valid.unfinished").rename(jobdir / VALID_FILE)
    write_spec(jobdir, spec)
    return spec


def with_memory(jobdir: Path, memory: Memory) -> None:
    """Let a job go on with `memory`; what it is stays the same, and its checkpoints hold."""
    write_spec(jobdir, read_spec(jobdir).model_copy(update={"memory": memory}))


def is_finished(jobdir: Path) -> bool:
    """Whether the job's result is there and whole."""
    return read_result(jobdir) is not None


def start(jobdir: Path, *, device: str | None = None) -> Child:
    """Start the training process of a prepared job, or adopt the one that already runs.

    Args:
        jobdir: the job's folder.
        device: the only device that the process sees, such as `cuda:0`; None leaves the choice.
    """
    if holder(jobdir) is not None:
        return Child(jobdir, process=None)
    events = jobdir / EVENTS_FILE
    said_before = events.stat().st_size if events.exists() else 0
    with (jobdir / LOG_FILE).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module, and no shell
            [sys.executable, "-P", "-m", "lorewright.train.run", str(jobdir)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=_environment(read_spec(jobdir), device),
        )
    return Child(jobdir, process, read_to=said_before)


def follow(children: Iterable[Child], *, poll_s: float = POLL_S) -> Iterator[tuple[Path, Event]]:
    """Yield what the processes say until all of them have ended, however they end.

    Args:
        children: from `start`.
        poll_s: how often to look.
    """
    living = list(children)
    while living:
        # Asked before reading, so that the last words of one that just ended are read.
        ended = [child for child in living if not child.is_alive()]
        for child in living:
            for event in child.events():
                yield child.jobdir, event
        living = [child for child in living if child not in ended]
        if living:
            time.sleep(poll_s)


def finish(
    jobdirs: Sequence[Path],
    *,
    on_event: Callable[[Path, Event], None] = lambda _jobdir, _event: None,
) -> list[Result]:
    """Bring prepared jobs to their end, side by side.

    A job that is finished is not run again, one that runs is adopted, and one that stopped
    goes on from its last checkpoint. Interrupted from the keyboard, it stops the processes
    with a checkpoint each before it passes the interruption on.

    Args:
        jobdirs: the folders of the jobs; all run at once.
        on_event: is told what happens, and where.

    Returns:
        One result per job, in their order.

    Raises:
        Incomplete: when a job was stopped on request.
        TrainingFailed: when a process died; other errors as the process met them.
    """
    children = [start(jobdir) for jobdir in jobdirs if not is_finished(jobdir)]
    try:
        for jobdir, event in follow(children):
            on_event(jobdir, event)
    except BaseException:
        for child in children:
            child.stop()
        raise
    return [result_of(jobdir) for jobdir in jobdirs]


def cancel(jobdir: Path, *, patience_s: float = PATIENCE_S) -> bool:
    """Stop the process of a job; it writes a checkpoint first, and can go on later.

    Args:
        jobdir: the job's folder.
        patience_s: after this time it is killed, and goes on from an older checkpoint.

    Returns:
        Whether there was a process to stop.
    """
    process = holder(jobdir)
    if process is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
    give_up = time.monotonic() + patience_s
    while holder(jobdir) == process:
        if time.monotonic() > give_up:
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
        time.sleep(POLL_S)
    return True


def result_of(jobdir: Path, *, since: int = 0) -> Result:
    """The result of a job whose process has ended.

    Args:
        jobdir: the job's folder.
        since: the byte of the events file at which its last attempt began.

    Raises:
        Incomplete: when it was stopped on request.
        LorewrightError: as the process met it.
        TrainingFailed: when it died without a word; `where` is the end of its log.
    """
    result = read_result(jobdir)
    if result is not None:
        return result
    events, _ = read_events(jobdir / EVENTS_FILE, since=since)
    last = events[-1] if events else None
    if last is not None and last.phase == "cancelled":
        raise Incomplete(
            "training was stopped",
            where=str(jobdir),
            hint="run the same command again to go on from the last checkpoint",
        )
    if last is not None and last.phase == "error":
        raise _as_met(last)
    raise TrainingFailed(
        "the training process died",
        where=_log_end(jobdir),
        hint="often the system stops a process that takes too much memory; run the same "
        "command again to go on from the last checkpoint",
    )


def _as_met(event: Event) -> LorewrightError:
    """The error that the process met, of the same class as there."""
    kind = getattr(errors, event.kind or "", TrainingFailed)
    if issubclass(kind, OutOfMemory):
        said = event.sentence or "memory ran out"
        return kind(said, where=event.where, hint=event.hint, fits=event.fits)
    return kind(event.sentence or "training failed", where=event.where, hint=event.hint)


def _log_end(jobdir: Path, lines: int = 5) -> str:
    """The last lines of the log, in one line."""
    try:
        log = (jobdir / LOG_FILE).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return str(jobdir)
    return " | ".join([str(jobdir), *log.splitlines()[-lines:]])


def _environment(spec: Spec, device: str | None) -> dict[str, str]:
    """The parent's environment, and what makes the child quiet, offline and repeatable."""
    threads = str(spec.plan.threads)
    kind, _, number = (device or "").partition(":")
    seen = {"cuda": number or "0", "cpu": ""}.get(kind)
    return {
        **os.environ,
        **({} if seen is None else {"CUDA_VISIBLE_DEVICES": seen}),
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "MKL_NUM_THREADS": threads,
        "OMP_NUM_THREADS": threads,
        "PYTHONHASHSEED": "0",
        "TOKENIZERS_PARALLELISM": "false",
    }
