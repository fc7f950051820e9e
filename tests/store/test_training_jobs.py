"""Training jobs as rows, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord, NotFound
from lorewright.store import Store
from lorewright.store.outbox import (
    MOST_ATTEMPTS,
    post_webhook,
    take_due_webhooks,
    webhook_failed,
    webhook_heard,
)
from lorewright.store.training_jobs import (
    WAYS,
    Limits,
    NewJob,
    TrainingState,
    job_named,
    jobs_of_run,
    limit_jobs,
    move_job,
    newest_jobs,
    note_job,
    order_jobs,
)
from lorewright.store.training_metrics import (
    Artifact,
    Heard,
    Metrics,
    artifacts_of,
    deploy_artifact,
    earlier_pace,
    metrics_of,
    note_artifacts,
    note_heard,
)
from lorewright.store.training_slots import Device, claim_slot, free_slot, slots_left_behind
from lorewright.store.training_tables import webhook_outbox
from lorewright.store.work_runs import order_run
from lorewright.store.work_shards import Shard, cut_run, take_shard
from lorewright.store.workers import beat

ROLES = ("tuned", "permuted-control")


def a_job(work: str = "w", role: str = "tuned", limits: Limits | None = None) -> NewJob:
    return NewJob(
        work=work,
        role=role,
        dataset="dataset:" + "a" * 64,
        base="pocket",
        hyperparameters={"rank": 16},
        price_usd=Decimal("3.6"),
        price_source="a list",
        limits=limits or Limits(),
    )


def ordered(store: Store, *jobs: NewJob) -> tuple[str, list[str]]:
    run = order_run(store, "train", {"n": len(newest_jobs(store, limit=None))})
    return run, order_jobs(store, run, jobs)


def one(store: Store) -> str:
    return ordered(store, a_job())[1][0]


def at(store: Store, job: str, state: TrainingState) -> None:
    """Let a job stand so, whatever ways there are."""
    note_job(store, job, state=state)


def test_a_run_has_its_jobs_the_adapter_first(store: Store) -> None:
    run, names = ordered(store, a_job("b", "permuted-control"), a_job("a", "tuned"))

    found = jobs_of_run(store, run)

    assert [job.role for job in found] == ["tuned", "permuted-control"]
    assert {job.id for job in found} == set(names)
    assert all(job.state is TrainingState.QUEUED for job in found)
    assert names[0].startswith("control-")
    assert found[0].hyperparameters == {"rank": 16}
    with pytest.raises(NotFound, match="no training job called nobody"):
        job_named(store, "nobody")


def test_a_job_moves_only_where_a_way_leads(store: Store) -> None:
    job = one(store)

    for before in TrainingState:
        for after in TrainingState:
            at(store, job, before)
            moved = move_job(store, job, after)
            assert moved == (before in WAYS[after]), (before, after)
            assert job_named(store, job).state is (after if moved else before)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.sampled_from(list(TrainingState)), max_size=12))
def test_whatever_is_wished_no_job_makes_a_step_that_is_none(
    sqlite_store: Store, wishes: list[TrainingState]
) -> None:
    job = ordered(sqlite_store, a_job(f"w{len(newest_jobs(sqlite_store, limit=None))}"))[1][0]
    seen = [job_named(sqlite_store, job).state]
    seen.extend(
        job_named(sqlite_store, job).state for wish in wishes if move_job(sqlite_store, job, wish)
    )

    assert all(before in WAYS[after] for before, after in pairwise(seen))
    assert TrainingState.COMPLETED not in seen[:-1]


def test_no_state_beside_these_can_be_written(store: Store) -> None:
    job = one(store)

    with pytest.raises(BadRecord, match="refuses"):
        note_job(store, job, state="asleep")


def test_a_job_that_rests_goes_on_in_another_run_and_a_completed_one_stays(store: Store) -> None:
    first, names = ordered(store, a_job("a"), a_job("b", "permuted-control"))
    at(store, names[0], TrainingState.FAILED)
    note_job(store, names[0], error_kind="TrainingFailed", error_sentence="it died")
    at(store, names[1], TrainingState.COMPLETED)

    second, again = ordered(store, a_job("a"), a_job("b", "permuted-control"), a_job("c", "other"))

    assert again[:2] == names
    assert again[2] not in names
    assert jobs_of_run(store, first) == []
    states = {job.id: job.state for job in jobs_of_run(store, second)}
    assert states[names[0]] is TrainingState.QUEUED
    assert states[names[1]] is TrainingState.COMPLETED
    assert job_named(store, names[0]).error_sentence is None


def test_another_version_of_the_code_leaves_a_run_two_jobs(store: Store) -> None:
    run, names = ordered(store, a_job("a"), a_job("b", "permuted-control"))

    again = order_jobs(store, run, [a_job("A"), a_job("B", "permuted-control")])

    assert again == names
    assert {job.work for job in jobs_of_run(store, run)} == {"A", "B"}


def test_limits_can_be_raised_and_are_not_lost(store: Store) -> None:
    run, (job,) = ordered(store, a_job(limits=Limits(Decimal("0.5"), 60.0)))

    limit_jobs(store, run, Limits(None, 120.0))

    assert job_named(store, job).max_seconds == 120.0
    assert job_named(store, job).max_cost_usd == Decimal("0.5")


def test_cost_is_time_times_price(store: Store) -> None:
    job = one(store)
    note_job(store, job, machine_seconds=1800.0)

    assert job_named(store, job).cost_usd == Decimal("1.8")


def test_a_slot_is_one_jobs_alone_and_kept_until_it_rests(store: Store) -> None:
    _, jobs = ordered(store, *(a_job(name, name) for name in "abc"))
    devices = [Device("cuda:0", 1), Device("cpu", 1)]

    assert [claim_slot(store, job, "here", devices) for job in jobs] == ["cuda:0", "cpu", None]
    assert claim_slot(store, jobs[0], "here", devices) == "cuda:0"
    assert claim_slot(store, jobs[2], "elsewhere", devices) == "cuda:0"
    move_job(store, jobs[2], TrainingState.PAUSED)
    move_job(store, jobs[2], TrainingState.QUEUED)
    assert claim_slot(store, jobs[2], "here", devices) is None
    move_job(store, jobs[1], TrainingState.CANCELLED)
    assert claim_slot(store, jobs[2], "here", devices) == "cpu"
    with pytest.raises(BadRecord, match="refuses"):
        note_job(store, jobs[1], host="here", device="cpu", slot=0)


def test_many_that_ask_at_once_get_no_slot_twice(store: Store) -> None:
    _, jobs = ordered(store, *(a_job(str(number), str(number)) for number in range(12)))
    devices = [Device("cpu", 3)]

    with ThreadPoolExecutor(6) as threads:
        got = [*threads.map(partial(_claimed, store, devices), jobs)]

    assert got.count("cpu") == 3
    assert {job_named(store, job).slot for job in jobs} == {None, 0, 1, 2}


def _claimed(store: Store, devices: list[Device], job: str) -> str | None:
    return claim_slot(store, job, "here", devices)


def test_a_slot_is_left_behind_when_no_living_worker_has_the_job(store: Store) -> None:
    run, (job,) = ordered(store, a_job())
    claim_slot(store, job, "here", [Device("cpu", 1)])
    assert [one.id for one in slots_left_behind(store, "here")] == [job]

    beat(store, "somebody", None)
    cut_run(store, run, [Shard(("tuned",), 1)])
    take_shard(store, run, 0, "somebody")

    assert slots_left_behind(store, "here") == []
    assert slots_left_behind(store, "elsewhere") == []


def test_a_slot_that_was_claimed_again_is_not_taken_away(store: Store) -> None:
    job = one(store)
    claim_slot(store, job, "here", [Device("cpu", 1)])
    seen = job_named(store, job)

    free_slot(store, replace(seen, slot_at=(seen.slot_at or 0) - 5))
    assert job_named(store, job).slot == 0
    free_slot(store, seen)
    assert job_named(store, job).slot is None


def a_step(number: int, loss: float) -> Metrics:
    return Metrics(number, number / 10, loss, None, 0.001, 1.5, number * 40, 900.0)


def test_what_is_heard_is_written_once_and_a_step_done_again_replaces_the_lost_one(
    store: Store,
) -> None:
    job = one(store)
    heard = Heard(events_read=100, current_step=2, machine_seconds=4.5, step_s=0.5)

    assert note_heard(store, job, 0, heard, [a_step(1, 3.0), a_step(2, 2.0)])
    assert not note_heard(store, job, 0, replace(heard, current_step=9), [a_step(9, 1.0)])
    later = replace(heard, events_read=200, current_step=3)
    assert note_heard(store, job, 100, later, [a_step(2, 2.5), a_step(3, 1.5)])

    assert [(one.step, one.loss) for one in metrics_of(store, job)] == [(1, 3), (2, 2.5), (3, 1.5)]
    assert [one.step for one in metrics_of(store, job, since=2)] == [3]
    found = job_named(store, job)
    assert (found.current_step, found.events_read, found.machine_seconds) == (3, 200, 4.5)
    assert found.heard_at is not None


def test_artifacts_are_those_that_are_there_now(store: Store) -> None:
    job = one(store)
    first, second = (
        Artifact("checkpoint", f"jobs/a/step-{step}", 100, "b" * 64, step=step) for step in (1, 2)
    )
    adapter = Artifact("lora_adapter", "blob:c", 300, "c" * 64, validation_loss=1.25)

    note_artifacts(store, job, "checkpoint", [first])
    note_artifacts(store, job, "checkpoint", [second])
    note_artifacts(store, job, "lora_adapter", [adapter])
    note_artifacts(store, job, "lora_adapter", [adapter])

    assert artifacts_of(store, job) == [second, adapter]
    assert deploy_artifact(store, job, "blob:c", "testing")
    assert artifacts_of(store, job)[1].deployment_status == "testing"
    assert not deploy_artifact(store, job, "nowhere", "testing")
    with pytest.raises(BadRecord, match="refuses"):
        deploy_artifact(store, job, "blob:c", "somewhere")  # pyright: ignore[reportArgumentType]


def test_the_pace_is_that_of_the_newest_completed_job_on_this_base(store: Store) -> None:
    job = one(store)
    assert earlier_pace(store, "pocket", "cpu") is None

    claim_slot(store, job, "here", [Device("cpu", 1)])
    note_job(store, job, machine_seconds=12.0)
    move_job(store, job, TrainingState.COMPLETED)

    assert earlier_pace(store, "pocket", "cpu") == 12.0
    assert earlier_pace(store, "pocket", "cuda:0") is None


def test_a_message_is_tried_later_and_later_until_it_is_heard(store: Store) -> None:
    name = store.write(lambda db: post_webhook(db, "https://example.org/x", "job_completed", "{}"))

    (first,) = take_due_webhooks(store)
    assert (first.id, first.attempts) == (name, 1)
    assert take_due_webhooks(store) == []  # nobody else gets it meanwhile
    webhook_failed(store, name, "connection refused")
    store.write(lambda db: db.execute(webhook_outbox.update().values(next_try=0)))
    (second,) = take_due_webhooks(store)
    assert (second.attempts, second.last_error) == (2, "connection refused")
    webhook_heard(store, name)
    store.write(lambda db: db.execute(webhook_outbox.update().values(next_try=0)))
    assert take_due_webhooks(store) == []


def test_a_message_that_nobody_hears_is_given_up_and_kept(store: Store) -> None:
    store.write(lambda db: post_webhook(db, "https://example.org/x", "job_failed", "{}"))
    tries = 0
    while take_due_webhooks(store):
        tries += 1
        store.write(lambda db: db.execute(webhook_outbox.update().values(next_try=0)))

    assert tries == MOST_ATTEMPTS


def test_a_job_at_rest_goes_on_elsewhere_and_costs_what_it_took_at_each_place(
    store: Store,
) -> None:
    run, (job,) = ordered(store, a_job("a"))
    there = a_job("a")._replace(destination="{}", price_usd=Decimal("7.2"), price_source="there")
    note_heard(store, job, 0, Heard(events_read=9, machine_seconds=1000.0), [])
    at(store, job, TrainingState.RUNNING)
    order_jobs(store, run, [there])
    assert job_named(store, job).destination is None  # nobody is moved while he works

    at(store, job, TrainingState.FAILED)
    order_jobs(store, run, [there])
    note_heard(store, job, 9, Heard(events_read=10, machine_seconds=1500.0), [])

    moved = job_named(store, job)
    assert (moved.destination, moved.price_source, moved.spent_seconds) == ("{}", "there", 1000.0)
    assert moved.spent_usd == Decimal(1)
    assert moved.cost_usd == Decimal(2)
    assert moved.cost_of(500.0) == Decimal(1)
    assert moved.at_this_price(500.0) == Decimal(1)

    at(store, job, TrainingState.PAUSED)
    order_jobs(store, run, [a_job("a")])
    assert job_named(store, job).cost_usd == Decimal(2)
    assert job_named(store, job).destination is None


def test_the_pace_of_a_place_is_that_of_the_jobs_there(store: Store) -> None:
    _, (job,) = ordered(store, a_job("a"))
    values = {"device": "ssh:cpu", "host": "place a", "destination": "{}", "machine_seconds": 7.0}
    note_job(store, job, state="completed", **values)

    assert earlier_pace(store, "pocket", "ssh:cpu", host="place a") == 7.0
    assert earlier_pace(store, "pocket", "ssh:cpu", host="place b") is None
    assert earlier_pace(store, "pocket", "ssh:cpu") is None
