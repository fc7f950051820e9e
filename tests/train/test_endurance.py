"""A job that is killed, runs out of disk or blows up ends as it should, or goes on."""

import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from lorewright.errors import Incomplete, NotANumber, OutOfMemory, StorageError
from lorewright.train import Lessons, describe, prepare, result_of, with_memory
from lorewright.train.checkpoints import kept_checkpoints, newest_checkpoint
from lorewright.train.claim import holder
from lorewright.train.events import Event, read_events
from lorewright.train.memory import Memory
from lorewright.train.run import main
from lorewright.train.spec import read_spec
from train.conftest import HELD_OUT, LINES, SETTINGS, a_line, make_base

PATIENCE_S = 120.0
KILLS = 10
SEED = 20260


def forked(job: Path, before: Callable[[], None] = lambda: None) -> int:
    """The training process as a fork of this one, which has the libraries loaded already."""
    process = os.fork()
    if process:
        return process
    try:
        log = os.open(job / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.stderr = os.fdopen(2, "w")
        os.setsid()
        before()
        code = main(job)
    except BaseException:  # noqa: BLE001 - nothing may come back into the test
        code = 99
    os._exit(code)


def ended(process: int) -> int:
    """Wait for a process; its exit code, or the signal that ended it as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def until(job: Path, since: int, is_it: Callable[[Event], bool]) -> None:
    """Wait until a process said something after byte `since`."""
    gives_up = time.monotonic() + PATIENCE_S
    while not any(map(is_it, read_events(job / "events.jsonl", since=since)[0])):
        assert time.monotonic() < gives_up, "it never said so"
        time.sleep(0.001)


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def adapter_of(job: Path) -> bytes:
    return (job / "result" / "adapter_model.safetensors").read_bytes()


@pytest.mark.slow
def test_killed_at_ten_steps_by_chance_it_ends_with_the_same_bytes(
    prepared: Path, finished: tuple[Path, Path]
) -> None:
    events = prepared / "events.jsonl"
    for step in sorted(random.Random(SEED).sample(range(1, 59), KILLS)):
        since = size(events)
        process = forked(prepared)
        until(prepared, since, lambda event, step=step: (event.step or 0) >= step)
        os.kill(process, signal.SIGKILL)
        assert ended(process) == -signal.SIGKILL
        assert holder(prepared) is None

    assert ended(forked(prepared)) == 0
    said, _ = read_events(events)

    assert sum(event.begins for event in said) == KILLS + 1
    assert adapter_of(prepared) == adapter_of(finished[0])
    assert result_of(prepared) == result_of(finished[0])
    ticks = [event.tick for event in said if event.tick is not None]
    assert len(ticks) == len(said)
    assert ticks == sorted(ticks)


def test_a_disk_that_is_full_is_named_and_the_job_goes_on(
    prepared: Path, finished: tuple[Path, Path]
) -> None:
    most = size(prepared / "train.jsonl") + 30_000

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    assert ended(forked(prepared, no_room)) == StorageError.exit_code

    with pytest.raises(StorageError, match="training cannot write its files") as caught:
        result_of(prepared)
    assert "free some space" in (caught.value.hint or "")
    assert not (prepared / "checkpoints" / ".unfinished").exists()
    assert ended(forked(prepared)) == 0
    assert adapter_of(prepared) == adapter_of(finished[0])


def test_a_loss_that_is_no_number_ends_the_job_and_leaves_good_checkpoints(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    wild = SETTINGS.model_copy(update={"learning_rate": Decimal("1e18")})
    base = describe(a_base("llama"), name="tiny")
    spec = prepare(tmp_path, Lessons("tuned", LINES, HELD_OUT), base=base, settings=wild)

    assert ended(forked(tmp_path)) == NotANumber.exit_code

    with pytest.raises(NotANumber, match="is not a number at step") as caught:
        result_of(tmp_path)
    assert "learning_rate" in (caught.value.hint or "")
    kept = newest_checkpoint(tmp_path / "checkpoints", spec=spec.fingerprint)
    assert kept is None or all(
        bool(value.isfinite().all())
        for name, value in kept.tensors.items()
        if name.startswith("weights/")
    )


def test_told_to_stop_it_writes_a_checkpoint_that_is_listed(prepared: Path) -> None:
    process = forked(prepared)
    until(prepared, 0, lambda event: (event.step or 0) >= 2)
    os.kill(process, signal.SIGTERM)

    assert ended(process) == Incomplete.exit_code
    said, _ = read_events(prepared / "events.jsonl")
    (kept, *_) = reversed(kept_checkpoints(prepared / "checkpoints"))
    last = next(event for event in reversed(said) if event.phase == "checkpoint")
    assert kept.step == last.step
    assert kept.size > 0
    assert said[-1].phase == "cancelled"


def test_progress_is_told_in_loss_tokens_over_all_attempts(prepared: Path) -> None:
    process = forked(prepared)
    until(prepared, 0, lambda event: (event.step or 0) >= 8)
    os.kill(process, signal.SIGTERM)
    ended(process)
    since = size(prepared / "events.jsonl")
    assert ended(forked(prepared)) == 0

    steps = [event for event in read_events(prepared / "events.jsonl")[0] if event.phase == "train"]
    again = [
        event
        for event in read_events(prepared / "events.jsonl", since=since)[0]
        if event.phase == "train"
    ]
    totals = {event.total_loss_tokens for event in steps}
    assert totals == {steps[-1].loss_tokens}
    assert (again[0].step or 0) > 8
    assert (again[0].loss_tokens or 0) > (steps[1].loss_tokens or 0)
    assert steps[-1].epoch == pytest.approx(30.0)
    assert all((event.grad_norm or 0) > 0 for event in steps if event.step)


def within(megabytes: int) -> Callable[[], None]:
    """Let a fork have so much memory beyond what it came with, as a small machine would."""

    def limit() -> None:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        held = next(line for line in status.splitlines() if line.startswith("VmData"))
        most = int(held.split()[1]) * 1024 + megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))

    return limit


def test_without_memory_the_smallest_change_is_named_until_it_fits(tmp_path: Path) -> None:
    answer = "Rest before the work is done. " * 12
    lines = [a_line(f"How long, {number}?", f"{answer}{number}.") for number in range(128)]
    # Padded, and with many words to choose from: the tests before this one leave memory that
    # was given back, and a tree over few words would take no more than that.
    wide: dict[str, object] = {"batch": 128, "epochs": 1, "packing": "padded"}
    base = describe(make_base(tmp_path / "base", "llama", vocab_size=12_000), name="tiny")
    settings, job = SETTINGS.model_copy(update=wide), tmp_path / "job"
    prepare(job, Lessons("tuned", lines), base=base, settings=settings)
    with_memory(job, Memory(pass_tokens=100_000))

    tried: list[Memory] = []
    while (code := ended(forked(job, within(400)))) != 0:
        assert code == OutOfMemory.exit_code
        with pytest.raises(OutOfMemory, match="memory ran out at step 1") as caught:
            result_of(job)
        assert isinstance(caught.value.fits, Memory)
        assert caught.value.fits.in_words() in (caught.value.hint or "")
        tried.append(caught.value.fits)
        with_memory(job, tried[-1])

    assert tried
    assert [one.pass_tokens or 0 for one in tried] == sorted(
        (one.pass_tokens or 0 for one in tried), reverse=True
    )
    assert result_of(job).steps == 1


def test_how_much_is_held_in_memory_is_no_part_of_what_a_job_is(
    prepared: Path, a_base: Callable[[str], Path]
) -> None:
    before = read_spec(prepared)
    with_memory(prepared, Memory(pass_tokens=64, gradient_checkpointing=True))
    base = describe(a_base("llama"), name="tiny")
    prepare(prepared, Lessons("tuned", LINES, HELD_OUT), base=base, settings=SETTINGS)

    after = read_spec(prepared)
    assert after.fingerprint == before.fingerprint
    assert after.memory.pass_tokens == 64
    assert ended(forked(prepared)) == 0
    assert result_of(prepared).steps == 60
