"""What is measured: a few steps beforehand, and at the end what it came to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lorewright.errors import LorewrightError
from lorewright.records import Turn
from lorewright.settings import TrainingSettings
from lorewright.train import Lessons, Line, describe, finish, prepare
from lorewright.train.estimate import (
    Expected,
    find_device,
    is_quick_to_measure,
    measured_pace,
    read_expected,
    write_expected,
)
from lorewright.train.estimate.device import processor
from lorewright.train.events import EVENTS_FILE, read_events

Bases = Callable[[str], Path]
SETTINGS = TrainingSettings(base="outside", epochs=2, batch=4, threads=1, rank=4)
LINES = [
    Line(
        name=f"example:{number}",
        turns=(
            Turn(role="user", text=f"What is rule {number}?"),
            Turn(role="assistant", text="Rebalance once a year."),
        ),
    )
    for number in range(40)
]


def test_a_pace_is_measured_with_the_very_process_that_trains(a_base: Bases) -> None:
    base = describe(a_base("llama"), name="tiny")

    pace = measured_pace(LINES, [30] * len(LINES), base=base, settings=SETTINGS)

    assert is_quick_to_measure(base)
    assert pace.step_s > 0
    assert pace.start_s > 0
    assert pace.tokens_per_step == 4 * 30
    assert pace.peak is not None
    assert pace.peak > 10**8


def test_a_pace_of_something_that_cannot_be_trained_says_why(a_base: Bases, tmp_path: Path) -> None:
    base = describe(a_base("llama"), name="tiny")
    settings = SETTINGS.model_copy(update={"max_length": 3})

    with pytest.raises(LorewrightError, match="more than the 3 tokens that are allowed"):
        measured_pace(LINES, [30] * len(LINES), base=base, settings=settings)


def test_the_last_event_tells_what_was_expected_and_what_came(
    a_base: Bases, tmp_path: Path
) -> None:
    base, job = describe(a_base("llama"), name="tiny"), tmp_path / "job"
    prepare(job, Lessons("tuned", LINES[:4]), base=base, settings=SETTINGS)
    write_expected(job, Expected(seconds=12.5, memory=10**9))

    finish([job])

    events, _ = read_events(job / EVENTS_FILE)
    last = events[-1]
    assert (last.estimated_seconds, last.estimated_memory) == (12.5, 10**9)
    assert last.seconds is not None
    assert last.peak_memory is not None
    assert 0 < last.seconds < 1000
    assert 10**8 < last.peak_memory < 10**11


def test_an_expectation_that_nobody_wrote_or_that_is_torn_is_none(tmp_path: Path) -> None:
    assert read_expected(tmp_path) is None

    (tmp_path / "estimate.json").write_text('{"seconds": 1', encoding="utf-8")

    assert read_expected(tmp_path) is None


def test_the_processor_is_found_with_its_memory() -> None:
    device = processor(threads=2)

    assert device.kind == "cpu"
    assert 0 < device.free <= device.memory
    assert processor(threads=1).tflops <= device.tflops


def test_a_gpu_is_read_from_the_tool_of_its_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA H200, 143771, 140000'\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    device = find_device(threads=2)

    assert (device.kind, device.name) == ("cuda", "NVIDIA H200")
    assert device.memory == 143771 * 2**20
    assert device.tflops == pytest.approx(395.6)


def test_a_tool_that_talks_nonsense_leaves_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'No devices were found'\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    assert find_device(threads=1).kind == "cpu"
