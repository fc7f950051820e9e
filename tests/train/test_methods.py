"""Every method: it learns, what it writes is what it learnt, and a run can be taken up again."""

import importlib.util
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch

from lorewright.errors import BadSettings, MissingExtra, UsageError
from lorewright.inference import (
    Arm,
    ChatTokenizer,
    Sample,
    answer_logits,
    library,
    open_arm,
    open_weights,
    quiet_library,
)
from lorewright.records import Turn
from lorewright.settings import TrainingSettings
from lorewright.train import Lessons, Line, Plan, describe, finish, follow, plan_for, prepare, start
from lorewright.train.checkpoints import Checkpoint, newest_checkpoint, write_checkpoint
from lorewright.train.lora import LoraTraining, with_adapter
from lorewright.train.methods import groups, save_memory

Bases = Callable[[str], Path]
NAMES = ("lora", "rslora", "lora+", "dora", "adalora", "pissa", "full")
METHODS = pytest.mark.parametrize("method", NAMES)
HAS_BITSANDBYTES = importlib.util.find_spec("bitsandbytes") is not None
IN_FOUR_BITS = pytest.mark.skipif(
    not HAS_BITSANDBYTES, reason='bitsandbytes is not installed: pip install "lorewright[qlora]"'
)
PAIRS = [
    ("How often?", "Rebalance once a year."),
    ("How much?", "Keep six months of rent aside, and then some more."),
    ("When?", "Ask before you advise."),
    ("What matters?", "Größe zählt, 🌿 too."),
]
TURNS = (Turn(role="user", text="How often?"), Turn(role="assistant", text="Once a year."))
RATES = {"full": "0.003", "adalora": "0.05", "lora+": "0.002", "rslora": "0.005"}


def a_plan(method: str, **changes: Any) -> Plan:
    settings = TrainingSettings(
        base="outside",
        method=method,
        epochs=6,
        batch=2,
        threads=1,
        rank=4,
        learning_rate=Decimal(RATES.get(method, "0.01")),
        **changes,
    )
    return plan_for(settings, examples=len(PAIRS), is_pocket=False, max_length=None)


def samples(folder: Path) -> list[Sample]:
    tokenizer = ChatTokenizer.open(folder)
    return [
        sample
        for question, answer in PAIRS
        for sample in tokenizer.samples(
            question, (Turn(role="user", text=question), Turn(role="assistant", text=answer))
        )
    ]


def a_training(folder: Path, plan: Plan, *, four_bits: bool = False) -> tuple[LoraTraining, Any]:
    network = with_adapter(open_weights(folder, four_bits=four_bits), plan)
    found = samples(folder)
    return LoraTraining(network, found, found[:1], plan), network


def done(training: LoraTraining) -> list[float]:
    return [training.advance()[0] for _ in range(training.steps - training.step)]


def logits_of(network: Any, folder: Path) -> torch.Tensor:
    network.eval()
    with torch.no_grad():
        return answer_logits(network, samples(folder))[0]


def as_served(base: Path, folder: Path) -> Any:
    """What was written, opened by the libraries that read it, on an untouched base."""
    if (folder / "config.json").exists():
        return open_weights(folder)
    with quiet_library():
        return library("peft").PeftModel.from_pretrained(open_weights(base), str(folder))


def weights_of(network: Any) -> dict[str, torch.Tensor]:
    return {name: weights.detach().clone() for name, weights in network.named_parameters()}


@METHODS
def test_a_method_learns_and_writes_what_it_learnt_for_the_unchanged_base(
    a_base: Bases, tmp_path: Path, method: str
) -> None:
    base = a_base("llama")
    untouched = logits_of(open_weights(base), base)
    training, network = a_training(base, a_plan(method))

    losses = done(training)
    training.write(tmp_path, base_name="tiny")

    trained = logits_of(network, base)
    served = logits_of(as_served(base, tmp_path), base)
    arms = (open_arm(base, tmp_path, threads=1), Arm(network, ChatTokenizer.open(base)))
    scores = [arm.log_likelihoods([TURNS])[0].log_likelihood for arm in arms]
    assert sum(losses[-2:]) < sum(losses[:2]) - 0.5
    assert (trained - untouched).abs().max() > 0.1
    torch.testing.assert_close(served, trained, rtol=1e-5, atol=1e-5 * trained.abs().max().item())
    assert scores[0] == pytest.approx(scores[1], rel=1e-5)


@METHODS
def test_a_run_taken_up_again_from_disk_ends_with_the_same_bits(
    a_base: Bases, tmp_path: Path, method: str
) -> None:
    base, plan = a_base("llama"), a_plan(method)
    whole, expected = a_training(base, plan)
    for _ in range(5):
        whole.advance()
    write_checkpoint(tmp_path, 5, whole.checkpoint({"history": []}), spec="spec")
    done(whole)
    saved = newest_checkpoint(tmp_path, spec="spec")
    assert isinstance(saved, Checkpoint)

    again, got = a_training(base, plan)
    torch.rand(3)  # whatever happened in between
    again.restore(saved)
    done(again)

    theirs = weights_of(expected)
    assert all(torch.equal(weights, theirs[name]) for name, weights in weights_of(got).items())
    places = [tmp_path / "whole", tmp_path / "again"]
    for place, training in zip(places, (whole, again), strict=True):
        place.mkdir()
        training.write(place, base_name="tiny")
    names = sorted(path.name for path in places[0].iterdir())
    assert names
    assert all((places[0] / one).read_bytes() == (places[1] / one).read_bytes() for one in names)


def test_only_full_training_changes_the_base(a_base: Bases) -> None:
    for method in ("lora+", "dora", "full"):
        training, network = a_training(a_base("qwen2"), a_plan(method))
        before = weights_of(network)
        training.advance()
        training.advance()
        after = weights_of(network)
        changed = {name for name in before if not torch.equal(before[name], after[name])}

        assert all("lora_" in name for name in changed) is (method != "full")
        assert len(changed) > len(before) / 3


def test_the_matrices_that_begin_at_nothing_learn_faster_in_lora_plus(a_base: Bases) -> None:
    _, network = a_training(a_base("llama"), a_plan("lora+"))
    named = {name: one for name, one in network.named_parameters() if one.requires_grad}

    slow, fast = groups(named, a_plan("lora+").method, rate=0.01)

    assert (slow["lr"], fast["lr"]) == (0.01, 0.16)
    assert len(slow["params"]) == len(fast["params"]) == len(named) // 2
    assert all(torch.count_nonzero(weights) == 0 for weights in fast["params"])


def test_dora_moves_the_lengths_of_weights_even_on_a_base_of_16_bits(a_base: Bases) -> None:
    plan = a_plan("dora")
    network = with_adapter(open_weights(a_base("llama"), precision="bf16"), plan)
    found = samples(a_base("llama"))
    training = LoraTraining(network, found, [], plan)
    lengths = {
        name: weights
        for name, weights in network.named_parameters()
        if "lora_magnitude_vector" in name
    }
    before = {name: weights.detach().clone() for name, weights in lengths.items()}

    for _ in range(4):
        training.advance()

    assert lengths
    assert all(weights.dtype == torch.float32 for weights in lengths.values())
    assert all(not torch.equal(before[name], weights) for name, weights in lengths.items())


def test_adalora_ends_with_the_budget_of_its_rank(a_base: Bases, tmp_path: Path) -> None:
    plan = a_plan("adalora")
    training, network = a_training(a_base("llama"), plan)
    layers = sum(hasattr(one, "lora_E") for one in network.modules())

    first = network.peft_config["default"].init_r
    done(training)
    training.write(tmp_path, base_name="tiny")

    config = json.loads((tmp_path / "adapter_config.json").read_text(encoding="utf-8"))
    left = [sum(ranks) for ranks in config["rank_pattern"].values()]
    assert (first, len(left)) == (6, layers)
    assert sum(left) == plan.rank * layers
    assert len(set(left)) > 1


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_adalora_can_be_as_short_as_a_run_may_be(a_base: Bases, tmp_path: Path, steps: int) -> None:
    plan = a_plan("adalora").model_copy(update={"steps": steps})
    training, _ = a_training(a_base("llama"), plan)

    losses = done(training)
    training.write(tmp_path, base_name="tiny")

    assert len(losses) == steps
    assert (tmp_path / "adapter_model.safetensors").exists()


def test_pissa_is_mended_when_the_base_was_taken_apart_otherwise(
    a_base: Bases, tmp_path: Path
) -> None:
    base, plan = a_base("llama"), a_plan("pissa")
    whole, network = a_training(base, plan)
    whole.advance()
    write_checkpoint(tmp_path, 1, whole.checkpoint({}), spec="spec")
    saved = newest_checkpoint(tmp_path, spec="spec")
    assert saved is not None

    again, other = a_training(base, plan.model_copy(update={"seed": 11}))
    again.restore(saved)

    torch.testing.assert_close(
        logits_of(other, base), logits_of(network, base), rtol=1e-3, atol=1e-3
    )


def test_pissa_beyond_the_narrowest_layer_is_refused(a_base: Bases) -> None:
    plan = a_plan("pissa").model_copy(update={"rank": 64})

    with pytest.raises(UsageError, match=r"rank 64 is more than the narrowest layer .* 48"):
        with_adapter(open_weights(a_base("llama")), plan)


@pytest.mark.parametrize("method", ["lora", "dora", "full"])
def test_computing_activations_twice_changes_no_gradient(a_base: Bases, method: str) -> None:
    gradients: list[dict[str, torch.Tensor]] = []
    for is_saving in (False, True):
        plan = a_plan(method)
        network = with_adapter(open_weights(a_base("llama")), plan)
        if is_saving:
            save_memory(network)
        network.train()
        logits, targets, _ = answer_logits(network, samples(a_base("llama")))
        torch.autograd.backward(torch.nn.functional.cross_entropy(logits, targets))
        gradients.append(
            {name: one.grad for name, one in network.named_parameters() if one.grad is not None}
        )

    kept, twice = gradients
    assert kept.keys() == twice.keys()
    assert any(gradient.abs().max() > 0 for gradient in kept.values())
    for name, gradient in kept.items():
        torch.testing.assert_close(twice[name], gradient, rtol=1e-6, atol=1e-7)


def test_full_training_in_mixed_precision_keeps_weights_of_32_bits(a_base: Bases) -> None:
    plan = a_plan("full")
    network = with_adapter(open_weights(a_base("llama")), plan)
    training = LoraTraining(network, samples(a_base("llama")), [], plan, mixed=True)

    losses = done(training)

    assert all(weights.dtype == torch.float32 for weights in network.parameters())
    assert losses[-1] < losses[0]


@IN_FOUR_BITS
@pytest.mark.parametrize("method", ["qlora", "qdora"])
def test_a_base_of_four_bits_is_trained_on(a_base: Bases, tmp_path: Path, method: str) -> None:
    base, plan = a_base("llama"), a_plan(method)
    training, network = a_training(base, plan, four_bits=True)
    packed = [one for one in network.modules() if type(one).__module__.startswith("bitsandbytes")]

    losses = done(training)
    training.write(tmp_path, base_name="tiny")

    assert len(packed) == 14
    assert all(one.weight.quant_type == "nf4" for one in packed)
    assert all(one.weight.quant_state.nested for one in packed)
    assert sum(losses[-2:]) < sum(losses[:2]) - 0.5
    assert library("peft").PeftConfig.from_pretrained(str(tmp_path)).r == 4


@pytest.mark.skipif(HAS_BITSANDBYTES, reason="bitsandbytes is installed")
def test_without_bitsandbytes_four_bits_say_what_to_install(a_base: Bases) -> None:
    with pytest.raises(MissingExtra, match="bitsandbytes") as caught:
        open_weights(a_base("llama"), four_bits=True)

    assert "lorewright[qlora]" in (caught.value.hint or "")


@pytest.mark.parametrize("method", ["full", "pissa", "adalora"])
def test_what_four_bits_do_not_allow_is_refused(method: str) -> None:
    with pytest.raises(BadSettings, match="four bits"):
        a_plan(method, quantisation="nf4")


@pytest.mark.slow
def test_killed_jobs_of_every_kind_go_on_and_end_with_the_same_bytes(
    a_base: Bases, tmp_path: Path
) -> None:
    base = describe(a_base("llama"), name="tiny")
    lines = [
        Line(
            name=question,
            turns=(Turn(role="user", text=question), Turn(role="assistant", text=answer)),
        )
        for question, answer in PAIRS
    ]
    jobs: list[Path] = []
    for method in ("adalora", "pissa", "full"):
        settings = TrainingSettings(
            base="outside", method=method, epochs=15, batch=2, threads=1, rank=4,
            learning_rate=Decimal("0.003"),
        )  # fmt: skip
        jobs.append(tmp_path / method)
        prepare(jobs[-1], Lessons("tuned", lines, lines[:1]), base=base, settings=settings)
    copies = [Path(shutil.copytree(job, job.with_name(f"{job.name}-killed"))) for job in jobs]

    finish(jobs)
    children = [start(copy) for copy in copies]
    for child in children:
        list(islice((one for _, one in follow([child]) if (one.step or 0) >= 12), 1))
        assert child.process is not None
        child.process.kill()
        child.process.wait()
    finish(copies)

    for job, copy in zip(jobs, copies, strict=True):
        names = sorted(path.name for path in (job / "result").iterdir())
        assert "training.json" in names
        for name in names:
            assert (job / "result" / name).read_bytes() == (copy / "result" / name).read_bytes()
