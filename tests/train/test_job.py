"""Training processes: killed, stopped, adopted, refused."""

import json
import os
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from lorewright.errors import BadRecord, Incomplete, NotYet, TrainingFailed
from lorewright.inference import library, open_arm
from lorewright.lineage import Ref, fingerprint
from lorewright.records import Blob, Turn
from lorewright.settings import TrainingSettings
from lorewright.train import (
    Child,
    Event,
    Lessons,
    Line,
    adapter_record,
    cancel,
    describe,
    finish,
    follow,
    is_finished,
    prepare,
    result_of,
    start,
)
from lorewright.train.claim import holder
from lorewright.train.events import read_events

DATASET, BASE, RECIPE = (Ref(kind, "a" * 64) for kind in ("dataset", "base_model", "recipe"))


def adapter_of(job: Path) -> bytes:
    return (job / "result" / "adapter_model.safetensors").read_bytes()


def a_line(question: str, answer: str) -> Line:
    turns = (Turn(role="user", text=question), Turn(role="assistant", text=answer))
    return Line(name=f"example:{question}", turns=turns)


def put(body: bytes) -> Blob:
    return Blob(sha256=fingerprint(body), size=len(body))


def until_step(child: Child, step: int) -> None:
    """Wait until `child` has done `step` steps in this attempt."""
    list(islice((event for _, event in follow([child]) if (event.step or 0) >= step), 1))


def test_a_finished_job_tells_how_it_went(finished: tuple[Path, Path]) -> None:
    events, _ = read_events(finished[0] / "events.jsonl")
    steps = [event for event in events if event.phase == "train"]
    watched = [event.held_out_loss for event in steps if event.held_out_loss is not None]
    result = result_of(finished[0])

    assert [events[0].phase, events[-2].phase, events[-1].phase] == ["load", "save", "done"]
    assert [event.step for event in steps] == list(range(61))
    assert (steps[-1].loss or 9) < (steps[1].loss or 0) / 2
    assert len(watched) == 9
    assert watched[-1] != watched[0]
    assert steps[-1].eta_s == 0
    assert (steps[-1].tokens_per_s or 0) > 0
    assert (result.steps, result.loss_tokens) == (60, steps[-1].loss_tokens)
    assert float(result.held_out_loss or 0) == pytest.approx(watched[-1], abs=1e-5)


def test_the_adapter_is_what_peft_reads_and_names_no_place(
    finished: tuple[Path, Path], a_base: Callable[[str], Path]
) -> None:
    folder = finished[0] / "result"
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    scored = [
        open_arm(a_base("llama"), adapter, threads=1).log_likelihoods(
            [a_line("How often?", "Rebalance once a year.").turns]
        )[0]
        for adapter in (None, folder)
    ]

    assert library("peft").PeftConfig.from_pretrained(str(folder)).r == 8
    assert config["base_model_name_or_path"] == "tiny"
    assert "/" not in json.dumps(config)
    assert scored[1].tokens == scored[0].tokens
    assert scored[1].log_likelihood > scored[0].log_likelihood + 5


def test_the_control_learns_as_much_and_something_else(finished: tuple[Path, Path]) -> None:
    tuned, control = (result_of(job) for job in finished)

    assert adapter_of(finished[0]) != adapter_of(finished[1])
    assert control.steps == tuned.steps


def test_a_finished_job_becomes_a_record(finished: tuple[Path, Path]) -> None:
    record = adapter_record(finished[1], made_from=(DATASET, BASE, RECIPE), put_blob=put)
    history = (finished[1] / "history.jsonl").read_text(encoding="utf-8").splitlines()

    assert record.role == "permuted-control"
    assert {file.path for file in record.files} == {
        "adapter_config.json",
        "adapter_model.safetensors",
        "held_out.jsonl",
        "training.json",
    }
    assert record.steps == len(history) == 60
    assert record.history.sha256 == fingerprint((finished[1] / "history.jsonl").read_bytes())
    assert "time" not in json.loads(history[0])


def test_a_job_that_is_not_finished_is_no_record(prepared: Path) -> None:
    with pytest.raises(NotYet, match="not finished"):
        adapter_record(prepared, made_from=(DATASET, BASE, RECIPE), put_blob=put)


def test_a_changed_adapter_is_no_record(finished: tuple[Path, Path], tmp_path: Path) -> None:
    job = Path(shutil.copytree(finished[0], tmp_path / "job"))
    with (job / "result" / "adapter_config.json").open("a", encoding="utf-8") as file:
        file.write(" ")

    with pytest.raises(BadRecord, match="has changed"):
        adapter_record(job, made_from=(DATASET, BASE, RECIPE), put_blob=put)


def test_a_finished_job_is_not_run_again(finished: tuple[Path, Path]) -> None:
    heard: list[Event] = []

    results = finish(finished, on_event=lambda _job, event: heard.append(event))

    assert results == [result_of(job) for job in finished]
    assert heard == []


@pytest.mark.slow
def test_a_killed_job_goes_on_and_ends_with_the_same_bytes(
    prepared: Path, finished: tuple[Path, Path]
) -> None:
    child = start(prepared)
    until_step(child, 25)
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    with pytest.raises(TrainingFailed, match="died"):
        result_of(prepared)

    again: list[Event] = []
    finish([prepared], on_event=lambda _job, event: again.append(event))

    steps = [event.step for event in again if event.phase == "train"]
    assert 19 <= (steps[0] or 0) <= 61
    assert steps[-1] == 60
    assert adapter_of(prepared) == adapter_of(finished[0])
    assert result_of(prepared) == result_of(finished[0])


@pytest.mark.slow
def test_a_running_job_is_adopted_and_can_be_stopped_and_taken_up(
    prepared: Path, finished: tuple[Path, Path]
) -> None:
    first = start(prepared)
    until_step(first, 3)

    second = start(prepared)
    assert second.process is None
    assert second.is_alive()
    assert first.process is not None
    assert holder(prepared) == first.process.pid
    assert cancel(prepared)
    first.process.wait()

    assert first.process.returncode == Incomplete.exit_code
    assert not second.is_alive()
    assert second.events()[-1].phase == "cancelled"
    with pytest.raises(Incomplete, match="stopped"):
        result_of(prepared)
    assert not is_finished(prepared)

    finish([prepared])
    assert adapter_of(prepared) == adapter_of(finished[0])


@pytest.mark.slow
def test_an_interruption_stops_the_process_with_a_checkpoint(prepared: Path) -> None:
    def interrupt(_job: Path, event: Event) -> None:
        if (event.step or 0) >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finish([prepared], on_event=interrupt)

    assert holder(prepared) is None
    assert list((prepared / "checkpoints").glob("step-*"))


@pytest.mark.slow
def test_examples_that_are_too_long_are_all_named_and_nothing_is_cut(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    long = a_line("How long?", "Rest before the work is done. " * 60 + "Rest.")
    also = a_line("How long then?", "Keep six months of rent aside. " * 60 + "Rest.")
    settings = TrainingSettings(base="outside", threads=1)
    base = describe(a_base("llama"), name="tiny")
    prepare(tmp_path, Lessons("tuned", [long], [also]), base=base, settings=settings)

    with pytest.raises(BadRecord, match="2 examples have more than the 256 tokens") as caught:
        finish([tmp_path])

    where = re.sub(r"[\d,]+ tokens", "N tokens", caught.value.where or "")
    assert where == "example:How long? (N tokens), example:How long then? (N tokens)"
    assert "nothing is cut" in (caught.value.hint or "")
    assert (tmp_path / "log.txt").read_text(encoding="utf-8") == ""


def test_a_process_that_died_without_a_word_shows_the_end_of_its_log(prepared: Path) -> None:
    (prepared / "log.txt").write_text("one\ntwo\nKilled by something\n", encoding="utf-8")

    with pytest.raises(TrainingFailed, match="died") as caught:
        result_of(prepared)
    assert "Killed by something" in (caught.value.where or "")


def test_preparing_the_same_job_again_changes_nothing(
    prepared: Path, a_base: Callable[[str], Path]
) -> None:
    before = {path.name: path.read_bytes() for path in prepared.iterdir()}
    spec = json.loads(before["spec.json"])
    lines = [Line.model_validate_json(line) for line in before["train.jsonl"].splitlines()]
    valid = [Line.model_validate_json(line) for line in before["valid.jsonl"].splitlines()]
    settings = TrainingSettings(
        base="outside",
        epochs=30,
        batch=4,
        threads=1,
        rank=8,
        alpha=16,
        learning_rate=Decimal("0.02"),
    )
    base = describe(a_base("llama"), name="tiny")

    prepare(prepared, Lessons("tuned", lines, valid), base=base, settings=settings)

    assert {path.name: path.read_bytes() for path in prepared.iterdir()} == before
    with pytest.raises(BadRecord, match="another training job"):
        prepare(prepared, Lessons("tuned", lines[1:], valid), base=base, settings=settings)
    assert json.loads((prepared / "spec.json").read_text(encoding="utf-8")) == spec
    with pytest.raises(NotYet, match="nothing to train on"):
        prepare(prepared, Lessons("tuned", []), base=base, settings=settings)


def test_nothing_runs_where_nothing_was_started(prepared: Path) -> None:
    assert not cancel(prepared)
    assert not is_finished(prepared)


def test_a_lock_that_a_dead_process_left_holds_nobody_up(prepared: Path) -> None:
    (prepared / "lock").write_text(f"{os.getpid()}\n", encoding="utf-8")

    assert holder(prepared) is None
