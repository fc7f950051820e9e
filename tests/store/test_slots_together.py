"""Jobs that take several devices at once: all of them, or none."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorewright.store import Store
from lorewright.store.training_jobs import (
    NewJob,
    TrainingState,
    job_named,
    move_job,
    order_jobs,
    price_job,
)
from lorewright.store.training_slots import Device, claim_slot, devices_of
from lorewright.store.work_runs import order_run

GPUS = [Device(f"cuda:{number}", 1) for number in range(3)]


def jobs(store: Store, count: int, order: str = "o") -> list[str]:
    """The names of so many new jobs."""
    run = order_run(store, "train", {"order": order})
    new = [
        NewJob(
            work=f"{order}-{number}",
            role=str(number),
            dataset="dataset:d",
            base="pocket",
            hyperparameters={},
            price_usd=Decimal("3.6"),
            price_source="a test",
        )
        for number in range(count)
    ]
    return list(order_jobs(store, run, new))


def test_a_job_gets_all_the_devices_that_it_needs_or_none(store: Store) -> None:
    one, two, three, four = jobs(store, 4)

    assert claim_slot(store, one, "here", GPUS, together=2) == "cuda:0,1"
    assert claim_slot(store, two, "here", GPUS, together=2) is None
    assert claim_slot(store, three, "here", GPUS) == "cuda:2"
    assert claim_slot(store, four, "here", GPUS) is None
    assert claim_slot(store, one, "here", GPUS, together=2) == "cuda:0,1"

    move_job(store, one, TrainingState.PAUSED)
    assert claim_slot(store, four, "here", GPUS) == "cuda:0"
    assert claim_slot(store, two, "here", GPUS, together=2) is None
    move_job(store, three, TrainingState.PAUSED)
    assert claim_slot(store, two, "here", GPUS, together=2) == "cuda:1,2"
    assert claim_slot(store, one, "elsewhere", GPUS, together=3) == "cuda:0,1,2"


def test_the_second_slot_of_every_device_is_a_slot_of_all(store: Store) -> None:
    one, two, three = jobs(store, 3)
    twice = [Device(device.name, 2) for device in GPUS]

    found = [claim_slot(store, job, "here", twice, together=3) for job in (one, two, three)]

    assert found == ["cuda:0,1,2", "cuda:0,1,2", None]


def test_a_name_of_several_devices_is_taken_apart() -> None:
    assert devices_of("cuda:0,1") == ("cuda:0", "cuda:1")
    assert devices_of("cuda:7") == ("cuda:7",)
    assert devices_of("cpu") == ("cpu",)
    assert devices_of("worker:gpu-1,a") == ("worker:gpu-1,a",)


def test_an_hour_of_several_devices_is_priced_anew(store: Store) -> None:
    (job,) = jobs(store, 1)

    price_job(store, job, Decimal("14.4"))

    assert job_named(store, job).price_usd == Decimal("14.4")


@settings(
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wants=st.lists(st.integers(1, 3), min_size=1, max_size=5), seed=st.integers(0, 2**31))
def test_no_device_is_given_twice_whatever_is_asked(
    store: Store, wants: list[int], seed: int
) -> None:
    names = jobs(store, len(wants), order=f"{seed}-{wants}")
    host = f"host-{seed}-{wants}"

    got = [
        claim_slot(store, name, host, GPUS, together=want)
        for name, want in zip(names, wants, strict=True)
    ]

    held = [one for name in got if name for one in devices_of(name)]
    assert len(held) == len(set(held))
    assert [len(devices_of(name)) for name in got if name] == [
        want for name, want in zip(got, wants, strict=True) if name
    ]
