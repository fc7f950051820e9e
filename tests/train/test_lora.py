"""LoRA steps on tiny base models of five shapes."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import torch

from lorewright.errors import TrainingFailed
from lorewright.inference import ChatTokenizer, Sample, library, open_weights
from lorewright.records import Turn
from lorewright.settings import TrainingSettings
from lorewright.train import Line, Plan, plan_for
from lorewright.train.lora import LoraTraining, with_adapter
from lorewright.train.packing import Packing, PaddedPacking

Bases = Callable[[str], Path]
FAMILIES = pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "phi", "phi3"])
PAIRS = [
    ("How often?", "Rebalance once a year."),
    ("How much?", "Keep six months of rent aside, and then some more."),
    ("When?", "Ask before you advise."),
    ("What matters?", "Größe zählt, 🌿 too."),
]
SETTINGS = TrainingSettings(
    base="outside", epochs=6, batch=2, threads=1, rank=4, learning_rate=Decimal("0.01")
)
PLAN = plan_for(SETTINGS, examples=len(PAIRS), is_pocket=False, max_length=None)


def samples(folder: Path) -> list[Sample]:
    tokenizer = ChatTokenizer.open(folder)
    return [
        sample
        for question, answer in PAIRS
        for sample in tokenizer.samples(
            question, (Turn(role="user", text=question), Turn(role="assistant", text=answer))
        )
    ]


def a_training(
    folder: Path, plan: Plan = PLAN, packing: Packing | None = None
) -> tuple[LoraTraining, Any]:
    network = with_adapter(open_weights(folder), plan)
    found = samples(folder)
    return LoraTraining(network, found, found[:1], plan, packing=packing), network


def weights_of(network: Any) -> dict[str, torch.Tensor]:
    return {name: weights.detach().clone() for name, weights in network.named_parameters()}


@FAMILIES
def test_loss_falls_and_only_the_adapter_changes(a_base: Bases, family: str) -> None:
    training, network = a_training(a_base(family))
    before, held_out = weights_of(network), training.held_out_loss()

    losses = [training.advance().loss for _ in range(training.steps)]

    after = weights_of(network)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert sum(losses[-2:]) < sum(losses[:2]) - 0.5
    assert (training.held_out_loss() or 9) < (held_out or 0) - 0.2
    assert changed
    assert all("lora_" in name for name in changed)
    assert changed == {name for name in before if "lora_" in name}


@FAMILIES
def test_exactly_the_answer_and_its_end_carry_loss(a_base: Bases, family: str) -> None:
    folder = a_base(family)
    raw = library("transformers").AutoTokenizer.from_pretrained(folder)
    end = {"mistral": "</s>", "phi3": "<|end|>"}.get(family, "<|im_end|>")
    space = " " if family == "mistral" else ""

    for (_, answer), sample in zip(PAIRS, samples(folder), strict=True):
        kept = [number for number, kept in zip(sample.ids, sample.labels, strict=True) if kept]
        assert raw.decode(kept) == f"{space}{answer}{end}"


@FAMILIES
def test_the_loss_is_that_of_each_example_alone(a_base: Bases, family: str) -> None:
    """Padding and batching change nothing: the reference has neither."""
    folder = a_base(family)
    training, network = a_training(folder)
    network.eval()
    chosen = training.next_samples()
    total, count = 0.0, 0
    with torch.no_grad():
        for sample in chosen:
            ids = torch.tensor([sample.ids])
            labels = torch.where(torch.tensor([sample.labels]), ids, -100)
            tokens = sum(sample.labels)
            total += network(input_ids=ids, labels=labels).loss.item() * tokens
            count += tokens

    step = training.advance()

    assert step.loss == pytest.approx(total / count, rel=1e-5)
    assert step.source_tokens == sum(len(sample.ids) for sample in chosen)
    assert training.loss_tokens == count


def test_splitting_a_step_changes_neither_loss_nor_weights(a_base: Bases) -> None:
    whole, one = a_training(a_base("llama"))
    expected = [whole.advance().loss for _ in range(3)]
    split, other = a_training(a_base("llama"), packing=PaddedPacking(limit=1))

    assert [split.advance().loss for _ in range(3)] == pytest.approx(expected, rel=1e-5)
    for name, weights in weights_of(one).items():
        torch.testing.assert_close(weights_of(other)[name], weights, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("dropout", ["0", "0.2"])
def test_a_run_taken_up_again_ends_with_the_same_bits(a_base: Bases, dropout: str) -> None:
    plan = PLAN.model_copy(update={"dropout": dropout})
    whole, expected = a_training(a_base("llama"), plan)
    for _ in range(5):
        whole.advance()
    saved = whole.checkpoint({"history": []})
    saved = saved._replace(tensors={name: value.clone() for name, value in saved.tensors.items()})
    while whole.step < whole.steps:
        whole.advance()

    again, got = a_training(a_base("llama"), plan)
    torch.rand(3)  # whatever happened in between
    again.restore(saved)
    while again.step < again.steps:
        again.advance()

    assert again.loss_tokens == whole.loss_tokens
    theirs = weights_of(expected)
    assert all(torch.equal(weights, theirs[name]) for name, weights in weights_of(got).items())


def test_the_rate_rises_and_falls_to_nothing(a_base: Bases) -> None:
    training, _ = a_training(a_base("llama"))
    rates: list[float] = []
    for step in range(training.steps):
        training.step = step
        rates.append(training.learning_rate())

    assert rates[0] < rates[1] < rates[2]
    assert max(rates) <= 0.01
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert 0 < rates[-1] < 0.001


def test_a_loss_that_is_no_number_stops_the_run(a_base: Bases) -> None:
    training, network = a_training(a_base("llama"))
    with torch.no_grad():
        next(network.parameters()).fill_(float("nan"))

    with pytest.raises(TrainingFailed, match="not a number at step 1"):
        training.advance()


def test_without_held_out_examples_there_is_no_held_out_loss(a_base: Bases) -> None:
    folder = a_base("llama")
    training = LoraTraining(with_adapter(open_weights(folder), PLAN), samples(folder), [], PLAN)

    assert training.held_out_loss() is None


def test_a_long_conversation_trains_every_answer(a_base: Bases) -> None:
    turns = tuple(
        turn
        for question, answer in PAIRS
        for turn in (Turn(role="user", text=question), Turn(role="assistant", text=answer))
    )
    line = Line(name="example:long", turns=turns)

    (sample,) = ChatTokenizer.open(a_base("mistral")).samples(line.name, line.turns)

    assert sum(sample.labels) == sum(sum(one.labels) for one in samples(a_base("mistral")))
