"""The training process: `python -m lorewright.train.run JOBDIR`.

It reads only its job folder and the base model, and says everything in `events.jsonl`, so it
does not care whether anybody watches. Started again on the same folder, after whatever end,
it goes on from the last whole checkpoint. Exit codes: 0 the result is there, 3 stopped on
request and ready to go on, 4 failed (the last event says why). A job for several devices is led
from here and worked on by a process for each of them; see `lorewright.train.rank`.
"""

import json
import os
import re
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal, Protocol

from lorewright.errors import (
    BadRecord,
    Busy,
    Incomplete,
    LorewrightError,
    OutOfMemory,
    StorageError,
    TrainingFailed,
)
from lorewright.inference import ChatTokenizer, Sample, library, open_weights
from lorewright.train.base_model import hashed
from lorewright.train.checkpoints import newest_checkpoint, write_checkpoint
from lorewright.train.claim import claim
from lorewright.train.devices import Base, Choice, choose, detect, has_bitsandbytes
from lorewright.train.estimate.outcome import peak_memory, read_expected
from lorewright.train.events import EVENTS_FILE, Event, EventLog, now, read_events
from lorewright.train.footprint import shape_of
from lorewright.train.held_out import write_held_out
from lorewright.train.lengths import refuse_too_long, too_long
from lorewright.train.lines import Line, read_lines
from lorewright.train.lora import LoraTraining, with_adapter
from lorewright.train.memory import Memory, is_out_of_memory, keep_within
from lorewright.train.methods import save_memory
from lorewright.train.packing import choose_packing
from lorewright.train.result import (
    HOW_FILE,
    RESULT_FOLDER,
    read_result,
    write_adapter,
    write_history,
    write_result,
)
from lorewright.train.several import ALONE, Ranks, ended_by, led, shard
from lorewright.train.sharing import Sharing, share_out
from lorewright.train.sketch import sketcher_for
from lorewright.train.spec import TRAIN_FILE, VALID_FILE, Spec, read_spec
from lorewright.train.watching import Beat, Watcher

CHECKPOINT_S = 300.0
"""A checkpoint is written at the latest after this time, and ten times in a run anyway."""
HELD_OUT_TIMES = 8
"""How often held-out loss is measured in a run, besides before the first step."""
_OS_ERROR = re.compile(r"\(os error (\d+)\)")
PACE_STEPS = 20
"""The pace is that of the last so many steps."""


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


class Stop(Protocol):
    """Somebody may ask to stop."""

    is_asked: bool
    has_begun: bool
    """Whether steps are done, so that the request has to wait for the end of one."""


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
    training, choice = _loaded(jobdir, spec, log, ranks)
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
    attempt = _Attempt(
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


def _run(attempt: "_Attempt", stop: Stop, spec: Spec, training: LoraTraining) -> None:
    try:
        attempt.run(stop)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise _too_large(spec, training) from error


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


def _loaded(jobdir: Path, spec: Spec, log: EventLog, ranks: Ranks) -> tuple[LoraTraining, Choice]:
    torch = library("torch")
    torch.set_num_threads(spec.plan.threads)
    torch.use_deterministic_algorithms(mode=True, warn_only=torch.cuda.is_available())
    folder = _checked_base(spec) if ranks.is_first else Path(spec.base_folder)
    train = read_lines(jobdir / TRAIN_FILE, sha256=spec.train_sha256)
    valid = read_lines(jobdir / VALID_FILE, sha256=spec.valid_sha256)
    tokenizer = ChatTokenizer.open(folder)
    samples = [_samples(tokenizer, lines) for lines in (train, valid)]
    allowed = spec.plan.max_length
    refuse_too_long(too_long(chain(*samples), allowed=allowed), allowed=allowed)
    longest = max(len(one.ids) for part in samples for one in part)
    choice, sharing = _chosen(folder, spec, ranks, longest=longest)
    for reason in choice.reasons:
        log.append(Event(phase="load", time=now(), note=reason))
    if sharing.reason is not None:
        log.append(Event(phase="load", time=now(), note=sharing.reason))
    network = _network(folder, spec, choice, sharing, ranks)
    chosen = choose_packing(
        network, samples[0], asked=spec.plan.packing, most=_at_once(spec, choice)
    )
    log.append(Event(phase="load", time=now(), packing=chosen.packing.name, reason=chosen.reason))
    is_mixed = spec.plan.method.kind == "full" and choice.precision == "bf16"
    training = LoraTraining(
        network,
        *samples,
        plan=spec.plan,
        packing=chosen.packing,
        mixed=is_mixed,
        ranks=replace(ranks, in_parts=sharing.shards > 1),
    )
    return training, choice


def _network(folder: Path, spec: Spec, choice: Choice, sharing: Sharing, ranks: Ranks) -> Any:
    """The base with what is trained on it.

    One that is held in parts is read by one process after another, so that it is in the memory
    of the machine once.
    """
    if sharing.shards == 1:
        return _whole_network(folder, spec, choice, device=choice.device.kind)
    network: Any = None
    for turn in range(ranks.size):
        if turn == ranks.rank:
            network = _whole_network(folder, spec, choice, device="cpu")
            shard(network, ranks, device=choice.device.kind)
        ranks.wait()
    return network


def _whole_network(
    folder: Path, spec: Spec, choice: Choice, *, device: Literal["cpu", "mps", "cuda"]
) -> Any:
    weights = open_weights(
        folder,
        device=device,
        # A base that is trained itself keeps 32 bits, since steps are small.
        precision="fp32" if spec.plan.method.kind == "full" else choice.precision,
        four_bits=choice.quantisation == "nf4",
    )
    network = with_adapter(weights, spec.plan)
    if choice.checkpointing or spec.memory.gradient_checkpointing:
        save_memory(network)
    return network


def _at_once(spec: Spec, choice: Choice) -> int:
    """Tokens that may go through the network at once: what fits, or less once that was tried."""
    tried = spec.memory.pass_tokens
    return choice.pass_tokens if tried is None else min(tried, choice.pass_tokens)


def _chosen(folder: Path, spec: Spec, ranks: Ranks, *, longest: int) -> tuple[Choice, Sharing]:
    base, device, four_bits = Base(shape_of(folder), longest), detect(), has_bitsandbytes()
    share = spec.share.model_copy(update={"devices": ranks.size})
    sharing = share_out(share, device, base, spec.plan, has_bitsandbytes=four_bits)
    choice = choose(device, base, spec.plan, has_bitsandbytes=four_bits, shards=sharing.shards)
    return choice, sharing


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


def _samples(tokenizer: ChatTokenizer, lines: Sequence[Line]) -> list[Sample]:
    return [sample for line in lines for sample in tokenizer.samples(line.name, line.turns)]


class _Attempt:
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


def _too_large(spec: Spec, training: LoraTraining) -> OutOfMemory:
    """What to change when a step does not fit into memory."""
    tried = spec.memory.model_copy(update={"pass_tokens": training.pass_tokens})
    fits = tried.smaller([len(sample.ids) for sample in training.next_samples()])
    hint = (
        f"with {fits.in_words()} it may fit: `lorewright jobs resume JOB --retry-oom` tries that, "
        "from the last checkpoint"
        if fits
        else "leave out or shorten the longest examples, or take a smaller base"
    )
    sentence = f"memory ran out at step {training.step + 1}, with {tried.in_words()}"
    return OutOfMemory(sentence, hint=hint, fits=fits)


def classified(error: Exception) -> LorewrightError:
    """Say what an unexpected error probably means."""
    if is_out_of_memory(error):
        return OutOfMemory(
            "memory ran out while the base was loaded",
            hint="take a smaller base, or raise jobs.memory_gb if that is what it met",
        )
    if (refused := _refused_write(error)) is not None:
        return StorageError.from_system(refused, doing="training cannot write its files")
    return TrainingFailed(
        f"training stopped with {type(error).__name__}: {error}",
        hint="log.txt in the job folder shows where",
    )


def _refused_write(error: Exception) -> OSError | None:
    """What the system refused, also when a library tells of it in words of its own."""
    if isinstance(error, OSError) and error.errno is not None:
        return error
    number = _OS_ERROR.search(str(error))
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else None


def failed(error: LorewrightError) -> Event:
    """The event that says so."""
    fits = error.fits if isinstance(error, OutOfMemory) else None
    return Event(
        phase="error",
        time=now(),
        kind=type(error).__name__,
        sentence=error.sentence,
        where=error.where,
        hint=error.hint,
        fits=fits if isinstance(fits, Memory) else None,
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
