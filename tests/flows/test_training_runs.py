"""Training as a durable run: adopted, stopped, resumed, limited, and never done twice."""

import os
import signal
from collections.abc import Generator
from decimal import Decimal
from pathlib import Path

import pytest

from flows.trainable import PACE, Worker, a_trainable_dataset, settings_for, until
from lorewright.errors import BudgetReached, NotYet, Refused
from lorewright.flows.adapting import Role
from lorewright.flows.hearing import Hearing
from lorewright.flows.naming import find
from lorewright.flows.training import (
    Trained,
    order_training,
    queue_training,
    see_through,
    train_adapters,
)
from lorewright.flows.training_jobs import (
    cancel_jobs,
    history_of,
    left_by,
    look,
    newest_views,
    pause_jobs,
    resume_jobs,
    views_named,
    watch_jobs,
)
from lorewright.flows.training_orders import TrainingOrder
from lorewright.records import Adapter
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from lorewright.store.run_views import RunState, run_view
from lorewright.store.training_jobs import TrainingJob, TrainingState, jobs_of_run
from lorewright.train.claim import holder
from lorewright.train.events import read_events
from store.conftest import fresh_postgres as fresh_postgres  # noqa: PLC0414 - pytest looks it up
from train.conftest import make_base

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny", "llama")


@pytest.fixture(autouse=True)
def nothing_left_running(workspace: Workspace) -> Generator[None]:
    yield
    for worker in [*Worker.started]:
        worker.kill()
    for folder in workspace.jobs.glob("*"):
        if (process := holder(folder)) is not None:
            os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="module")
def undisturbed(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, list[str]]:
    """What the same settings train when nothing happens, on one slot; and what was said."""
    workspace = Workspace(tmp_path_factory.mktemp("undisturbed") / "workspace")
    workspace.make()
    said: list[str] = []
    settings = settings_for(base, cpu_slots=1, prices={"cpu": "3.6"})
    with workspace.open(settings) as store:
        a_trainable_dataset(store)
        trained = train_adapters(
            workspace,
            store,
            settings,
            pace=PACE,
            watch=lambda role, event: said.append(f"{role} {event.phase}"),
        )
        assert find(store, None, Adapter) == trained.tuned
        assert [*workspace.jobs.iterdir()] == []
        views = newest_views(workspace, store)
        _check_completed(store, trained, {view.job.role: view.job for view in views})
        assert all(view.cost_usd > 0 for view in views)
    return trained, said


def _check_completed(store: Store, trained: Trained, jobs: dict[str, TrainingJob]) -> None:
    for adapter in (trained.tuned, trained.control):
        job = jobs[adapter.role]
        assert job.state is TrainingState.COMPLETED
        assert (job.adapter, job.base_model) == (str(adapter.ref), str(trained.base.ref))
        assert (job.attempt, job.retry_count, job.slot) == (1, 0, None)
        assert job.loss_tokens == job.total_loss_tokens == adapter.loss_tokens
        steps = history_of(store, job.id)
        assert [one.step for one in steps] == [*range(adapter.steps + 1)]
        assert all((one.grad_norm or 0) > 0 for one in steps[1:])
        (artifact,) = left_by(store, job.id)
        weights = next(one for one in adapter.files if one.path.endswith("safetensors"))
        assert (artifact.artifact_type, artifact.sha256) == ("lora_adapter", weights.blob.sha256)


def queued(store: Store, settings: Settings, *roles: Role) -> str:
    """A run of these roles that waits for a worker."""
    order = TrainingOrder.for_(a_trainable_dataset(store).ref, settings.training)
    return queue_training(store, settings, order.model_copy(update={"roles": roles or order.roles}))


def heard(workspace: Workspace, store: Store, run: str) -> list[int]:
    """How far each job of a run is."""
    return [view.job.current_step for view in views_named(workspace, store, run)]


def test_of_two_jobs_on_one_slot_the_second_waits_for_the_end_of_the_first(
    undisturbed: tuple[Trained, list[str]],
) -> None:
    _, said = undisturbed

    first = said[0].split()[0]
    ends = said.index(f"{first} done")
    assert all(one.startswith(first) for one in said[:ends])
    assert not any(one.startswith(f"{first} ") for one in said[ends + 1 :])


def test_a_run_outlives_its_worker_and_is_trained_once_whoever_claims_it(
    workspace: Workspace, base: Path, undisturbed: tuple[Trained, list[str]]
) -> None:
    settings = settings_for(base, epochs=150)
    with workspace.open(settings) as store:
        run = queued(store, settings, "tuned")
        workers = [Worker(workspace, settings) for _ in range(2)]
        until(lambda: heard(workspace, store, run)[0] > 3)
        (job,) = jobs_of_run(store, run)
        folder = workspace.folder / (job.folder or "")
        child = holder(folder)
        (at_it,) = run_view(store, run).workers
        killed = next(one for one in workers if f"-{one.pid}-" in at_it)

        killed.kill()

        assert child is not None
        assert holder(folder) == child
        events = folder / "events.jsonl"
        other = next(one for one in workers if one is not killed)
        said = read_events(events)[0]
        until(lambda: len(read_events(events)[0] or said) > len(said) or not events.exists())
        code, _, err = other.wait()
        (ended,) = jobs_of_run(store, run)

    assert (code, err) == (0, "")
    assert ended.state is TrainingState.COMPLETED
    assert ended.attempt == 1  # one process did it, from the first step to the last
    assert ended.current_step == ended.total_steps
    with workspace.open(settings) as store:
        assert find(store, None, Adapter).ref == ended.adapter
        assert run_view(store, run).state is RunState.COMPLETED


def test_cancelled_it_rests_with_a_checkpoint_and_resumed_it_ends_with_the_same_bytes(
    workspace: Workspace, base: Path, undisturbed: tuple[Trained, list[str]]
) -> None:
    settings = settings_for(base)
    with workspace.open(settings) as store:
        run = queued(store, settings)
        worker = Worker(workspace, settings)
        until(lambda: max(heard(workspace, store, run)) > 3)
        (first, *_) = views_named(workspace, store, run)

        views = cancel_jobs(workspace, store, first.job.id)

        code, _, err = worker.wait()
        assert (code, err) == (0, "")
        assert {view.state for view in views} == {"cancelled"}
        assert run_view(store, run).state is RunState.CANCELLED
        assert all(job.slot is None for job in jobs_of_run(store, run))
        kept = [one for view in views for one in left_by(store, view.job.id)]
        assert {one.artifact_type for one in kept} == {"checkpoint"}
        with pytest.raises(Refused, match="ended already"):
            pause_jobs(workspace, store, first.job.id)

        again = resume_jobs(workspace, store, settings, first.job.id)
        assert again != run
        assert [view.job.id for view in views_named(workspace, store, again)] == [
            view.job.id for view in views
        ]
        trained = see_through(workspace, store, settings, again, pace=PACE)
        attempts = {job.attempt for job in jobs_of_run(store, again)}

    expected, _ = undisturbed
    assert 2 in attempts
    assert (trained.tuned, trained.control) == (expected.tuned, expected.control)


def test_nobody_has_to_be_there_to_pause_what_nobody_follows(
    workspace: Workspace, base: Path
) -> None:
    settings = settings_for(base, epochs=400)
    with workspace.open(settings) as store:
        run = queued(store, settings, "tuned")
        worker = Worker(workspace, settings)
        until(lambda: heard(workspace, store, run)[0] > 1)
        worker.kill()
        (view,) = views_named(workspace, store, run)
        assert view.state == "running"
        assert view.progress is not None
        assert 0 < view.progress < 1

        os.kill(_process_of(workspace, view.job), signal.SIGSTOP)
        until(lambda: look(workspace, store, [view.job], stalled_after_s=0.5)[0].state == "stalled")
        os.kill(_process_of(workspace, view.job), signal.SIGCONT)

        (paused,) = pause_jobs(workspace, store, run)
        assert paused.state == "paused"
        assert holder(workspace.folder / (view.job.folder or "")) is None
        (watched,) = watch_jobs(workspace, store, run, lambda _views: None)
        assert watched.is_over
        assert resume_jobs(workspace, store, settings, run) == run
        assert cancel_jobs(workspace, store, run)[0].state == "cancelled"


def _process_of(workspace: Workspace, job: TrainingJob) -> int:
    process = holder(workspace.folder / (job.folder or ""))
    assert process is not None
    return process


def test_a_limit_is_kept_and_with_a_higher_one_it_goes_on(workspace: Workspace, base: Path) -> None:
    settings = settings_for(base, epochs=60, force=("time-limit",), max_minutes="0.0001")
    with workspace.open(settings) as store:
        run = queued(store, settings, "tuned")
        with pytest.raises(BudgetReached, match="minutes that it may"):
            see_through(workspace, store, settings, run, pace=PACE)
        (view,) = views_named(workspace, store, run)
        assert view.state == "budget"
        assert run_view(store, run).state is RunState.BUDGET

        dear = settings_for(
            base, epochs=60, max_minutes=30, max_cost_usd="0.000001", prices={"cpu": "3.6"}
        )
        assert resume_jobs(workspace, store, dear, run) == run
        (view,) = views_named(workspace, store, run)
        assert view.job.max_cost_usd == Decimal("0.000001")
        assert view.job.max_seconds == 1800


def test_what_cannot_be_trained_is_refused_before_anything_is_queued(
    workspace: Workspace, base: Path
) -> None:
    settings = settings_for(base)
    with workspace.open(settings) as store:
        with pytest.raises(NotYet, match="there is no dataset"):
            order_training(workspace, store, settings)
        assert newest_views(workspace, store) == []


def test_words_heard_twice_are_written_once(workspace: Workspace, base: Path) -> None:
    settings = settings_for(base)
    with workspace.open(settings) as store:
        run = queued(store, settings, "tuned")
        (job,) = jobs_of_run(store, run)
        folder = workspace.jobs / "some"
        folder.mkdir(parents=True)
        lines = [
            '{"phase":"load","time":5,"tick":100}',
            '{"phase":"train","time":3,"tick":104,"step":1,"steps":9,"loss":2.5,"loss_tokens":40}',
            '{"phase":"train","time":1,"tick":106,"step":2,"steps":9,"loss":2.25,"loss_tokens":80}',
        ]
        (folder / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

        one, other = (Hearing(store, job, folder, workspace.folder) for _ in range(2))
        assert len(one.listen()) == 3
        assert other.listen() == []

        (told,) = jobs_of_run(store, run)
        assert (told.current_step, told.attempt, told.step_s) == (2, 1, 2.0)
        assert told.machine_seconds == 6.0  # though the clock on the wall went backwards
        assert [step.loss for step in history_of(store, job.id)] == [2.5, 2.25]
