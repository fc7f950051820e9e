"""Training on rented machines: the task file, what runs there, the bucket, and the `sky` command.

The command is a program of the tests, as no cloud can be asked here; the file is also read by
SkyPilot itself where SKYPILOT_PYTHON names the Python of its environment.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from deadline import deadline
from lorewright.errors import BadRecord, Busy, MissingExtra, OutsideError, UsageError
from lorewright.train import is_finished
from lorewright.train.claim import holder
from lorewright.train.events import read_events
from lorewright.train.executors.bucket import Bucket
from lorewright.train.executors.executor import Place
from lorewright.train.executors.keeper import Errand
from lorewright.train.executors.skypilot import Sky, SkyPilot
from lorewright.train.executors.skypilot_task import Rental, task_file, task_name, task_of
from lorewright.train.spec import read_spec

SKYPILOT = os.environ.get("SKYPILOT_PYTHON")
CHECK = """
import sys, yaml, jsonschema
from sky.utils import schemas
from sky import task
for path in sys.argv[1:]:
    found = yaml.safe_load(open(path))
    jsonschema.validate(found, schemas.get_task_schema())
    jsonschema.validate(found["resources"], schemas.get_resources_schema())
    for mount in found["file_mounts"].values():
        if isinstance(mount, dict):
            jsonschema.validate(mount, schemas.get_storage_schema())
    made = task.Task.from_yaml(path)
    print(made.name, sorted(map(str, made.resources)))
"""


def adapter_of(job: Path) -> bytes:
    return (job / "result" / "adapter_model.safetensors").read_bytes()


def a_rental(tmp_path: Path, **other: Any) -> Rental:
    return Rental(kept="s3://bucket/lorewright", wheel=tmp_path / "lorewright.whl", **other)


@pytest.mark.parametrize("infra", ["runpod", "lambda", "aws/us-east-1", "gcp", None])
def test_the_task_says_what_to_rent_and_what_to_run(
    infra: str | None, prepared: Path, tmp_path: Path
) -> None:
    spec = read_spec(prepared)
    rental = a_rental(
        tmp_path,
        infra=infra,
        accelerators="H100:1",
        max_usd_per_hour=Decimal("3.5"),
        volume="bases",
    )

    task = yaml.safe_load(task_file(task_of(prepared, spec, rental)))

    assert task["name"] == task_name(spec) == f"lorewright-{spec.fingerprint[:16]}"
    assert task["resources"].get("infra") == infra
    assert task["resources"]["use_spot"] is True
    assert task["resources"]["max_hourly_cost"] == 3.5
    assert task["volumes"] == {"/lorewright/bases": "bases"}
    assert task["file_mounts"]["/lorewright/kept"] == {
        "source": "s3://bucket/lorewright",
        "mode": "MOUNT",
    }
    assert task["file_mounts"]["/lorewright/base"] == spec.base_folder
    errand = Errand.model_validate_json(shlex.split(task["run"].splitlines()[-1])[-1])
    assert errand.kept == f"/lorewright/kept/{task['name']}"
    for script in (task["setup"], task["run"]):
        assert subprocess.run(["bash", "-n"], input=script.encode(), check=False).returncode == 0


def test_a_base_model_from_the_hub_is_not_sent(prepared: Path, tmp_path: Path) -> None:
    task = task_of(
        prepared, read_spec(prepared), a_rental(tmp_path, base_from_hub="mistralai/Mistral-7B")
    )

    assert "/lorewright/base" not in task["file_mounts"]
    assert "mistralai/Mistral-7B" in task["run"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"infra": "aws; rm -rf"},
        {"accelerators": "H100 --yes"},
        {"volume": "-x"},
        {"image": "a\nb"},
        {"kept": "bucket"},
        {"base_from_hub": "a/b; c"},
    ],
    ids=str,
)
def test_words_that_belong_elsewhere_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Rental.model_validate({"kept": "s3://bucket/x", **wrong})


@pytest.mark.slow
@pytest.mark.skipif(SKYPILOT is None, reason="SKYPILOT_PYTHON names no Python with SkyPilot in it")
def test_skypilot_reads_the_task(prepared: Path, tmp_path: Path) -> None:
    assert SKYPILOT is not None
    (tmp_path / "lorewright.whl").write_bytes(b"")
    paths: list[Path] = []
    for infra in ("runpod", "lambda", "aws/us-east-1", "gcp", None):
        rental = a_rental(
            tmp_path,
            infra=infra,
            accelerators="A100:1",
            image="docker:nvcr.io/nvidia/pytorch:25.01-py3" if infra == "runpod" else None,
            max_usd_per_hour=Decimal(3),
            volume="bases" if infra == "runpod" else None,
        )
        paths.append(tmp_path / f"{len(paths)}.yaml")
        text = task_file(task_of(prepared, read_spec(prepared), rental))
        paths[-1].write_text(text, encoding="utf-8")

    done = subprocess.run(
        [SKYPILOT, "-c", CHECK, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "SKYPILOT_DISABLE_USAGE_COLLECTION": "1",
        },
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count(task_name(read_spec(prepared))) == 5
    assert "RunPod([Spot], {'A100': 1}" in done.stdout


def an_errand(prepared: Path, tmp_path: Path, machine: str) -> Errand:
    """What a machine does; each has a disk of its own, and all share the bucket and the volume."""
    return Errand(
        job=str(prepared),
        kept=str(tmp_path / "bucket" / task_name(read_spec(prepared))),
        work=str(tmp_path / machine / "work"),
        bases=str(tmp_path / "volume"),
        base=read_spec(prepared).base_folder,
        every_s=0.2,
    )


def keeper(errand: Errand) -> "subprocess.Popen[bytes]":
    program = [sys.executable, "-m", "lorewright.train.executors.keeper", errand.model_dump_json()]
    return subprocess.Popen(program)


def hold_at(jobdir: Path, step: int) -> int:
    """Freeze the process of a job after so many steps."""
    with deadline(120):
        while not any(
            (event.step or 0) >= step for event in read_events(jobdir / "events.jsonl")[0]
        ):
            time.sleep(0.02)
    process = holder(jobdir)
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    return process


def until_kept(errand: Errand, name: str) -> None:
    with deadline(120):
        while not list(Path(errand.kept).glob(name)):
            time.sleep(0.02)


def vanish(process: "subprocess.Popen[bytes]", errand: Errand) -> None:
    """A machine that is taken away without a word."""
    process.kill()
    process.wait()
    child = holder(Path(errand.work))
    if child is not None:
        os.killpg(child, signal.SIGKILL)
    shutil.rmtree(errand.work)


@pytest.mark.slow
def test_a_job_goes_on_on_the_next_machine_and_comes_back_from_the_bucket(
    prepared: Path, finished: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = (an_errand(prepared, tmp_path, name) for name in ("first", "second"))
    process = keeper(first)
    hold_at(Path(first.work), 20)
    until_kept(first, "checkpoints/step-*.json")
    vanish(process, first)
    (Path(second.kept) / "checkpoints" / "step-000000099").mkdir()  # half copied, and no list

    assert keeper(second).wait(120) == 0
    assert keeper(second).wait(60) == 0  # what is done is not done again

    bucket = Bucket(f"file://{tmp_path}/bucket", task_name(read_spec(prepared)))
    sky = a_sky(tmp_path, [])
    rental = Rental(kept=f"file://{tmp_path}/bucket")
    place = a_place(prepared, tmp_path)
    executor = SkyPilot(rental, sky)
    look = executor.poll(place)
    back = executor.fetch(look.place)

    steps = [event.step for event in look.events if event.phase == "train"]
    assert (look.is_alive, look.is_whole, look.trouble) == (False, True, None)
    assert (steps[0], steps[-1]) == (0, 60)
    assert len([event for event in look.events if event.begins]) == 2
    assert executor.poll(look.place).events == ()
    assert back.is_whole
    assert adapter_of(prepared) == adapter_of(finished[0])
    with pytest.raises(UsageError, match="finished"):
        executor.submit(prepared)
    executor.remove(place)
    assert bucket.newest_checkpoint() is None


@pytest.mark.slow
def test_a_word_in_the_bucket_stops_the_job_with_a_checkpoint(
    prepared: Path, finished: tuple[Path, Path], tmp_path: Path
) -> None:
    errand = an_errand(prepared, tmp_path, "first")
    bucket = Bucket(f"file://{tmp_path}/bucket", task_name(read_spec(prepared)))
    bucket.ask_to_stop()
    assert keeper(errand).wait(60) == 0
    assert not is_finished(Path(errand.work))

    bucket.take_back_stop()
    process = keeper(errand)
    os.kill(hold_at(Path(errand.work), 5), signal.SIGCONT)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) in {0, 3}
    assert keeper(an_errand(prepared, tmp_path, "second")).wait(120) == 0
    assert bucket.is_whole()
    (tmp_path / "back").mkdir()
    bucket.receive_result(tmp_path / "back")
    assert adapter_of(tmp_path / "back") == adapter_of(finished[0])


def a_place(prepared: Path, tmp_path: Path) -> Place:
    return Place(
        executor="skypilot",
        jobdir=str(prepared),
        host="any",
        folder=f"file://{tmp_path}/bucket",
        job=task_name(read_spec(prepared)),
    )


def a_sky(tmp_path: Path, jobs: list[dict[str, Any]], **answers: str) -> Sky:
    """A program that answers as `sky` does, and writes down what it was asked."""
    folder = tmp_path / "sky"
    folder.mkdir(exist_ok=True)
    (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    for name, body in answers.items():
        (folder / name).write_text(body, encoding="utf-8")
    program = folder / "sky"
    program.write_text(
        f"""#!{sys.executable}
import json, pathlib, shutil, sys
here, words = pathlib.Path({str(folder)!r}), sys.argv[1:]
with (here / "asked").open("a") as file:
    file.write(json.dumps(words) + "\\n")
if (here / "broken").exists():
    sys.exit("RuntimeError: the API server cannot be reached")
jobs = json.loads((here / "jobs.json").read_text())
if words[:2] == ["jobs", "queue"]:
    print("Fetching managed job statuses...")
    print(json.dumps(jobs))
elif words[:2] == ["jobs", "launch"]:
    shutil.copy(words[-1], here / "task.yaml")
    name = words[words.index("--name") + 1]
    jobs.append({{"job_id": len(jobs) + 1, "job_name": name, "status": "STARTING"}})
    (here / "jobs.json").write_text(json.dumps(jobs))
elif words[:2] == ["jobs", "cancel"]:
    jobs[int(words[-1]) - 1]["status"] = "CANCELLED"
    (here / "jobs.json").write_text(json.dumps(jobs))
elif words[0] == "status":
    print((here / "clusters").read_text() if (here / "clusters").exists() else "[]")
elif words[0] == "gpus":
    print((here / "gpus").read_text())
"""
    )
    program.chmod(0o755)
    return Sky(str(program))


def asked(tmp_path: Path) -> list[list[str]]:
    return [json.loads(line) for line in (tmp_path / "sky" / "asked").read_text().splitlines()]


def test_a_job_is_launched_once_and_cancelled(prepared: Path, tmp_path: Path) -> None:
    rental = Rental(kept=f"file://{tmp_path}/bucket", accelerators="H100:1")
    executor = SkyPilot(rental, a_sky(tmp_path, []))

    place = executor.submit(prepared)
    again = executor.submit(prepared)
    look = executor.poll(place)
    launched = [words for words in asked(tmp_path) if words[1] == "launch"]
    task = yaml.safe_load((tmp_path / "sky" / "task.yaml").read_text(encoding="utf-8"))

    assert again.job == place.job
    assert (look.is_alive, look.is_whole, look.trouble) == (True, False, None)
    assert len(launched) == 1
    assert launched[0][:4] == ["jobs", "launch", "--yes", "--detach-run"]
    assert task["resources"]["accelerators"] == "H100:1"
    with pytest.raises(Busy, match="not ended"):
        executor.remove(place)
    assert executor.cancel(place, patience_s=0)
    assert not executor.cancel(place, patience_s=0)
    assert executor.poll(place).is_alive is False
    assert executor.fetch(place).checkpoint is None


def test_a_machine_that_was_not_given_back_is_told(prepared: Path, tmp_path: Path) -> None:
    place = a_place(prepared, tmp_path)
    clusters = json.dumps([{"name": f"{place.job}-1", "status": "UP"}])
    executor = SkyPilot(Rental(kept=place.folder), a_sky(tmp_path, [], clusters=clusters))

    with pytest.raises(Busy, match="still there") as caught:
        executor.remove(place)

    assert "sky down" in (caught.value.hint or "")


def test_prices_come_from_the_catalogue(tmp_path: Path) -> None:
    offer = {"accelerator_name": "H100", "accelerator_count": 1.0, "region": "r"}
    offers = [
        {**offer, "cloud": "AWS", "instance_type": "p5", "price": 5.5, "spot_price": float("nan")},
        {**offer, "cloud": "RunPod", "instance_type": "1x", "price": 2.39, "spot_price": 1.25},
    ]
    sky = a_sky(tmp_path, [], gpus=json.dumps({"H100": offers}))

    cheapest, dearest = sky.prices("H100:1", infra="aws")

    assert (cheapest.cloud, cheapest.usd_per_hour) == ("RunPod", Decimal("2.39"))
    assert (dearest.usd_per_hour, dearest.spot_usd_per_hour) == (Decimal("5.5"), None)
    assert cheapest.accelerators == "H100:1"
    assert asked(tmp_path)[-1] == ["gpus", "list", "H100:1", "--infra", "aws", "--output", "json"]


def test_a_sky_that_fails_is_no_end_of_the_job(prepared: Path, tmp_path: Path) -> None:
    sky, place = a_sky(tmp_path, [], broken=""), a_place(prepared, tmp_path)

    look = SkyPilot(Rental(kept=place.folder), sky).poll(place)

    assert look.is_alive is None
    assert "the API server cannot be reached" in (look.trouble or "")
    with pytest.raises(OutsideError, match="SkyPilot says"):
        sky.jobs()
    with pytest.raises(MissingExtra, match="no `sky` command"):
        Sky(str(tmp_path / "none")).jobs()
    (tmp_path / "odd").mkdir()
    odd = a_sky(tmp_path / "odd", [], gpus="?")
    with pytest.raises(BadRecord, match="cannot be read"):
        odd.prices("H100:1")


def test_events_in_parts_are_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "bucket" / "job" / "events"
    folder.mkdir(parents=True)
    (folder / "000000000000000.jsonl").write_bytes(b"one\ntwo\n")
    (folder / "000000000000008.jsonl").write_bytes(b"three\n")
    bucket = Bucket(f"file://{tmp_path}/bucket", "job")

    for since in (0, 4, 8, 14):
        assert bucket.said(since).lines == b"one\ntwo\nthree\n"[since:]
        assert bucket.said(since).begin == since
