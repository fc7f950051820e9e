"""Shapes from configs and from headers, without loading a weight."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from lorewright.errors import OutsideError
from lorewright.inference import open_weights
from lorewright.settings import TrainingSettings
from lorewright.train import known_shape, plan_for
from lorewright.train.estimate import shape_in, shape_of
from lorewright.train.estimate.shape import header_of
from lorewright.train.lora import with_adapter

Bases = Callable[[str], Path]


@pytest.mark.parametrize(
    ("base", "parameters"),
    [
        ("mistralai/Mistral-7B-Instruct-v0.3", 7_248_023_552),
        ("meta-llama/Meta-Llama-3-8B-Instruct", 8_030_261_248),
        ("meta-llama/Llama-3.1-8B", 8_030_261_248),
        ("meta-llama/Llama-3.1-70B-Instruct", 70_553_706_496),
        ("microsoft/phi-4", 14_659_507_200),
        ("Qwen/Qwen2.5-7B-Instruct/", 7_615_616_512),
    ],
)
def test_bases_that_are_often_named_are_known_to_the_last_weight(
    base: str, parameters: int
) -> None:
    shape = known_shape(base)

    assert shape is not None
    assert shape.parameters == parameters


def test_a_base_that_nobody_knows_has_no_shape() -> None:
    assert known_shape("somebody/something") is None


def test_a_low_rank_adapter_on_llama_8b_has_the_numbers_that_peft_counts() -> None:
    shape = known_shape("llama-3.1-8b")

    assert shape is not None
    assert shape.adapter_parameters(16) == 41_943_040


@pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "phi3"])
def test_header_and_config_agree_with_each_other_and_with_peft(a_base: Bases, family: str) -> None:
    folder = a_base(family)
    read, said = shape_in(folder), shape_of(json.loads((folder / "config.json").read_bytes()))
    plan = plan_for(TrainingSettings(rank=3), examples=1, is_pocket=False, max_length=None)

    network = with_adapter(open_weights(folder), plan)

    trained = sum(one.numel() for one in network.parameters() if one.requires_grad)
    assert read is not None
    assert said is not None
    assert read.adapter_parameters(3) == said.adapter_parameters(3) == trained
    assert read.parameters == said.parameters


def test_a_config_in_other_words_gives_no_shape(tmp_path: Path) -> None:
    assert shape_of({"n_layer": 12, "n_embd": 768}) is None
    assert shape_in(tmp_path) is None


def test_a_header_says_how_long_its_file_is(a_base: Bases) -> None:
    path = a_base("llama") / "model.safetensors"
    header = header_of(path)

    assert header.size == path.stat().st_size
    assert sum(math.prod(one.shape) for one in header.tensors) * 4 < header.size


def test_what_is_no_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 64)

    with pytest.raises(OutsideError, match="no safetensors"):
        header_of(tmp_path / "model.safetensors")
