"""The training process: `python -m lorewright.train.run JOBDIR`.

It reads only its job folder and the base model, and says everything in `events.jsonl`, so it
does not care whether anybody watches. Started again on the same folder, after whatever end,
it goes on from the last whole checkpoint. Exit codes: 0 the result is there, 3 stopped on
request and ready to go on, 4 failed (the last event says why). A job for several devices is led
from here and worked on by a process for each of them; see `lorewright.train.rank`.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lorewright.errors import (
    Busy,
    Incomplete,
    LorewrightError,
    TrainingFailed,
)
from lorewright.inference import library
from lorewright.train.attempt import Attempt, Stop
from lorewright.train.checkpoints import newest_checkpoint
from lorewright.train.claim import claim
from lorewright.train.devices import Base, Choice, detect, has_bitsandbytes
from lorewright.train.estimate.outcome import peak_memory, read_expected
from lorewright.train.events import EVENTS_FILE, Event, EventLog, now, read_events
from lorewright.train.failing import classified, failed, too_large
from lorewright.train.footprint import shape_of
from lorewright.train.held_out import write_held_out
from lorewright.train.loading import loaded
from lorewright.train.lora import LoraTraining
from lorewright.train.memory import is_out_of_memory, keep_within
from lorewright.train.result import (
    HOW_FILE,
    RESULT_FOLDER,
    read_result,
    write_adapter,
    write_history,
    write_result,
)
from lorewright.train.several import ALONE, Ranks, ended_by, led
from lorewright.train.sharing import share_out
from lorewright.train.sketch import sketcher_for
from lorewright.train.spec import Spec, read_spec
from lorewright.train.watching import Beat


def main(jobdir: Path) -> int:
    """Work on the job in `jobdir` until it is done, and return the exit code."""
    lock = claim(jobdir)
    if lock is None:
        sys.stderr.write("another process works on this job\n")
        return Busy.exit_code
    log = EventLog(jobdir / EVENTS_FILE)
    stop = _StopOnRequest(log)
    try:
        processes = _processes(jobdir)
        if processes > 1:
            return _lead(jobdir, log, processes)
        work(jobdir, log, stop)
    except Incomplete:
        log.append(Event(phase="cancelled", time=now()))
        return Incomplete.exit_code
    except LorewrightError as error:
        log.append(failed(error))
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the boundary of the process
        traceback.print_exc()
        log.append(failed(classified(error)))
        return TrainingFailed.exit_code
    finally:
        log.close()
    return 0


def _processes(jobdir: Path) -> int:
    """How many processes work on the job.

    Only where there is more than one GPU must the base be looked at for that.
    """
    if read_result(jobdir) is not None:
        return 1
    spec = read_spec(jobdir)
    if spec.share.devices != "auto":
        return spec.share.devices
    if library("torch").cuda.device_count() <= 1:
        return 1
    base = Base(shape_of(Path(spec.base_folder)))
    found = share_out(spec.share, detect(), base, spec.plan, has_bitsandbytes=has_bitsandbytes())
    return found.processes


def _lead(jobdir: Path, log: EventLog, processes: int) -> int:
    """Let several processes work on the job, and say how they ended when they did not say it."""
    since = (jobdir / EVENTS_FILE).stat().st_size
    ended = led(jobdir, processes)
    if read_result(jobdir) is not None:
        return 0
    said, _ = read_events(jobdir / EVENTS_FILE, since=since)
    if said and said[-1].phase == "cancelled":
        return Incomplete.exit_code
    if ended.is_told:
        raise Incomplete("stopped on request")
    log.append(ended_by(jobdir, ended, processes=processes))
    return TrainingFailed.exit_code


class _StopOnRequest:
    """Remembers that somebody asked to stop, so that a step is never cut in two.

    Before the first step there is nothing to lose, and loading takes long: then it ends at once.
    """

    def __init__(self, log: EventLog) -> None:
        self.is_asked = False
        self.has_begun = False
        self._log = log
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, _signal: int, _frame: object) -> None:
        if not self.has_begun:
            self._log.append(Event(phase="cancelled", time=now()))
            os._exit(Incomplete.exit_code)
        self.is_asked = True


def work(jobdir: Path, log: EventLog, stop: Stop, ranks: Ranks = ALONE) -> None:
    """Bring the job in `jobdir` to its end, together with the others of `ranks`.

    Raises:
        Incomplete: when one of them was asked to stop.
        LorewrightError: as it was met.
    """
    if read_result(jobdir) is not None:
        log.append(Event(phase="done", time=now()))
        return
    spec, began = read_spec(jobdir), time.monotonic()
    log.append(Event(phase="load", time=now()))
    keep_within(spec.memory)
    training, choice = loaded(jobdir, spec, log, ranks)
    checkpoint = newest_checkpoint(jobdir / "checkpoints", spec=spec.fingerprint)
    history: list[dict[str, float]] = []
    if checkpoint is not None:
        training.restore(checkpoint)
        history = checkpoint.facts["history"]
    beat = Beat(log, lambda: (training.step, training.steps), is_asked=lambda: stop.is_asked)
    sketcher = sketcher_for(
        jobdir, spec, training.network, training.samples, steps=training.steps, beat=beat
    )
    watchers = [sketcher] if sketcher else []
    stop.has_begun = True
    attempt = Attempt(
        jobdir, spec.fingerprint, training, log, history, watchers=watchers, ranks=ranks
    )
    _run(attempt, stop, spec, training)
    log.append(Event(phase="save", time=now(), step=training.step, steps=training.steps))
    gathered = training.gathered()  # by all, since each may hold a part
    held_out = training.held_out_losses()
    if not ranks.is_first:
        return
    write = partial(training.write, base_name=spec.base_name, gathered=gathered)
    write_adapter(jobdir, lambda folder: _write(folder, write, _how(spec, choice, ranks)))
    write_held_out(jobdir / RESULT_FOLDER, held_out)
    if sketcher:
        sketcher.finish(jobdir / RESULT_FOLDER)
    _finish(jobdir, spec, training, history)
    took = None if checkpoint else time.monotonic() - began
    log.append(_done(jobdir, training, took))


def _run(attempt: "Attempt", stop: Stop, spec: Spec, training: LoraTraining) -> None:
    try:
        attempt.run(stop)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise too_large(spec, training) from error


def _finish(
    jobdir: Path, spec: Spec, training: LoraTraining, history: list[dict[str, float]]
) -> None:
    write_history(jobdir, history)
    write_result(jobdir, spec=spec.fingerprint, loss_tokens=training.loss_tokens, history=history)


def _done(jobdir: Path, training: LoraTraining, took: float | None) -> Event:
    """The last event: what the process took, beside what was expected of it."""
    expected = read_expected(jobdir)
    return Event(
        phase="done",
        time=now(),
        step=training.step,
        steps=training.steps,
        seconds=None if took is None else round(took, 1),
        peak_memory=peak_memory(),
        estimated_seconds=expected.seconds if expected else None,
        estimated_memory=expected.memory if expected else None,
    )


def _how(spec: Spec, choice: Choice, ranks: Ranks) -> dict[str, Any]:
    """What was chosen for the device."""
    how: dict[str, Any] = {
        "method": spec.plan.method.model_dump(mode="json"),
        "precision": choice.precision,
        "quantisation": choice.quantisation,
    }
    return how if ranks.size == 1 else how | {"devices": ranks.size}


def _write(folder: Path, write: Callable[[Path], None], how: dict[str, Any]) -> None:
    write(folder)
    text = json.dumps(how, indent=2, sort_keys=True) + "\n"
    (folder / HOW_FILE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
