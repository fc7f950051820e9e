"""A training run whose jobs are each worked on by two processes."""

from decimal import Decimal
from pathlib import Path

import pytest

from flows.trainable import PACE, a_trainable_dataset, settings_for
from lorewright.flows.training import train_adapters
from lorewright.store import Workspace
from lorewright.store.training_jobs import TrainingState, newest_jobs
from train.conftest import make_base

pytestmark = pytest.mark.slow


def test_a_run_of_two_processes_makes_what_a_run_of_one_would_not_make_again(
    tmp_path: Path,
) -> None:
    base = make_base(tmp_path / "tiny", "llama")
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    alone = settings_for(base, epochs=26, cpu_slots=1, prices={"cpu": "3.6"})
    shared = alone.model_copy(update={"training": alone.training.model_copy(update={"devices": 2})})
    said: list[str] = []
    with workspace.open(shared) as store:
        a_trainable_dataset(store)
        together = train_adapters(
            workspace,
            store,
            shared,
            pace=PACE,
            watch=lambda _role, event: said.append(event.note or ""),
        )
        jobs = newest_jobs(store)
        again = train_adapters(workspace, store, alone, pace=PACE)

    assert any("2 processes, as training.devices says" in note for note in said)
    assert [job.state for job in jobs] == [TrainingState.COMPLETED] * 2
    assert {job.price_usd for job in jobs} == {Decimal("7.2")}
    assert {job.device for job in jobs} == {"cpu"}
    assert again.tuned.ref == together.tuned.ref
