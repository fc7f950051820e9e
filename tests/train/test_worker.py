"""The worker as a program of its own, asked over HTTP on this machine."""

import hashlib
import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from architecture.house import ROOT
from deadline import deadline
from lorewright.errors import BadRecord, OutsideError, UsageError
from lorewright.train import is_finished
from lorewright.train.claim import holder
from lorewright.train.events import Event, read_events
from lorewright.train.executors import parcel
from lorewright.train.executors.landing import land_checkpoint, land_result
from lorewright.train.executors.signing import HEADER, BadSignature, check
from lorewright.train.executors.worker import Hook
from lorewright.train.executors.worker.download import download
from lorewright.train.executors.worker.reports import is_due, message_of, status_of
from lorewright.train.spec import SPEC_FILE, TRAIN_FILE, VALID_FILE, read_spec

TOKEN, SECRET = "a token of the tests", "a secret of both sides"


@dataclass(slots=True)
class Worker:
    """A worker process and the way to it."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls, folder: Path, *options: str) -> "Worker":
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        program = [sys.executable, "-m", "lorewright.train.executors.worker", "--port", str(port)]
        with (folder.parent / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [*program, *options],
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "LOREWRIGHT_WORKER_TOKEN": TOKEN,
                    "LOREWRIGHT_WORKER_FOLDER": str(folder),
                },
            )
        worker = cls(folder, port, process)
        with deadline(120):
            while not worker._answers():
                assert process.poll() is None, (folder.parent / "worker.log").read_text()
                time.sleep(0.05)
        return worker

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = TOKEN
    ) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if isinstance(body, dict):
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        line.request(method, path, body=body, headers=headers)
        answer = line.getresponse()
        said = answer.read()
        line.close()
        return answer.status, said

    def json(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        code, said = self.ask(method, path, body)
        return code, json.loads(said)

    def until(self, job_id: str, *wanted: str) -> dict[str, Any]:
        with deadline(120):
            while True:
                _, status = self.json("GET", f"/training/status/{job_id}")
                if status["status"] in wanted:
                    return status
                time.sleep(0.05)

    def jobdir(self, job_id: str) -> Path:
        return self.folder / "jobs" / job_id

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for place in self.folder.glob("jobs/*"):
            process = holder(place)
            if process is not None:
                os.killpg(process, signal.SIGKILL)

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/health", token=None)[0] == 200
        except OSError:
            return False


@dataclass(slots=True)
class Listener:
    """Takes webhooks and gives files, as the other side would."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    refuse: int = 0
    """So many messages are not taken."""
    url: str = ""


@contextmanager
def listening() -> Generator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            check(SECRET, self.headers[HEADER], body, now=time.time())
            is_refused, listener.refuse = listener.refuse > 0, listener.refuse - 1
            if not is_refused:
                listener.heard.append(json.loads(body))
            self._answer(503 if is_refused else 204, b"")

        def do_GET(self) -> None:
            body = listener.files.get(self.path.partition("?")[0])
            self._answer(200 if body is not None else 404, body or b"")

        def _answer(self, code: int, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the method it replaces
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listener.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def listener() -> Generator[Listener]:
    with listening() as one:
        yield one


@pytest.fixture
def worker(tmp_path: Path) -> Generator[Worker]:
    one = Worker.start(tmp_path / "worker")
    yield one
    one.end()


def packed(files: Mapping[str, Path]) -> bytes:
    stream = io.BytesIO()
    parcel.pack(stream, files)
    return stream.getvalue()


def job_of(jobdir: Path) -> bytes:
    return packed({part: jobdir / part for part in (SPEC_FILE, TRAIN_FILE, VALID_FILE)})


def base_of(jobdir: Path) -> bytes:
    spec = read_spec(jobdir)
    return packed({one.path: Path(spec.base_folder) / one.path for one in spec.base_files})


def brought(worker: Worker, jobdir: Path, job_id: str = "one") -> None:
    assert worker.ask("PUT", "/training/bases", base_of(jobdir))[0] == 200
    assert worker.ask("PUT", f"/training/jobs/{job_id}", job_of(jobdir))[0] == 200


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


def adapter_of(job: Path) -> bytes:
    return (job / "result" / "adapter_model.safetensors").read_bytes()


@pytest.mark.slow
def test_a_job_is_trained_and_told_and_fetched(
    worker: Worker, listener: Listener, prepared: Path, finished: tuple[Path, Path]
) -> None:
    brought(worker, prepared)
    listener.refuse = 1

    order = {"job_id": "one", "webhook_url": f"{listener.url}/hook", "webhook_secret": SECRET}
    code, _ = worker.json("POST", "/training/start", order)
    status = worker.until("one", "completed", "failed")
    code_of_result, tar = worker.ask("GET", "/training/result/one")
    land_result(prepared, lambda folder: parcel.unpack(io.BytesIO(tar), folder))

    assert (code, code_of_result) == (200, 200)
    assert (status["status"], status["step"], status["total_steps"]) == ("completed", 60, 60)
    assert status["lora_artifact_path"] == "/training/result/one"
    assert adapter_of(prepared) == adapter_of(finished[0])
    with deadline(20):
        while not listener.heard or listener.heard[-1]["status"] != "completed":
            time.sleep(0.05)
    told = [one["status"] for one in listener.heard]
    assert list(dict.fromkeys(told)) == ["preprocessing", "training", "completed"]
    assert 50 in [one.get("step") for one in listener.heard]
    assert all(one["metrics"]["loss"] > 0 for one in listener.heard if one.get("step") == 50)
    assert not list(worker.folder.glob(".upload-*"))
    assert not list(worker.folder.glob(".packed-*"))


@pytest.mark.slow
def test_one_job_at_a_time_and_a_stop_keeps_a_checkpoint(
    worker: Worker, prepared: Path, finished: tuple[Path, Path]
) -> None:
    brought(worker, prepared)
    brought(worker, prepared, "two")
    worker.json("POST", "/training/start", {"job_id": "one"})
    process = hold_at(worker.jobdir("one"), 20)

    code, refused = worker.json("POST", "/training/start", {"job_id": "two"})
    assert (code, refused["error"]["kind"]) == (409, "Busy")
    assert worker.json("GET", "/health")[1]["running"] == "one"
    again, status = worker.json("POST", "/training/start", {"job_id": "one"})
    assert (again, status["status"]) == (200, "training")
    assert worker.ask("GET", "/training/result/one")[0] == 404

    # Another worker in its place finds the job where it is.
    worker.process.kill()
    worker.process.wait()
    heir = Worker.start(worker.folder, "--ends-machine")
    worker.process = heir.process
    assert heir.json("GET", "/training/status/one")[1]["status"] == "training"
    os.kill(process, signal.SIGCONT)
    code, status = heir.json("POST", "/training/stop/one")
    assert (code, status["status"]) == (200, "cancelled")
    code, tar = heir.ask("GET", "/training/checkpoint/one")
    assert code == 200
    land_checkpoint(
        prepared, "step-000000099", lambda folder: parcel.unpack(io.BytesIO(tar), folder)
    )
    heir.json("POST", "/training/start", {"job_id": "one"})
    heir.until("one", "completed")
    assert adapter_of(heir.jobdir("one")) == adapter_of(finished[0])


@pytest.mark.slow
def test_a_container_that_ends_stops_its_job_with_a_checkpoint(
    prepared: Path, tmp_path: Path
) -> None:
    worker = Worker.start(tmp_path / "worker", "--ends-machine")
    brought(worker, prepared)
    worker.json("POST", "/training/start", {"job_id": "one"})
    os.kill(hold_at(worker.jobdir("one"), 20), signal.SIGCONT)
    worker.process.terminate()

    assert worker.process.wait(30) is not None
    assert holder(worker.jobdir("one")) is None
    events, _ = read_events(worker.jobdir("one") / "events.jsonl")
    assert events[-1].phase in {"cancelled", "done"}


@pytest.mark.slow
def test_a_job_is_fetched_by_its_address_and_only_with_its_hash(
    worker: Worker, listener: Listener, prepared: Path
) -> None:
    body = job_of(prepared)
    listener.files["/job.tar"] = body
    worker.ask("PUT", "/training/bases", base_of(prepared))
    order = {
        "job_id": "one",
        "dataset_url": f"{listener.url}/job.tar?signature=secret",
        "dataset_sha256": hashlib.sha256(body).hexdigest(),
    }

    code, wrong = worker.json("POST", "/training/start", {**order, "dataset_sha256": "0" * 64})
    assert (code, wrong["error"]["sentence"]) == (422, "the file has another hash than was said")
    assert "signature" not in json.dumps(wrong)
    assert worker.json("POST", "/training/start", order)[0] == 200
    assert worker.until("one", "completed")["step"] == 60
    assert is_finished(worker.jobdir("one"))

    code, missing = worker.json(
        "POST", "/training/start", {**order, "job_id": "x", "base_model": "y"}
    )
    assert (code, missing["error"]["kind"]) == (404, "NotFound")


@pytest.mark.slow
def test_what_the_worker_does_not_take(worker: Worker, prepared: Path) -> None:
    for method, path in (
        ("GET", "/training/status/one"),
        ("POST", "/training/start"),
        ("PUT", "/training/jobs/one"),
        ("GET", "/training/result/one"),
    ):
        for token in (None, "", "a token", TOKEN + "x"):
            assert worker.ask(method, path, token=token)[0] == 401
    assert worker.ask("GET", "/docs")[0] == 404
    assert worker.ask("GET", "/training/status/one")[0] == 404
    assert worker.ask("GET", "/training/status/..%2Fx")[0] in {404, 422}
    assert worker.ask("POST", "/training/start", {"job_id": "one"})[0] == 404
    assert worker.ask("PUT", "/training/jobs/one", b"no tar")[0] == 422
    assert worker.ask("PUT", "/training/jobs/one", job_of(prepared)[:3000])[0] == 422
    code, said = worker.json(
        "POST", "/training/start", {"job_id": "../x", "webhook_secret": "hidden"}
    )
    assert code == 422
    assert "hidden" not in json.dumps(said)
    assert list((worker.folder / "jobs").iterdir()) == []

    worker.ask("PUT", "/training/jobs/one", job_of(prepared))
    code, said = worker.json("POST", "/training/start", {"job_id": "one"})
    assert (code, said["error"]["sentence"]) == (404, "the base model of this job is not here")


@pytest.mark.slow
def test_a_token_that_is_too_short_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lorewright.train.executors.worker"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOREWRIGHT_WORKER_TOKEN": "short"},
    )

    assert done.returncode == 2
    assert "openssl rand" in done.stderr


def test_a_message_that_nobody_takes_is_counted(listener: Listener) -> None:
    hook = Hook(f"{listener.url}/hook", SECRET, pauses_s=(0.0, 0.0))
    listener.refuse = 4

    hook.tell({"status": "training"})
    assert (hook.sent, hook.lost, hook.trouble) == (0, 1, "it answers with 503")
    hook.tell({"status": "completed"})
    assert (hook.sent, hook.lost) == (1, 1)
    assert listener.heard == [{"status": "completed"}]
    assert SECRET not in repr(hook)

    deaf = Hook("http://127.0.0.1:9/hook", SECRET, pauses_s=())
    deaf.tell({})
    assert deaf.trouble == "ConnectionRefusedError"


@pytest.mark.parametrize(
    "url", ["ftp://host/x", "file:///etc/passwd", "//host", "http://", "http://a:b@host/", "x\ny"]
)
def test_an_address_of_another_kind_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="http"):
        download(url, tmp_path / "file", sha256="0" * 64, most_bytes=10)
    with pytest.raises(UsageError):
        Hook(url, SECRET)


def test_a_download_has_a_limit_and_a_hash(listener: Listener, tmp_path: Path) -> None:
    listener.files["/file"] = b"0123456789"
    url, right = f"{listener.url}/file", hashlib.sha256(b"0123456789").hexdigest()

    download(url, tmp_path / "file", sha256=right, most_bytes=10)
    assert (tmp_path / "file").read_bytes() == b"0123456789"
    for most, sha256 in ((9, right), (10, "0" * 64)):
        with pytest.raises(BadRecord):
            download(url, tmp_path / "no", sha256=sha256, most_bytes=most)
    with pytest.raises(OutsideError, match="404"):
        download(f"{listener.url}/none", tmp_path / "no", sha256=right, most_bytes=10)
    with pytest.raises(OutsideError, match="ConnectionRefusedError"):
        download("http://127.0.0.1:9/", tmp_path / "no", sha256=right, most_bytes=10)
    assert not (tmp_path / "no").exists()


def test_messages_use_the_words_of_the_table() -> None:
    event = Event(phase="train", time=1.0, step=50, steps=60, loss=0.5, lr=0.001)
    failed = Event(phase="error", time=1.0, kind="TrainingFailed", sentence="memory ran out")

    assert message_of("one", "training", event) | {"timestamp": 0} == {
        "job_id": "one",
        "status": "training",
        "step": 50,
        "total_steps": 60,
        "metrics": {"loss": 0.5, "learning_rate": 0.001},
        "timestamp": 0,
    }
    assert message_of("one", "failed", failed)["error_message"] == "TrainingFailed: memory ran out"
    assert is_due(event, is_change=False)
    assert not is_due(event.model_copy(update={"step": 51}), is_change=False)
    assert [status_of(one, "queued") for one in (event, failed)] == ["training", "failed"]
    with pytest.raises(BadSignature):
        check(SECRET, None, b"", now=0)


def test_the_dockerfile_says_what_a_worker_needs() -> None:
    text = (ROOT / "docker" / "worker.Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    steps = [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line]
    by_word = dict(steps)

    assert {word for word, _ in steps} <= {
        *("FROM", "ENV", "RUN", "COPY", "USER", "WORKDIR", "VOLUME", "EXPOSE"),
        *("STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"),
    }
    assert re.fullmatch(r"nvidia/cuda:[\d.]+-runtime-ubuntu[\d.]+", by_word["FROM"])
    assert any("[train,web]" in rest for word, rest in steps if word == "RUN")
    assert by_word["USER"] == "worker"
    assert "/health" in by_word["HEALTHCHECK"]
    assert "lorewright.train.executors.worker" in json.loads(by_word["ENTRYPOINT"])
    assert "--ends-machine" in json.loads(by_word["CMD"])
    assert "TOKEN" not in by_word["ENV"]
    assert [word for word, _ in steps].index("USER") < [word for word, _ in steps].index("CMD")
