"""Training over HTTP, called as any program would: a real server, a real worker, real jobs."""

import json
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from api.server import SECRET, SECRETS, Reply, Server
from flows.trainable import Worker, a_trainable_dataset, settings_for, until
from lorewright.api.guard import refuse_open_doors
from lorewright.errors import UsageError
from lorewright.flows.training import order_training
from lorewright.flows.training_jobs import cancel_jobs
from lorewright.flows.webhooks import delivering
from lorewright.settings import Settings, WebhookSettings
from lorewright.store import Store, Workspace
from lorewright.store.training_jobs import TrainingState, job_named, move_job
from lorewright.store.training_slots import Device, claim_slot
from lorewright.train.claim import holder
from lorewright.train.events import Event
from lorewright.train.executors.signing import HEADER, check, sign
from lorewright.train.executors.worker.reports import JobStatus, message_of
from train.conftest import make_base

pytestmark = pytest.mark.slow

JOBS = "/api/training/jobs"
WEBHOOK = "/api/training/webhook"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny", "llama")


@pytest.fixture
def house(tmp_path: Path) -> Generator[tuple[Workspace, Store]]:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    with workspace.open(Settings()) as store:
        a_trainable_dataset(store)
        yield workspace, store
    for worker in [*Worker.started]:
        worker.kill()


def an_order(base: Path, **more: Any) -> dict[str, Any]:
    """In the words of the origin's interface, which stand for ours."""
    told = {"num_epochs": 30, "batch_size": 4, "lora_r": 4, "lora_alpha": 8}
    return {"base_model": str(base), "hyperparameters": {**told, "learning_rate": 0.01}, **more}


def test_an_adapter_is_ordered_followed_and_asked_for(
    house: tuple[Workspace, Store], base: Path
) -> None:
    workspace, _ = house
    with Server(workspace.folder) as server:
        ordered = server.call("POST", JOBS, an_order(base))
        again = server.call("POST", "/api/training/start-job", an_order(base))
        assert (ordered.status, again.status) == (202, 202)
        assert again.told["run"] == ordered.told["run"]
        job = ordered.told["training_job_id"]
        assert {one["role"] for one in ordered.told["jobs"]} == {"tuned", "permuted-control"}
        assert ordered.told["status"] == "queued"

        worker = Worker(workspace, settings_for(base))
        heard = [*server.events(f"{JOBS}/{job}/events")]
        code, _out, err = worker.wait()
        assert code == 0, err

        steps = [data for name, _, data in heard if name == "metric"]
        assert [one["step"] for one in steps] == [*range(61)]
        assert heard[-1][0] == "end"
        assert heard[-1][2] == {"state": "completed"}
        states = [data["state"] for name, _, data in heard if name == "job"]
        assert (states[0] == "completed", states[-1]) == (False, "completed")
        # Whoever was cut off after step 40 goes on with step 41.
        rest = [*server.events(f"{JOBS}/{job}/events", last_event_id="40")]
        assert [one for name, one, _ in rest if name == "metric"] == [str(n) for n in range(41, 61)]

        metrics = server.call("GET", f"{JOBS}/{job}/metrics?since=58").told["metrics"]
        assert [one["step"] for one in metrics] == [59, 60]
        told = server.call("GET", f"{JOBS}/{job}").told
        assert told["state"] == "completed"
        assert told["artifacts"][0]["artifact_type"] == "lora_adapter"
        refused = server.call("DELETE", f"{JOBS}/{job}")
        assert (refused.status, refused.told["sentence"]) == (409, "this job is completed already")
        done = server.call("POST", JOBS, an_order(base))
        assert done.told["run"] is None


def test_a_job_outlives_the_server_and_the_worker(
    house: tuple[Workspace, Store], base: Path
) -> None:
    workspace, store = house
    order = an_order(base)
    order["hyperparameters"]["num_epochs"] = 400
    with Server(workspace.folder) as server:
        job = server.call("POST", JOBS, order).told["training_job_id"]
        worker = Worker(workspace, settings_for(base, epochs=400))
        until(lambda: server.call("GET", f"{JOBS}/{job}").told["current_step"] > 5)
        server.stop(signal.SIGKILL)
    worker.kill()
    folder = workspace.folder / str(job_named(store, job).folder)
    assert holder(folder) is not None, "the training process goes on"
    with Server(workspace.folder) as server:
        before = server.call("GET", f"{JOBS}/{job}").told["current_step"]
        until(lambda: server.call("GET", f"{JOBS}/{job}").told["current_step"] > before)
        cancelled = server.call("DELETE", f"{JOBS}/{job}")
        assert {one["state"] for one in cancelled.told["jobs"]} == {"cancelled"}
        assert holder(folder) is None
        resumed = server.call("POST", f"{JOBS}/{job}/resume")
        assert (resumed.status, resumed.told["status"]) == (202, "queued")
        assert server.call("POST", f"{JOBS}/{job}/pause").told["jobs"][0]["state"] == "paused"


def test_the_server_tells_programs_where_it_listens(house: tuple[Workspace, Store]) -> None:
    workspace, _ = house
    with Server(workspace.folder) as server:
        assert server.said == {
            "schema": "lorewright.api/1",
            "url": f"http://{server.at}",
            "token": False,
        }
        assert server.stop(signal.SIGINT) in {0, 130}


def test_what_is_off_is_said_in_one_form(house: tuple[Workspace, Store]) -> None:
    workspace, _ = house
    with Server(workspace.folder) as server:
        for method, path, body, status in (
            ("GET", f"{JOBS}/tuned-00000000", None, 404),
            ("GET", f"{JOBS}/tuned-00000000/events", None, 404),
            ("DELETE", f"{JOBS}/tuned-00000000", None, 404),
            ("GET", "/api/nothing", None, 404),
            ("PUT", JOBS, None, 405),
            ("POST", JOBS, {"hyperparameters": {"lora_q": 8}}, 422),
            ("POST", JOBS, {"hyperparameters": {"epochs": 0}}, 422),
            ("POST", JOBS, b"{", 422),
            ("POST", JOBS, {"dataset": "dataset:ffff"}, 404),
            ("GET", f"{JOBS}?limit=0", None, 422),
            ("POST", JOBS, {"on": "moon"}, 422),
        ):
            answer = server.call(method, path, body)
            assert answer.status == status, (path, answer)
            assert set(answer.told) == {"error", "sentence", "where", "hint"}
            assert answer.told["sentence"][0].islower()
            assert "Traceback" not in json.dumps(answer.told)
        assert server.call("GET", JOBS).told == {"jobs": []}


def test_who_may_call(house: tuple[Workspace, Store]) -> None:
    workspace, _ = house
    with Server(workspace.folder, LOREWRIGHT_API_TOKEN="secret") as server:
        assert server.call("GET", JOBS).status == 401
        assert server.call("GET", JOBS, Authorization="Bearer wrong").status == 401
        shown = {"Authorization": "Bearer secret"}
        assert server.call("GET", JOBS, **shown).status == 200
        assert server.call("GET", "/health").told["status"] == "ok"
        # A page of another site that had its name lead here, and one that posts a form.
        assert server.call("GET", JOBS, Host="evil.example", **shown).status == 421
        assert server.call("POST", JOBS, {}, Origin="https://evil.example", **shown).status == 403
        assert server.call("POST", JOBS, b"x" * 2_000_000, **shown).status == 413


def test_nobody_listens_to_the_network_without_a_token() -> None:
    with pytest.raises(UsageError, match="without a token"):
        refuse_open_doors("0.0.0.0", None, variable="LOREWRIGHT_API_TOKEN")
    refuse_open_doors("0.0.0.0", "secret", variable="LOREWRIGHT_API_TOKEN")
    refuse_open_doors("127.0.0.1", None, variable="LOREWRIGHT_API_TOKEN")


def a_job_elsewhere(server: Server, store: Store, base: Path) -> str:
    """A job that another machine works on."""
    job = str(server.call("POST", JOBS, an_order(base)).told["training_job_id"])
    assert claim_slot(store, job, "gpu-1", [Device("worker:gpu-1", 1)]) == "worker:gpu-1"
    assert move_job(store, job, TrainingState.INITIALIZING)
    return job


def a_report(job: str, step: int, status: JobStatus = "training", **more: Any) -> bytes:
    """What a worker says, in its own words."""
    event = Event(phase="train", time=0, step=step, steps=50, loss=3.0 - step / 50)
    return json.dumps({**message_of(job, status, event), **more}).encode()


def report(server: Server, body: bytes, *, at: float | None = None, key: str = "") -> Reply:
    """Report as the worker does who knows the secret."""
    header = sign(SECRET, int(time.time() if at is None else at), body)
    more = {"Idempotency-Key": key} if key else {}
    return server.call("POST", WEBHOOK, body, **{HEADER: header}, **more)


def test_a_worker_elsewhere_reports(house: tuple[Workspace, Store], base: Path) -> None:
    workspace, store = house
    with Server(workspace.folder, **SECRETS) as server:
        job = a_job_elsewhere(server, store, base)

        assert report(server, a_report(job, 10), key="one") == (
            200,
            {"success": True, "job": job, "again": False},
        )
        assert report(server, a_report(job, 10), key="one")[1]["again"] is True
        told = server.call("GET", f"{JOBS}/{job}").told
        assert (told["state"], told["current_step"], told["loss"]) == ("running", 10, 2.8)
        # One that comes late fills its step in, and takes the job nowhere back.
        assert report(server, a_report(job, 5))[0] == 200
        told = server.call("GET", f"{JOBS}/{job}").told
        assert (told["current_step"], told["loss"]) == (10, 2.8)
        steps = server.call("GET", f"{JOBS}/{job}/metrics").told["metrics"]
        assert [(one["step"], one["loss"]) for one in steps] == [(5, 2.9), (10, 2.8)]
        # Its word alone completes nothing.
        assert report(server, a_report(job, 50, status="completed"))[0] == 200
        told = server.call("GET", f"{JOBS}/{job}").told
        assert (told["state"], told["phase"]) == ("running", "fetch")


def test_what_no_worker_may_report(house: tuple[Workspace, Store], base: Path) -> None:
    workspace, store = house
    with Server(workspace.folder, **SECRETS) as server:
        job = a_job_elsewhere(server, store, base)

        assert report(server, a_report(job, 11), at=time.time() - 900)[0] == 401
        assert report(server, a_report(job, 11), at=time.time() + 900)[0] == 401
        unsigned = server.call("POST", WEBHOOK, a_report(job, 11))
        assert (unsigned.status, unsigned.told["error"]) == (401, "BadSignature")
        forged = sign("another secret", int(time.time()), a_report(job, 11))
        assert server.call("POST", WEBHOOK, a_report(job, 11), **{HEADER: forged}).status == 401
        assert report(server, b'{"job_id": 1}')[0] == 422
        assert report(server, b'{"loss": NaN}')[0] == 422
        assert report(server, a_report("tuned-00000000", 1))[0] == 404

        assert (
            report(server, a_report(job, 12, status="failed", error_message="CUDA went away"))[0]
            == 200
        )
        told = server.call("GET", f"{JOBS}/{job}").told
        assert (told["state"], told["error"]["sentence"]) == ("failed", "CUDA went away")
        assert report(server, a_report(job, 13))[0] == 409


def test_nobody_reports_on_a_job_of_this_machine(
    house: tuple[Workspace, Store], base: Path
) -> None:
    workspace, _ = house
    with Server(workspace.folder, **SECRETS) as server:
        job = server.call("POST", JOBS, an_order(base)).told["training_job_id"]
        body = a_report(job, 3)
        answer = server.call(
            "POST", WEBHOOK, body, **{HEADER: sign(SECRET, int(time.time()), body)}
        )
        assert (answer.status, answer.told["where"]) == (409, job)


class _Listener(BaseHTTPRequestHandler):
    """Somebody who is told; deaf at first."""

    heard: list[tuple[str, dict[str, Any], str]]
    deaf: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = type(self)
        if kind.deaf:
            kind.deaf -= 1
            self.send_error(503)
            return
        check(SECRET, self.headers[HEADER], body, now=time.time())
        told = json.loads(body)
        kind.heard.append((told["event"], told, self.headers["Idempotency-Key"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - of the base class
        pass


@contextmanager
def listening(*, deaf: int) -> Generator[tuple[str, type[_Listener]]]:
    kind = type("Listener", (_Listener,), {"heard": [], "deaf": deaf})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/told", kind
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_whoever_asked_is_told_until_he_hears(
    house: tuple[Workspace, Store], base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, store = house
    monkeypatch.setattr("lorewright.store.outbox.FIRST_WAIT_S", 0.2)
    monkeypatch.setenv("LOREWRIGHT_WEBHOOK_SECRET", SECRET)
    with listening(deaf=2) as (url, listener):
        settings = settings_for(base).model_copy(update={"webhooks": WebhookSettings(url=url)})
        with delivering(store, settings, look_s=0.05):
            run = order_training(workspace, store, settings)
            cancel_jobs(workspace, store, str(run))
            until(lambda: len(listener.heard) == 4)
    assert sorted(event for event, _, _ in listener.heard) == [
        "job_cancelled",
        "job_cancelled",
        "job_queued",
        "job_queued",
    ]
    assert len({key for _, _, key in listener.heard}) == 4
    assert {one["run"] for _, one, _ in listener.heard} == {run}
    assert listener.deaf == 0


def test_without_a_secret_nobody_is_told_and_somebody_says_so(
    house: tuple[Workspace, Store],
) -> None:
    _, store = house
    settings = Settings(webhooks=WebhookSettings(url="http://127.0.0.1:9/told"))
    with (
        pytest.raises(UsageError, match="holds no secret"),
        delivering(store, settings),
    ):
        pytest.fail("it began")
