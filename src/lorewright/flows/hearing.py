"""What a training process says in its file, written into the tables, exactly once.

Whoever follows a job hears it, and so does whoever looks at one that nobody follows: what was
read up to which byte stands beside the job, so two that hear the same write it once.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from lorewright.store import Store
from lorewright.store.training_jobs import TrainingJob, TrainingState, job_named, move_job
from lorewright.store.training_metrics import Artifact, Heard, Metrics, note_artifacts, note_heard
from lorewright.train import Event
from lorewright.train.checkpoints import kept_checkpoints
from lorewright.train.events import EVENTS_FILE, read_events
from lorewright.train.pulse import step_seconds

MAKING_BASE = "base"
"""The phase in which a job waits for its pocket base."""
BEFORE_OR_OVER = {"queue", MAKING_BASE, "load", "cancelled", "error"}
"""Phases in which no training goes on."""
PACE = 21
"""Ticks whose distances give the pace."""


class Hearing:
    """One job's words, from where they were last written down."""

    def __init__(self, store: Store, job: TrainingJob, folder: Path, workspace: Path) -> None:
        self.heard = _known(job)
        self._store = store
        self._job = job.id
        self._folder = folder
        self._workspace = workspace
        self._ticks: deque[float] = deque(maxlen=PACE)

    def listen(self) -> list[Event]:
        """Write down what is new, and return it."""
        since = self.heard.events_read
        events, read = read_events(self._folder / EVENTS_FILE, since=since)
        if read == since:
            return []
        heard = replace(self._after(events), events_read=read)
        if not note_heard(self._store, self._job, since, heard, _steps(events)):
            self._ticks.clear()
            self.heard = _known(job_named(self._store, self._job))
            return []
        self.heard = heard
        if heard.phase not in BEFORE_OR_OVER:
            # Whoever hears it says so: its worker may be dead.
            move_job(self._store, self._job, TrainingState.RUNNING)
        if any(event.phase in {"checkpoint", "load"} for event in events):
            self.note_checkpoints()
        return events

    def _after(self, events: Sequence[Event]) -> Heard:
        heard = self.heard
        for event in events:
            heard = self._then(heard, event)
        return heard

    def _then(self, heard: Heard, event: Event) -> Heard:
        heard = replace(_timed(heard, event), phase=event.phase)
        if event.begins:
            self._ticks.clear()
            return replace(heard, attempt=heard.attempt + 1, eta_s=None, tokens_per_s=None)
        if event.phase != "train":
            return heard
        if event.tick is not None:
            self._ticks.append(event.tick)
        return replace(
            heard,
            current_step=event.step or 0,
            total_steps=event.steps,
            current_epoch=event.epoch,
            loss_tokens=event.loss_tokens or 0,
            total_loss_tokens=event.total_loss_tokens,
            loss=heard.loss if event.loss is None else event.loss,
            held_out_loss=(
                heard.held_out_loss if event.held_out_loss is None else event.held_out_loss
            ),
            tokens_per_s=event.tokens_per_s,
            eta_s=event.eta_s,
            step_s=step_seconds(self._ticks) or heard.step_s,
        )

    def note_checkpoints(self) -> None:
        """Write down which checkpoints are there."""
        found = [
            Artifact(
                "checkpoint",
                str(one.folder.relative_to(self._workspace)),
                one.size,
                one.sha256,
                step=one.step,
                validation_loss=self.heard.held_out_loss,
            )
            for one in kept_checkpoints(self._folder / "checkpoints")
        ]
        note_artifacts(self._store, self._job, "checkpoint", found)


def _known(job: TrainingJob) -> Heard:
    return Heard(**{one.name: getattr(job, one.name) for one in fields(Heard)})


def _timed(heard: Heard, event: Event) -> Heard:
    """Add the time since the last word of the same process.

    The tick is of a clock that nobody sets, so setting the time adds and takes nothing.
    """
    if event.tick is None:
        return heard
    took = 0.0
    if not event.begins and heard.last_tick is not None:
        took = max(0.0, event.tick - heard.last_tick)
    return replace(
        heard, last_tick=event.tick, machine_seconds=round(heard.machine_seconds + took, 3)
    )


def _steps(events: Sequence[Event]) -> list[Metrics]:
    by_step = {event.step: event for event in events if event.phase == "train"}
    return [
        Metrics(
            step,
            event.epoch,
            event.loss,
            event.held_out_loss,
            event.lr,
            event.grad_norm,
            event.loss_tokens,
            event.tokens_per_s,
        )
        for step, event in by_step.items()
        if step is not None
    ]
