"""What is chosen for a described device, and why."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import MissingExtra, OutsideError
from lorewright.settings import TrainingSettings
from lorewright.train import (
    Base,
    Choice,
    Device,
    Plan,
    Shape,
    choose,
    detect,
    known_bases,
    need_of,
    plan_for,
    shape_of,
    this_cpu,
)
from lorewright.train.devices import PASSES
from lorewright.train.estimate import shape_of as shape_said

GB = 1_000_000_000


def a_shape(**config: str | int) -> Shape:
    shape = shape_said(config)
    assert shape is not None
    return shape


KNOWN = {one.title: one for one in known_bases()}
LLAMA = Base(KNOWN["Llama 3.1 8B"].shape)
LARGE = Base(KNOWN["Llama 3.1 70B"].shape)
SMALL = Base(
    a_shape(
        model_type="llama",
        num_hidden_layers=2,
        hidden_size=48,
        intermediate_size=96,
        num_attention_heads=2,
        vocab_size=320,
    )
)
PUBLISHED = {
    "Mistral 7B v0.3": 7_248_023_552,
    "Llama 3 8B": 8_030_261_248,
    "Llama 3 70B": 70_553_706_496,
    "Llama 3.1 8B": 8_030_261_248,
    "Llama 3.1 70B": 70_553_706_496,
    "Phi-4": 14_659_507_200,
    "Qwen 2.5 7B": 7_615_616_512,
}


def a_gpu(gigabytes: int, *, count: int = 1, is_fast_at_bf16: bool = True) -> Device:
    return Device("cuda", "a GPU", gigabytes * GB, is_fast_at_bf16=is_fast_at_bf16, count=count)


def a_cpu(*, is_fast_at_bf16: bool = False) -> Device:
    return Device("cpu", "2 cores", 32 * GB, is_fast_at_bf16=is_fast_at_bf16)


def a_plan(**chosen: object) -> Plan:
    settings = TrainingSettings.model_validate({"base": "outside", **chosen})
    return plan_for(settings, examples=500, is_pocket=False, max_length=None)


def said(choice: Choice) -> str:
    return "; ".join(choice.reasons)


def test_a_large_gpu_keeps_everything_in_16_bits() -> None:
    choice = choose(a_gpu(141), LLAMA, a_plan())

    assert (choice.precision, choice.quantisation, choice.checkpointing) == ("bf16", "none", False)
    assert choice.fits
    assert choice.pass_tokens >= 4096
    assert "the GPU computes with it directly" in said(choice)


def test_less_memory_first_makes_passes_small_then_computes_twice_then_packs() -> None:
    chosen = [choose(a_gpu(size), LLAMA, a_plan()) for size in (141, 48, 24, 12)]

    passes = [one.pass_tokens for one in chosen]
    assert passes[0] > passes[1]
    assert [one.checkpointing for one in chosen] == [False, False, True, True]
    assert [one.quantisation for one in chosen] == ["none", "none", "none", "nf4"]
    assert all(one.fits for one in chosen)
    assert "in 16 or 32 it does not fit" in said(chosen[-1])


def test_what_does_not_fit_however_it_is_held_says_so() -> None:
    choice = choose(a_gpu(24), LARGE, a_plan())

    assert not choice.fits
    assert "probably does not fit" in said(choice)


def test_four_bits_that_are_asked_for_need_bitsandbytes() -> None:
    with pytest.raises(MissingExtra, match="qlora holds the base in four bits") as caught:
        choose(a_gpu(24), LLAMA, a_plan(method="qlora"), has_bitsandbytes=False)

    assert "lorewright[qlora]" in (caught.value.hint or "")
    assert choose(a_gpu(12), LLAMA, a_plan(), has_bitsandbytes=False).quantisation == "none"
    assert choose(a_gpu(141), LLAMA, a_plan(method="qlora")).quantisation == "nf4"


def test_full_training_is_never_packed() -> None:
    choice = choose(a_gpu(80), LLAMA, a_plan(method="full"))

    assert choice.quantisation == "none"
    assert not choice.fits


def test_a_processor_computes_in_16_bits_only_where_it_pays() -> None:
    assert choose(a_cpu(), SMALL, a_plan()).precision == "fp32"
    assert choose(a_cpu(is_fast_at_bf16=True), SMALL, a_plan()).precision == "fp32"
    assert choose(a_cpu(is_fast_at_bf16=True), LLAMA, a_plan()).precision == "bf16"
    assert "AVX512-BF16" in said(choose(a_cpu(), LLAMA, a_plan()))


def test_an_old_gpu_and_an_apple_gpu_compute_in_32_bits() -> None:
    apple = Device("mps", "Apple GPU", 32 * GB, is_fast_at_bf16=False)

    assert choose(a_gpu(16, is_fast_at_bf16=False), SMALL, a_plan()).precision == "fp32"
    assert choose(apple, SMALL, a_plan()).precision == "fp32"


def test_what_the_operator_says_is_not_chosen() -> None:
    plan = a_plan(precision="fp32", quantisation="none", checkpointing=True)

    choice = choose(a_gpu(12), LLAMA, plan)

    assert (choice.precision, choice.quantisation, choice.checkpointing) == ("fp32", "none", True)
    assert "as training.precision says" in said(choice)
    assert "as training.checkpointing says" in said(choice)


def test_several_gpus_are_named_and_one_is_used() -> None:
    assert "one of 8 is used" in said(choose(a_gpu(141, count=8), LLAMA, a_plan()))


@given(
    gigabytes=st.integers(1, 200),
    method=st.sampled_from(["lora", "dora", "adalora", "qlora", "pissa", "full"]),
    longest=st.integers(0, 40_000),
)
def test_something_is_always_chosen_and_more_memory_never_saves_more(
    gigabytes: int, method: str, longest: int
) -> None:
    base = LLAMA._replace(longest=longest)
    less, more = (
        choose(a_gpu(size), base, a_plan(method=method)) for size in (gigabytes, gigabytes + 20)
    )

    assert less.pass_tokens in PASSES["cuda"]
    assert len(less.reasons) >= 4
    assert all(reason and not reason.endswith(".") for reason in less.reasons)
    if less.fits:
        assert more.fits
        assert (more.quantisation == "nf4") <= (less.quantisation == "nf4")


def test_the_device_here_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found, cpu = detect(), this_cpu()

    assert found.memory > GB / 2
    assert found == cpu or found.kind != "cpu"


@pytest.mark.parametrize("title", PUBLISHED)
def test_a_known_base_has_as_many_parameters_as_was_published(title: str) -> None:
    assert KNOWN[title].shape.parameters == PUBLISHED[title]


def test_a_known_base_needs_less_memory_in_four_bits() -> None:
    lora, qlora = a_plan().method, a_plan(method="qlora").method
    for base in KNOWN.values():
        assert base.least_memory(qlora) < 0.6 * base.least_memory(lora)
    assert 18 * GB < KNOWN["Llama 3.1 8B"].least_memory(lora) < 26 * GB
    assert KNOWN["Llama 3.1 70B"].least_memory(qlora) < 64 * GB


def test_a_config_that_names_things_otherwise_is_read() -> None:
    shape = a_shape(n_layer=2, n_embd=48, n_head=2, vocab_size=320)

    assert (shape.layers, shape.inner, shape.key_width) == (2, 192, 48)


def test_a_base_that_does_not_say_its_sizes_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"n_layer": 2}', encoding="utf-8")

    with pytest.raises(OutsideError, match="do not say how large the base model is"):
        shape_of(tmp_path)


def test_computing_twice_saves_memory_and_full_training_costs_it() -> None:
    sizes = [
        need_of(
            LLAMA.shape,
            a_plan(method=method).method,
            rank=16,
            bits=16,
            nf4=False,
            checkpointing=checkpointing,
            tokens=4096,
        )
        for method, checkpointing in (("lora", True), ("lora", False), ("full", False))
    ]

    assert sizes[0].activations < sizes[1].activations / 10
    assert sizes[2].total > sizes[1].total
