"""Files that a killed process may leave half written: events, claims, checkpoints, lines."""

import os
from pathlib import Path

import pytest
import torch

from lorewright.errors import BadRecord
from lorewright.train import Event
from lorewright.train.checkpoints import Checkpoint, newest_checkpoint, write_checkpoint
from lorewright.train.claim import claim, holder
from lorewright.train.events import EventLog, read_events
from lorewright.train.lines import Line, read_lines, write_lines


def an_event(step: int) -> Event:
    return Event(phase="train", time=1.5, step=step)


def untimed(events: list[Event]) -> list[Event]:
    assert all(event.tick is not None for event in events)
    return [event.model_copy(update={"tick": None}) for event in events]


def test_events_are_read_as_they_come(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl")
    log.append(an_event(1))
    first, at = read_events(tmp_path / "events.jsonl")
    log.append(an_event(2))
    log.close()

    second, _ = read_events(tmp_path / "events.jsonl", since=at)

    assert [untimed(first), untimed(second)] == [[an_event(1)], [an_event(2)]]


def test_half_a_line_is_neither_read_nor_built_upon(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(an_event(1).model_dump_json().encode() + b'\n{"phase":"tra')

    before, at = read_events(path)
    log = EventLog(path)
    log.append(an_event(2))
    log.close()
    after, _ = read_events(path, since=at)

    assert [before, untimed(after)] == [[an_event(1)], [an_event(2)]]


def test_no_events_yet_is_no_error(tmp_path: Path) -> None:
    assert read_events(tmp_path / "events.jsonl") == ([], 0)


def test_a_job_has_one_holder_and_none_after_it(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    lock = claim(tmp_path)
    assert lock is not None

    assert claim(tmp_path, patience_s=0.1) is None
    assert holder(tmp_path) == os.getpid()
    os.close(lock)

    assert holder(tmp_path) is None


def a_checkpoint(value: float) -> Checkpoint:
    return Checkpoint({"weights": torch.full((3,), value)}, {"step": int(value)})


def test_the_newest_checkpoint_comes_back_and_two_are_kept(tmp_path: Path) -> None:
    for step in (1, 2, 3):
        write_checkpoint(tmp_path / "all", step, a_checkpoint(step), spec="s")

    found = newest_checkpoint(tmp_path / "all", spec="s")

    assert found is not None
    assert found.facts == {"step": 3}
    assert torch.equal(found.tensors["weights"], torch.full((3,), 3.0))
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == [
        "step-000000002",
        "step-000000003",
    ]


def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    for step in (1, 2):
        write_checkpoint(tmp_path, step, a_checkpoint(step), spec="s")
    damaged = tmp_path / "step-000000002" / "tensors.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")

    found = newest_checkpoint(tmp_path, spec="s")

    assert found is not None
    assert found.facts == {"step": 1}


def test_a_checkpoint_of_another_job_is_not_taken(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, 1, a_checkpoint(1), spec="s")

    assert newest_checkpoint(tmp_path, spec="other") is None
    assert newest_checkpoint(tmp_path / "nowhere", spec="s") is None


LINE = Line.model_validate(
    {
        "name": "example:1",
        "turns": [{"role": "user", "text": "Wie?"}, {"role": "assistant", "text": "So.\u2028 🌿"}],
    }
)


def test_lines_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    sha256 = write_lines(tmp_path / "train.jsonl", [LINE, LINE])

    assert read_lines(tmp_path / "train.jsonl", sha256=sha256) == [LINE, LINE]


def test_a_training_file_that_changed_is_refused(tmp_path: Path) -> None:
    sha256 = write_lines(tmp_path / "train.jsonl", [LINE])
    with (tmp_path / "train.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")

    with pytest.raises(BadRecord, match="has changed"):
        read_lines(tmp_path / "train.jsonl", sha256=sha256)
