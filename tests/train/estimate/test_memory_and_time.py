"""Memory, time, cost and disk by formula."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.settings import TrainingSettings
from lorewright.train import Plan, known_shape, plan_for
from lorewright.train.estimate import (
    Amounts,
    Counting,
    Device,
    Load,
    Pace,
    Precision,
    Shape,
    Tokens,
    Use,
    estimate,
    memory_of,
)
from lorewright.train.estimate.work import flops_per_token

GPU = Device("cuda", "NVIDIA H200", 141 * 10**9, 140 * 10**9, 395.0)
CPU = Device("cpu", "processor, 2 threads", 8 * 10**9, 8 * 10**9, 0.044)
FIELDS = ("tokens", "labelled", "rank")
LOADS = st.builds(
    Load,
    tokens=st.integers(1, 10**5),
    labelled=st.integers(0, 10**5),
    rank=st.integers(1, 512),
    is_full=st.booleans(),
    checkpointing=st.booleans(),
)


def llama() -> Shape:
    shape = known_shape("llama-3.1-8b")
    assert shape is not None
    return shape


def amounts(*lengths: int) -> Amounts:
    counting = Counting()
    for length in lengths:
        counting.add(length, length // 3)
    return counting.amounts()


def a_plan(**settings: object) -> Plan:
    chosen = TrainingSettings.model_validate({"base": "outside", **settings})
    return plan_for(chosen, examples=100, is_pocket=False, max_length=None)


@given(LOADS, st.sampled_from(Precision), st.sampled_from(FIELDS), st.integers(1, 1000))
def test_more_of_anything_never_needs_less_memory(
    load: Load, precision: Precision, field: str, more: int
) -> None:
    values = {name: getattr(load, name) for name in FIELDS}
    larger = Load(
        **{**values, field: values[field] + more},
        is_full=load.is_full,
        checkpointing=load.checkpointing,
    )

    before, after = (memory_of(llama(), one, precision=precision) for one in (load, larger))

    assert all(one <= other for one, other in zip(before, after, strict=True))


@given(LOADS, st.sampled_from(Precision))
def test_the_total_is_the_sum_of_parts_none_of_which_is_negative(
    load: Load, precision: Precision
) -> None:
    memory = memory_of(llama(), load, precision=precision)

    assert min(memory) >= 0
    assert memory.total == sum(memory._asdict().values())


def test_the_exact_parts_of_an_8b_adapter_of_rank_16() -> None:
    memory = memory_of(llama(), Load(4096, 1000, 16), precision=Precision.BFLOAT16)

    assert memory.weights == 2 * 8_030_261_248
    assert memory.adapter == memory.gradients == 4 * 41_943_040
    assert memory.optimizer == 8 * 41_943_040


def test_four_bits_and_checkpointing_save_what_they_are_known_to_save() -> None:
    load = Load(4096, 1000, 16)
    plain = memory_of(llama(), load, precision=Precision.BFLOAT16)
    narrow = memory_of(llama(), load, precision=Precision.NF4)
    again = memory_of(
        llama(), Load(4096, 1000, 16, checkpointing=True), precision=Precision.BFLOAT16
    )

    # Published for this base in NF4 with double quantisation: about 5.7 GB.
    assert 5.5e9 < narrow.weights < 5.8e9
    assert again.activations < plain.activations / 14


def test_full_training_holds_gradients_and_moments_for_every_weight() -> None:
    memory = memory_of(llama(), Load(1, 1, 16, is_full=True), precision=Precision.FLOAT32)

    assert memory.adapter == 0
    assert memory.gradients == memory.weights
    assert memory.optimizer == 2 * memory.weights


@pytest.mark.parametrize(("checkpointing", "gflops"), [(False, 31.9), (True, 46.5)])
def test_the_work_of_a_token_is_that_of_the_design(*, checkpointing: bool, gflops: float) -> None:
    load = Load(2048, 2048, 16, checkpointing=checkpointing)

    work = flops_per_token(llama(), load, length=2048, labelled_share=1.0)

    assert work / 1e9 == pytest.approx(gflops, rel=0.05)


@given(st.integers(1, 500), st.integers(1, 500))
def test_more_epochs_and_longer_examples_take_longer(epochs: int, length: int) -> None:
    tokens = Tokens(amounts(*[length] * 100), amounts())
    longer = Tokens(amounts(*[length + 10] * 100), amounts())

    def likely(plan: Plan, tokens: Tokens) -> float:
        found = estimate(llama(), plan, tokens=tokens, device=GPU)
        low, usual, high = found.seconds
        assert low <= usual <= high
        return usual

    base = likely(a_plan(epochs=epochs), tokens)
    assert likely(a_plan(epochs=epochs + 1), tokens) > base
    assert likely(a_plan(epochs=epochs), longer) > base


def test_cost_is_time_by_price_and_absent_without_one() -> None:
    tokens = Tokens(amounts(100, 200), amounts(50))
    paid = estimate(
        llama(),
        a_plan(),
        tokens=tokens,
        device=GPU,
        price_per_hour=Decimal(3600),
    )
    free = estimate(llama(), a_plan(), tokens=tokens, device=GPU)

    assert paid.cost is not None
    assert float(paid.cost[1]) == pytest.approx(2 * paid.seconds.likely, abs=0.2)
    assert free.cost is None


def test_a_processor_holds_32_bits_and_a_gpu_16() -> None:
    tokens = Tokens(amounts(100), amounts())

    def precision(device: Device) -> Precision:
        found = estimate(llama(), a_plan(), tokens=tokens, device=device)
        return found.use.precision

    assert (precision(CPU), precision(GPU)) == (Precision.FLOAT32, Precision.BFLOAT16)


def test_processes_one_after_the_other_take_twice_as_long_and_half_the_memory() -> None:
    tokens = Tokens(amounts(100, 200), amounts(50))
    alone = Use(Precision.BFLOAT16, at_once=1, on_one_device=1)

    pair = estimate(llama(), a_plan(), tokens=tokens, device=GPU, use=Use(Precision.BFLOAT16))
    in_turn = estimate(llama(), a_plan(), tokens=tokens, device=GPU, use=alone)

    assert pair.seconds == in_turn.seconds == pair.whole_seconds
    assert in_turn.whole_seconds.likely == 2 * in_turn.seconds.likely
    assert pair.whole_memory == 2 * in_turn.whole_memory


def test_four_bits_and_computing_twice_take_less() -> None:
    tokens = Tokens(amounts(*[1000] * 8), amounts())
    settings = TrainingSettings(method="qlora", checkpointing=True)
    plan = plan_for(settings, examples=8, is_pocket=False, max_length=None)

    plain = estimate(llama(), a_plan(), tokens=tokens, device=GPU)
    saving = estimate(llama(), plan, tokens=tokens, device=GPU)

    assert (saving.use.precision, saving.use.checkpointing) == (Precision.NF4, True)
    assert saving.memory.weights < plain.memory.weights / 2
    assert saving.memory.activations < plain.memory.activations / 2


def test_the_disk_holds_three_checkpoints_and_the_results_of_two_adapters() -> None:
    tokens = Tokens(amounts(*[100] * 100), amounts())
    found = estimate(llama(), a_plan(epochs=1), tokens=tokens, device=GPU)

    numbers = 41_943_040
    assert found.disk == 2 * (3 * 12 * numbers + 8 * numbers + 600 * found.steps)


def test_a_step_never_holds_more_than_a_pass_may() -> None:
    many = Tokens(amounts(*[1000] * 64), amounts())
    found = estimate(llama(), a_plan(batch=64), tokens=many, device=GPU)
    few = estimate(llama(), a_plan(batch=5), tokens=many, device=GPU)

    assert found.memory == few.memory


def test_what_was_measured_is_told_with_its_error() -> None:
    tokens = Tokens(amounts(100), amounts())
    pace = Pace(2.0, 100.0, 5.0, 10**9)

    found = estimate(llama(), a_plan(), tokens=tokens, device=GPU, pace=pace)

    told = found.as_told()
    assert told["measured"]["step_seconds"] == 2.0
    assert told["measured"]["memory_error"] == round(found.memory.total / 10**9 - 1, 3)
    assert found.seconds.likely == pytest.approx(5.0 + 2.0 * found.steps)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=50))
def test_counting_forgets_no_token(lengths: list[int]) -> None:
    found = amounts(*lengths)

    assert (found.examples, found.tokens) == (len(lengths), sum(lengths))
    assert found.longest == max(lengths)
    assert sum(count for _, count in found.buckets) == len(lengths)
