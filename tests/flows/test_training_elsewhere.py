"""Training at another place as a durable run, with an SSH server here in its stead."""

import os
import shutil
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from flows.trainable import PACE, Worker, a_trainable_dataset, settings_for, until
from lorewright.errors import BadSettings, BudgetReached, Unreachable
from lorewright.flows.runs import work_for_others
from lorewright.flows.training import queue_training, see_through, train_adapters
from lorewright.flows.training_handler import TrainingHandler
from lorewright.flows.training_jobs import (
    left_by,
    newest_views,
    pause_jobs,
    resume_jobs,
    views_named,
)
from lorewright.flows.training_orders import WORK, TrainingOrder
from lorewright.records import Adapter
from lorewright.settings import ElsewhereSettings, Settings
from lorewright.store import Store, Workspace, plan_erasure
from lorewright.store.training_jobs import TrainingJob, TrainingState, jobs_of_run
from lorewright.train.claim import holder
from lorewright.train.events import read_events
from own_sshd import MISSING, SSHD, OwnSshd
from train.conftest import make_base

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SSHD is None or shutil.which("ssh") is None, reason=MISSING),
]
EPOCHS = 60


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny", "llama")


@pytest.fixture
def sshd(tmp_path: Path) -> Generator[OwnSshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    server = OwnSshd.start(folder)
    yield server
    if server.process.poll() is None:
        server.kill()


@pytest.fixture
def there(tmp_path: Path, workspace: Workspace) -> Generator[Path]:
    """The folder of the rented machine; whatever still runs afterwards is ended."""
    folder = tmp_path / "there"
    yield folder
    for worker in [*Worker.started]:
        worker.kill()
    for jobdir in [*folder.glob("jobs/*"), *workspace.jobs.glob("*")]:
        if (process := holder(jobdir)) is not None:
            os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="module")
def expected(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    """The adapter that the same order trains on this machine."""
    workspace = Workspace(tmp_path_factory.mktemp("here") / "workspace")
    workspace.make()
    settings = settings_for(base, epochs=EPOCHS)
    with workspace.open(settings) as store:
        run = queued(store, settings)
        work(workspace, store, settings)
        (job,) = jobs_of_run(store, run)
        return adapter_of(store, job)


def at_a_place(base: Path, there: Path, sshd: OwnSshd, **more: Any) -> Settings:
    """Settings under which jobs go to the rented machine."""
    place = {
        "kind": "ssh",
        "host": "rented",
        "python": sys.executable,
        "folder": str(there),
        "ssh_config": str(sshd.config),
        "devices": ["cpu"],
        "usd_per_hour": "3.6",
    }
    jobs = {name: more.pop(name) for name in ("max_minutes", "max_cost_usd") if name in more}
    plain = settings_for(base, epochs=more.pop("epochs", EPOCHS), **jobs)
    told = {"on": "rented", "poll_seconds": "0.5", "places": {"rented": place}, **more}
    return plain.model_copy(update={"elsewhere": ElsewhereSettings.model_validate(told)})


def queued(store: Store, settings: Settings) -> str:
    """A run of the adapter alone, which waits for a worker."""
    order = TrainingOrder.for_(a_trainable_dataset(store).ref, settings.training)
    return queue_training(store, settings, order.model_copy(update={"roles": ("tuned",)}))


def work(
    workspace: Workspace, store: Store, settings: Settings, said: list[str] | None = None
) -> None:
    """Do what there is to do, and write down what is told meanwhile."""
    told = [] if said is None else said
    handler = TrainingHandler(
        workspace, store, settings, watch=lambda _role, event: told.append(event.note or "")
    )
    handlers = {WORK: handler}
    work_for_others(store, handlers, until_idle=True, pace=PACE)


def adapter_of(store: Store, job: TrainingJob) -> Adapter:
    (artifact,) = left_by(store, job.id)
    assert artifact.artifact_type == "lora_adapter"
    adapters = list(store.get_many(store.names(Adapter.kind), Adapter))
    return next(one for one in adapters if str(one.ref) == job.adapter)


def held_at(there: Path, step: int) -> int:
    """Freeze the process of the one job there after so many steps; the clock then matters not."""

    def has_come_so_far() -> bool:
        said = [read_events(path)[0] for path in there.glob("jobs/*/events.jsonl")]
        return any((event.step or 0) >= step for events in said for event in events)

    until(has_come_so_far)
    (jobdir,) = there.glob("jobs/*")
    process = holder(jobdir)
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    return process


def reached(workspace: Workspace, store: Store, run: str, step: int) -> bool:
    """Whether whoever follows a job has heard of a step."""
    (view,) = views_named(workspace, store, run)
    return view.job.current_step >= step and view.state == "running"


def test_what_is_trained_elsewhere_is_what_is_trained_here_whoever_follows_it(
    workspace: Workspace, base: Path, there: Path, sshd: OwnSshd, expected: Adapter
) -> None:
    settings, said = at_a_place(base, there, sshd), list[str]()
    with workspace.open(settings) as store:
        run = queued(store, settings)
        worker = Worker(workspace, settings)
        process = held_at(there, 20)
        until(lambda: reached(workspace, store, run, 20))
        worker.kill()
        (view,) = views_named(workspace, store, run)
        assert view.cost_usd > 0

        os.kill(process, signal.SIGCONT)
        work(workspace, store, settings, said)

        (view,) = views_named(workspace, store, run)
        job = view.job
        assert job.state is TrainingState.COMPLETED
        assert adapter_of(store, job) == expected
    assert job.attempt == 1  # one process did it, from the first step to the last
    assert (job.host, job.device) == ("place rented", "ssh:cpu")
    assert (job.place, job.slot, job.unreachable_since) == (None, None, None)
    assert job.cleanup == "nothing of it is left on rented"
    assert job.price_source == "elsewhere.places.rented"
    assert view.cost_usd == job.at_this_price(job.machine_seconds) > 0
    assert said[-1] == "nothing of it is left on rented"
    assert list((there / "jobs").iterdir()) == []
    assert len(list((there / "bases").iterdir())) == 1


def test_a_machine_that_vanishes_is_told_and_what_it_reached_goes_on_here(
    workspace: Workspace, base: Path, there: Path, sshd: OwnSshd, expected: Adapter
) -> None:
    settings = at_a_place(
        base, there, sshd, fetch_minutes="0.001", unreachable_minutes="0.05", poll_seconds="0.1"
    )
    with workspace.open(settings) as store:
        run = queued(store, settings)
        worker = Worker(workspace, settings)

        def brought() -> bool:
            (view,) = views_named(workspace, store, run)
            return any(one.artifact_type == "checkpoint" for one in left_by(store, view.job.id))

        process = held_at(there, 30)
        until(brought)
        sshd.kill()
        os.kill(process, signal.SIGKILL)

        until(lambda: views_named(workspace, store, run)[0].state in {"unreachable", "failed"})
        worker.wait()
        (view,) = views_named(workspace, store, run)
        assert view.state == "failed"
        assert view.job.error_kind == Unreachable.__name__
        assert view.job.unreachable_since is not None
        assert "--on here" in (view.job.error_hint or "")
        assert "pkill -f" in (view.job.cleanup or "")

        assert resume_jobs(workspace, store, settings, run, on="here") == run
        work(workspace, store, settings)

        (job,) = jobs_of_run(store, run)
        assert job.state is TrainingState.COMPLETED
        assert (job.destination, job.place, job.device) == (None, None, "cpu")
        assert job.attempt == 2
        assert job.price_usd == 0
        assert job.cost_usd == job.spent_usd > 0  # what it took there stays what it costs
        assert "by hand: ssh rented" in (job.cleanup or "")
        assert adapter_of(store, job) == expected


def test_a_limit_reaches_the_process_elsewhere(
    workspace: Workspace, base: Path, there: Path, sshd: OwnSshd
) -> None:
    settings = at_a_place(base, there, sshd, epochs=400, max_minutes="0.0001")
    with workspace.open(settings) as store:
        run = queued(store, settings)
        with pytest.raises(BudgetReached, match="minutes that it may"):
            see_through(workspace, store, settings, run, pace=PACE)
        (view,) = views_named(workspace, store, run)
        (jobdir,) = there.glob("jobs/*")
        assert (view.state, holder(jobdir)) == ("budget", None)
        assert view.cost_usd > 0


def test_it_is_paused_elsewhere_without_a_worker_and_brought_back(
    workspace: Workspace, base: Path, there: Path, sshd: OwnSshd
) -> None:
    settings = at_a_place(base, there, sshd, epochs=400)
    with workspace.open(settings) as store:
        run = queued(store, settings)
        worker = Worker(workspace, settings)
        until(lambda: reached(workspace, store, run, 1))
        worker.kill()
        (paused,) = pause_jobs(workspace, store, run)  # nobody is there but whoever pauses
        (jobdir,) = there.glob("jobs/*")
        assert (paused.state, holder(jobdir)) == ("paused", None)
        (dataset,) = store.names("dataset")
        lies = f"//rented/{there}/jobs/{jobdir.name}"
        assert plan_erasure(store, dataset, workspace.folder).out_of_reach == [lies]
        kept = left_by(store, paused.job.id)
        assert {one.artifact_type for one in kept} == {"checkpoint"}

        assert resume_jobs(workspace, store, settings, run, on="here") == run
        worker = Worker(workspace, settings)
        until(lambda: reached(workspace, store, run, paused.job.current_step + 1))
        worker.kill()
        pause_jobs(workspace, store, run)
        (job,) = jobs_of_run(store, run)
        assert job.state is TrainingState.PAUSED
        assert job.cleanup == "nothing of it is left on rented"
        assert job.device == "cpu"
        assert plan_erasure(store, dataset, workspace.folder).out_of_reach == []
    assert list((there / "jobs").iterdir()) == []


def test_a_place_that_there_is_not_is_told_before_anything_is_queued(
    workspace: Workspace, base: Path
) -> None:
    settings = settings_for(base)
    elsewhere = settings.elsewhere.model_copy(update={"on": "moon"})
    settings = settings.model_copy(update={"elsewhere": elsewhere})
    with workspace.open(settings) as store:
        a_trainable_dataset(store)
        with pytest.raises(BadSettings, match="no place called 'moon'") as caught:
            train_adapters(workspace, store, settings)
        assert newest_views(workspace, store) == []
    assert "[elsewhere.places.rented]" in (caught.value.hint or "")
