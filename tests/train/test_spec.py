"""What is chosen when the operator leaves it open."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from lorewright.records import HashedFile
from lorewright.settings import PocketSettings, TrainingSettings
from lorewright.train import Spec, plan_for


def test_the_pocket_base_gets_a_short_hot_run() -> None:
    plan = plan_for(TrainingSettings(), examples=500, is_pocket=True, max_length=2048)

    assert (plan.steps, plan.batch, plan.learning_rate) == (180, 16, Decimal("0.006"))


@pytest.mark.parametrize(("examples", "batch"), [(199, 4), (200, 8), (999, 8), (1000, 16)])
def test_another_base_gets_three_gentle_epochs(examples: int, batch: int) -> None:
    plan = plan_for(TrainingSettings(), examples=examples, is_pocket=False, max_length=None)

    assert (plan.steps, plan.epochs, plan.batch) == (None, 3, batch)
    assert plan.learning_rate == Decimal("0.0002")
    assert plan.max_length is None


def test_what_the_operator_says_wins() -> None:
    settings = TrainingSettings(epochs=2, batch=5, learning_rate=Decimal("0.001"), max_length=64)

    plan = plan_for(settings, examples=500, is_pocket=True, max_length=2048)

    assert (plan.steps, plan.epochs, plan.batch) == (None, 2, 5)
    assert (plan.learning_rate, plan.max_length) == (Decimal("0.001"), 64)


def test_nobody_may_ask_for_more_than_the_base_allows() -> None:
    settings = TrainingSettings(max_length=9999)

    assert plan_for(settings, examples=5, is_pocket=True, max_length=128).max_length == 128


def a_spec(folder: str, *, seed: int = 7) -> Spec:
    return Spec(
        role="tuned",
        base_name="tiny",
        base_folder=folder,
        base_files=(HashedFile(path="config.json", sha256="a" * 64, size=1),),
        train_sha256="b" * 64,
        valid_sha256="c" * 64,
        plan=plan_for(TrainingSettings(seed=seed), examples=5, is_pocket=True, max_length=None),
    )


def test_a_job_is_the_same_wherever_its_base_lies() -> None:
    assert a_spec("/here").fingerprint == a_spec("/there").fingerprint
    assert a_spec("/here").fingerprint != a_spec("/here", seed=8).fingerprint


def test_a_pocket_model_whose_heads_do_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError, match="multiple of twice the heads"):
        PocketSettings(hidden=100, heads=3)
