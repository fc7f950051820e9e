"""Which packing is taken, and what a person reads when it is another one than asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from lorewright.inference import Sample, library, open_weights
from lorewright.settings import TrainingSettings
from lorewright.train import plan_for
from lorewright.train.lora import with_adapter
from lorewright.train.packing import choose_packing

Bases = Callable[[str], Path]
SETTINGS = TrainingSettings(base="outside", rank=4)
PLAN = plan_for(SETTINGS, examples=2, is_pocket=False, max_length=None)
SAMPLES = [Sample("one", tuple(range(3, 40)), (False,) * 5 + (True,) * 32)]


def a_network(folder: Path, *, dropout: str = "0") -> Any:
    return with_adapter(open_weights(folder), PLAN.model_copy(update={"dropout": dropout}))


def a_strange_network(**config: Any) -> Any:
    """A shape that nobody tried trees on."""
    transformers = library("transformers")
    small = transformers.GPTNeoXConfig(
        vocab_size=320,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=256,
        **config,
    )
    library("torch").manual_seed(1)
    network = transformers.GPTNeoXForCausalLM(small)
    network.config.architectures = ["GPTNeoXForCausalLM"]
    return with_adapter(network, PLAN)


@pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "phi", "phi3"])
def test_known_shapes_get_trees(a_base: Bases, family: str) -> None:
    chosen = choose_packing(a_network(a_base(family)), SAMPLES)

    assert (chosen.packing.name, chosen.reason) == ("tree", None)


@pytest.mark.parametrize("asked", ["plain", "padded"])
def test_what_is_asked_for_is_taken(a_base: Bases, asked: Any) -> None:
    chosen = choose_packing(a_network(a_base("llama")), SAMPLES, asked=asked)

    assert (chosen.packing.name, chosen.reason) == (asked, None)


@pytest.mark.parametrize("asked", ["auto", "tree", "plain"])
def test_dropout_pads_and_says_so(a_base: Bases, asked: Any) -> None:
    chosen = choose_packing(a_network(a_base("llama"), dropout="0.1"), SAMPLES, asked=asked)

    assert chosen.packing.name == "padded"
    assert chosen.reason == (
        "packed examples would not be exact: with dropout they are so on average only"
    )


def test_dropout_of_the_base_counts_too() -> None:
    chosen = choose_packing(a_strange_network(hidden_dropout=0.1), SAMPLES)

    assert chosen.packing.name == "padded"
    assert "on average" in (chosen.reason or "")


def test_an_unknown_shape_gets_plain_rows() -> None:
    chosen = choose_packing(a_strange_network(), SAMPLES)

    assert chosen.packing.name == "plain"
    assert chosen.reason == (
        "tree packing would not be exact: trees were not tried on GPTNeoXForCausalLM"
    )


def test_an_unknown_shape_can_be_tried() -> None:
    assert choose_packing(a_strange_network(), SAMPLES, asked="tree").packing.name == "tree"


def test_a_window_that_reaches_is_no_hindrance(a_base: Bases) -> None:
    network = a_network(a_base("mistral"))

    network.config.sliding_window = len(SAMPLES[0].ids)
    reaches = choose_packing(network, SAMPLES)
    network.config.sliding_window = 8
    falls_short = choose_packing(network, SAMPLES)

    assert reaches.packing.name == "tree"
    assert falls_short.packing.name == "plain"
    assert "looks back 8 tokens only, and an example has 37" in (falls_short.reason or "")


def test_positions_that_depend_on_the_length_pad(a_base: Bases) -> None:
    network = a_network(a_base("phi3"))
    network.config.rope_parameters = {
        "rope_type": "longrope",
        "original_max_position_embeddings": 30,
    }

    chosen = choose_packing(network, SAMPLES)

    assert chosen.packing.name == "padded"
    assert "more than 30 tokens" in (chosen.reason or "")


class DeafToMasks(torch.nn.Module):
    """Attention that lets every token see all before it, whatever it is told."""

    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["attention_mask"] = None
        return self.inner(*args, **kwargs)


def test_a_network_that_mixes_samples_is_found_out(a_base: Bases) -> None:
    network = a_network(a_base("llama"))
    for layer in network.get_base_model().model.layers:
        layer.self_attn = DeafToMasks(layer.self_attn)

    chosen = choose_packing(network, SAMPLES)

    assert chosen.packing.name == "padded"
    assert (chosen.reason or "").count("its gradients differ from those of padding by") == 2


def test_choosing_leaves_no_trace(a_base: Bases) -> None:
    network = a_network(a_base("llama"))
    before = {name: weights.clone() for name, weights in network.named_parameters()}
    state = torch.get_rng_state()

    choose_packing(network, SAMPLES)

    assert torch.equal(torch.get_rng_state(), state)
    for name, weights in network.named_parameters():
        assert torch.equal(weights, before[name])
        assert weights.grad is None


def test_the_shortest_example_is_enough_to_look(a_base: Bases) -> None:
    sample = Sample("short", (1, 5), (False, True))

    assert choose_packing(a_network(a_base("llama")), [sample]).packing.name == "tree"


def test_a_base_in_sixteen_bits_is_judged_by_a_coarser_bound(a_base: Bases) -> None:
    network = open_weights(a_base("llama")).to(torch.bfloat16)

    chosen = choose_packing(with_adapter(network, PLAN), SAMPLES)

    assert (chosen.packing.name, chosen.reason) == ("tree", None)
