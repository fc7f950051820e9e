"""How many devices a training job takes on a machine, and that it is the same job with any."""

from pathlib import Path

import pytest

from lorewright.errors import BadSettings
from lorewright.flows.training_devices import gpus_of, processes_of, slots_of
from lorewright.flows.training_orders import TrainingOrder
from lorewright.lineage import Ref
from lorewright.records import Turn
from lorewright.settings import TrainingSettings
from lorewright.store.training_slots import Device
from lorewright.train import Lessons, Line, describe, prepare
from train.conftest import make_base

CPU = [Device("cpu", 2)]
GPUS = [Device(f"cuda:{number}", 1) for number in range(4)]
DATASET = Ref("dataset", "a" * 64)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny", "llama")


def a_job(folder: Path, base: Path, settings: TrainingSettings) -> Path:
    turns = (Turn(role="user", text="How often?"), Turn(role="assistant", text="Once a year."))
    lessons = Lessons("tuned", [Line(name="example:one", turns=turns)])
    prepare(folder, lessons, base=describe(base, name="tiny"), settings=settings)
    return folder


def test_a_job_takes_a_slot_of_every_gpu_and_one_of_a_processor(base: Path, tmp_path: Path) -> None:
    job = a_job(tmp_path / "job", base, TrainingSettings(base="outside", devices=3))

    assert processes_of(job, GPUS) == processes_of(job, CPU) == 3
    assert (slots_of(3, GPUS), slots_of(3, CPU), slots_of(1, GPUS)) == (3, 1, 1)
    assert gpus_of([*GPUS, *CPU]) == GPUS


def test_a_job_that_says_nothing_takes_one(base: Path, tmp_path: Path) -> None:
    job = a_job(tmp_path / "job", base, TrainingSettings(base="outside"))

    assert processes_of(job, CPU) == 1
    assert processes_of(job, GPUS[:1]) == 1
    assert processes_of(job, GPUS) == 1  # it fits one of them


def test_more_gpus_than_there_are_would_be_waited_for_for_ever(base: Path, tmp_path: Path) -> None:
    job = a_job(tmp_path / "job", base, TrainingSettings(base="outside", devices=8))

    with pytest.raises(BadSettings, match="asks for 8 devices, and there are 4"):
        processes_of(job, GPUS)


def test_a_job_is_the_same_work_on_any_number_of_devices() -> None:
    several = (
        TrainingSettings(),
        TrainingSettings(devices=4, sharding="none"),
        TrainingSettings(devices=2, sharding="full"),
    )
    orders = [TrainingOrder.for_(DATASET, settings) for settings in several]

    assert len({order.work("tuned") for order in orders}) == 1
    other = TrainingOrder.for_(DATASET, TrainingSettings(rank=4))
    assert other.work("tuned") != orders[0].work("tuned")
