"""The training benchmark judges only what did the same work."""

import sys
from pathlib import Path

import pytest

from trainers.task import Outcome, read_task
from training import Goal, Ran, Tool, check, less_cpu
from training_tasks import lay_random

TOOL = Tool("Another", Path(sys.executable), "with_trl.py", "padded")
OTHER_BATCHES = Tool("Another", Path(sys.executable), "with_trl.py", "packed", off_by=None)


def a_run(*, train_loss: float = 8.1, held_out_loss: float = 8.0, cpu_s: float = 2.0) -> Ran:
    outcome = Outcome(
        cpu_s=cpu_s,
        wall_s=1.0,
        first_step_at=0.0,
        steps=8,
        processed_tokens=5000,
        train_loss=train_loss,
        held_out_loss=held_out_loss,
    )
    return Ran(outcome, peak_mib=500.0, first_step_s=4.0)


def test_equal_loss_passes() -> None:
    check(TOOL, a_run(train_loss=8.10005), a_run(), None)


@pytest.mark.parametrize("loss", [8.1002, float("nan")])
def test_another_loss_is_worth_nothing(loss: float) -> None:
    with pytest.raises(RuntimeError, match="took 8 steps to a loss of"):
        check(TOOL, a_run(train_loss=loss), a_run(), None)


def test_other_batches_must_come_down_as_far() -> None:
    check(OTHER_BATCHES, a_run(held_out_loss=7.9), a_run(), 8.0)

    with pytest.raises(RuntimeError, match=r"did not come down to a held-out loss of 8.0"):
        check(OTHER_BATCHES, a_run(held_out_loss=8.01), a_run(), 8.0)


@pytest.mark.parametrize(("least", "verdict"), [(2, "met"), (4, "**missed**")])
def test_a_goal_is_met_or_missed(least: float, verdict: str) -> None:
    goal = Goal("times less CPU", less_cpu, at_least=least)

    shown = goal.shown([a_run()], [a_run(cpu_s=6.0)])

    assert shown == f"3.00 times less CPU (goal at least {least}: {verdict})"


def test_a_task_is_the_same_every_time_and_comes_back_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    laid = lay_random(tmp_path, examples=16, batch=4, epochs=2, shared=20)
    again = lay_random(tmp_path / "other", examples=16, batch=4, epochs=2, shared=20)

    assert read_task(laid.path) == laid.task
    assert again.task.train == laid.task.train
    assert again.task.order == laid.task.order
    assert len(laid.task.order) == 8
    assert {tuple(example.ids[:20]) for example in laid.task.train} == {
        tuple(laid.task.train[0].ids[:20])
    }
    assert laid.source_tokens == 2 * sum(len(example.ids) for example in laid.task.train)
    assert all(not any(example.carries_loss[:20]) for example in laid.task.train)
