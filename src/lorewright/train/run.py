"""The training process: `python -m lorewright.train.run JOBDIR`.

It reads only its job folder and the base model, and says everything in `events.jsonl`, so it
does not care whether anybody watches. Started again on the same folder, after whatever end,
it goes on from the last whole checkpoint. Exit codes: 0 the result is there, 3 stopped on
request and ready to go on, 4 failed (the last event says why).
"""

import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lorewright.errors import BadRecord, Busy, Incomplete, LorewrightError, TrainingFailed
from lorewright.inference import ChatTokenizer, Sample, library, open_weights
from lorewright.train.base_model import hashed
from lorewright.train.checkpoints import newest_checkpoint, write_checkpoint
from lorewright.train.claim import claim
from lorewright.train.events import EVENTS_FILE, Event, EventLog, now
from lorewright.train.lines import Line, read_lines
from lorewright.train.lora import LoraTraining, with_adapter
from lorewright.train.result import read_result, write_adapter, write_history, write_result
from lorewright.train.spec import TRAIN_FILE, VALID_FILE, Spec, read_spec

CHECKPOINT_S = 300.0
"""A checkpoint is written at the latest after this time, and ten times in a run anyway."""
HELD_OUT_TIMES = 8
"""How often held-out loss is measured in a run, besides before the first step."""
PACE_STEPS = 20
"""The pace is that of the last so many steps."""


def main(jobdir: Path) -> int:
    """Work on the job in `jobdir` until it is done, and return the exit code."""
    lock = claim(jobdir)
    if lock is None:
        sys.stderr.write("another process works on this job\n")
        return Busy.exit_code
    log = EventLog(jobdir / EVENTS_FILE)
    stop = _StopOnRequest()
    try:
        _work(jobdir, log, stop)
    except Incomplete:
        log.append(Event(phase="cancelled", time=now()))
        return Incomplete.exit_code
    except LorewrightError as error:
        log.append(_failed(error))
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the boundary of the process
        traceback.print_exc()
        log.append(_failed(_classified(error)))
        return TrainingFailed.exit_code
    finally:
        log.close()
    return 0


class _StopOnRequest:
    """Remembers that somebody asked to stop, so that a step is never cut in two."""

    def __init__(self) -> None:
        self.is_asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, _signal: int, _frame: object) -> None:
        self.is_asked = True


def _work(jobdir: Path, log: EventLog, stop: _StopOnRequest) -> None:
    if read_result(jobdir) is not None:
        log.append(Event(phase="done", time=now()))
        return
    spec = read_spec(jobdir)
    log.append(Event(phase="load", time=now()))
    training, network = _loaded(jobdir, spec)
    checkpoint = newest_checkpoint(jobdir / "checkpoints", spec=spec.fingerprint)
    history: list[dict[str, float]] = []
    if checkpoint is not None:
        training.restore(checkpoint)
        history = checkpoint.facts["history"]
    _Attempt(jobdir, spec.fingerprint, training, log, history).run(stop)
    log.append(Event(phase="save", time=now(), step=training.step, steps=training.steps))
    write_adapter(jobdir, network, base_name=spec.base_name)
    write_history(jobdir, history)
    write_result(jobdir, spec=spec.fingerprint, loss_tokens=training.loss_tokens, history=history)
    log.append(Event(phase="done", time=now(), step=training.step, steps=training.steps))


def _loaded(jobdir: Path, spec: Spec) -> tuple[LoraTraining, Any]:
    torch = library("torch")
    torch.set_num_threads(spec.plan.threads)
    torch.use_deterministic_algorithms(mode=True, warn_only=torch.cuda.is_available())
    folder = _checked_base(spec)
    train = read_lines(jobdir / TRAIN_FILE, sha256=spec.train_sha256)
    valid = read_lines(jobdir / VALID_FILE, sha256=spec.valid_sha256)
    tokenizer = ChatTokenizer.open(folder)
    samples = [
        _samples(tokenizer, lines, max_length=spec.plan.max_length) for lines in (train, valid)
    ]
    network = with_adapter(open_weights(folder), spec.plan)
    return LoraTraining(network, *samples, plan=spec.plan), network


def _checked_base(spec: Spec) -> Path:
    folder = Path(spec.base_folder)
    for file in spec.base_files:
        path = folder / file.path
        if not path.is_file() or hashed(path, name=file.path) != file:
            raise BadRecord(
                "a file of the base model is missing or has changed since the job was prepared",
                where=str(path),
                hint="put the file back, or train again from the beginning",
            )
    return folder


def _samples(
    tokenizer: ChatTokenizer, lines: Sequence[Line], *, max_length: int | None
) -> list[Sample]:
    found: list[Sample] = []
    for line in lines:
        for sample in tokenizer.samples(line.name, line.turns):
            if max_length is not None and len(sample.ids) > max_length:
                raise BadRecord(
                    f"an example has {len(sample.ids)} tokens, and {max_length} are allowed",
                    where=line.name,
                    hint="shorten or leave out the example, or set a higher "
                    "training.max_length if the base model allows it; nothing is cut",
                )
            found.append(sample)
    return found


class _Attempt:
    """The steps of one process: progress, held-out loss and checkpoints."""

    def __init__(
        self,
        jobdir: Path,
        fingerprint: str,
        training: LoraTraining,
        log: EventLog,
        history: list[dict[str, float]],
    ) -> None:
        self._checkpoints = jobdir / "checkpoints"
        self._fingerprint = fingerprint
        self._training = training
        self._log = log
        self._history = history
        self._pace: deque[tuple[float, int]] = deque(maxlen=PACE_STEPS)
        self._saved_at = time.monotonic()

    def run(self, stop: _StopOnRequest) -> None:
        """Go on to the last step; raise `Incomplete` when asked to stop before."""
        training = self._training
        if training.step == 0:
            self._report(held_out_loss=training.held_out_loss())
        while training.step < training.steps:
            if stop.is_asked:
                self._save()
                raise Incomplete("stopped on request")
            self._step()
            if self._is_due():
                self._save()

    def _step(self) -> None:
        training, began, rate = self._training, time.monotonic(), self._training.learning_rate()
        loss, tokens = training.advance()
        row = {
            "step": training.step,
            "loss": _rounded(loss),
            "lr": _rounded(rate),
            "loss_tokens": training.loss_tokens,
        }
        self._pace.append((time.monotonic() - began, tokens))
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
        return self._is_time(10) or time.monotonic() - self._saved_at > CHECKPOINT_S

    def _save(self) -> None:
        checkpoint = self._training.checkpoint({"history": self._history})
        write_checkpoint(self._checkpoints, self._training.step, checkpoint, spec=self._fingerprint)
        self._saved_at = time.monotonic()

    def _report(self, **row: float | None) -> None:
        seconds = sum(taken for taken, _ in self._pace)
        facts: dict[str, Any] = {"step": 0, **row, "steps": self._training.steps}
        if seconds:
            left = self._training.steps - self._training.step
            facts["tokens_per_s"] = round(sum(tokens for _, tokens in self._pace) / seconds, 1)
            facts["eta_s"] = round(left * seconds / len(self._pace), 1)
        self._log.append(Event(phase="train", time=now(), **facts))


def _rounded(value: float) -> float:
    """To six significant digits: beyond them loss says nothing, and files stay small."""
    return float(f"{value:.6g}")


def _classified(error: Exception) -> TrainingFailed:
    """Say what an unexpected error probably means."""
    if "out of memory" in str(error).lower() or isinstance(error, MemoryError):
        return TrainingFailed(
            "memory ran out while training",
            hint="set a smaller training.batch or training.max_length, or take a smaller base",
        )
    return TrainingFailed(
        f"training stopped with {type(error).__name__}: {error}",
        hint="log.txt in the job folder shows where",
    )


def _failed(error: LorewrightError) -> Event:
    return Event(
        phase="error",
        time=now(),
        kind=type(error).__name__,
        sentence=error.sentence,
        where=error.where,
        hint=error.hint,
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
