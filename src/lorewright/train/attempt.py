"""The steps of one training process, from where it begins to the last: told, watched and saved."""

import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from lorewright.errors import Incomplete
from lorewright.train.checkpoints import write_checkpoint
from lorewright.train.events import Event, EventLog, now
from lorewright.train.lora import LoraTraining
from lorewright.train.several import ALONE, Ranks
from lorewright.train.watching import Watcher

CHECKPOINT_S = 300.0
"""A checkpoint is written at the latest after this time, and ten times in a run anyway."""
HELD_OUT_TIMES = 8
"""How often held-out loss is measured in a run, besides before the first step."""
PACE_STEPS = 20
"""The pace is that of the last so many steps."""


class Stop(Protocol):
    """Somebody may ask to stop."""

    is_asked: bool
    has_begun: bool
    """Whether steps are done, so that the request has to wait for the end of one."""


class Attempt:
    """The steps of one process: progress, held-out loss and checkpoints."""

    def __init__(
        self,
        jobdir: Path,
        fingerprint: str,
        training: LoraTraining,
        log: EventLog,
        history: list[dict[str, float]],
        *,
        watchers: Sequence[Watcher] = (),
        ranks: Ranks = ALONE,
    ) -> None:
        self._ranks = ranks
        self._watchers = watchers
        self._checkpoints = jobdir / "checkpoints"
        self._fingerprint = fingerprint
        self._training = training
        self._log = log
        self._history = history
        self._total = training.total_loss_tokens()
        self._pace: deque[tuple[float, int]] = deque(maxlen=PACE_STEPS)
        self._saved_at = time.monotonic()

    def run(self, stop: Stop) -> None:
        """Go on to the last step; raise `Incomplete` when asked to stop before."""
        training = self._training
        if training.step == 0:
            self._report(held_out_loss=training.held_out_loss())
        while training.step < training.steps:
            if self._ranks.any(flag=stop.is_asked):
                self._save()
                raise Incomplete("stopped on request")
            self._show_watchers()
            self._step()
            if self._is_due():
                self._save()

    def _show_watchers(self) -> None:
        try:
            for watch in self._watchers:
                watch(self._training.step)
        except Incomplete:
            self._save()
            raise

    def _step(self) -> None:
        training, began, rate = self._training, time.monotonic(), self._training.learning_rate()
        done = training.advance()
        row = {
            "step": training.step,
            "loss": _rounded(done.loss),
            "lr": _rounded(rate),
            "grad_norm": _rounded(training.grad_norm),
            "loss_tokens": training.loss_tokens,
            "source_tokens": training.source_tokens,
            "processed_tokens": training.processed_tokens,
        }
        self._pace.append((time.monotonic() - began, done.source_tokens))
        if self._is_time(HELD_OUT_TIMES):
            held_out = training.held_out_loss()
            if held_out is not None:
                row["held_out_loss"] = _rounded(held_out)
        self._history.append(row)
        self._report(**row)

    def _is_time(self, times: int) -> bool:
        """Whether this step is one of `times` evenly spread ones; the last always is."""
        done, steps = self._training.step, self._training.steps
        return done * times // steps > (done - 1) * times // steps

    def _is_due(self) -> bool:
        if self._is_time(10):
            return True
        return self._ranks.any(flag=time.monotonic() - self._saved_at > CHECKPOINT_S)

    def _save(self) -> None:
        self._saved_at = time.monotonic()
        checkpoint = self._training.checkpoint({"history": self._history})
        if not self._ranks.is_first:
            return
        write_checkpoint(self._checkpoints, self._training.step, checkpoint, spec=self._fingerprint)
        done, steps = self._training.step, self._training.steps
        self._log.append(Event(phase="checkpoint", time=now(), step=done, steps=steps))

    def _report(self, **row: float | None) -> None:
        seconds = sum(taken for taken, _ in self._pace)
        facts: dict[str, Any] = {"step": 0, **row, "steps": self._training.steps}
        facts |= {"epoch": round(self._training.epoch, 4), "total_loss_tokens": self._total}
        if seconds:
            facts["seconds"] = round(self._pace[-1][0], 4)
            left = self._training.steps - self._training.step
            facts["tokens_per_s"] = round(sum(tokens for _, tokens in self._pace) / seconds, 1)
            facts["eta_s"] = round(left * seconds / len(self._pace), 1)
        self._log.append(Event(phase="train", time=now(), **facts))


def _rounded(value: float) -> float:
    """To six significant digits: beyond them loss says nothing, and files stay small."""
    return float(f"{value:.6g}")
