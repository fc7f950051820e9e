"""The formula of what the forward pass keeps, against what autograd really keeps."""

from typing import Any

import pytest
import torch

from lorewright.inference import library
from lorewright.settings import TrainingSettings
from lorewright.train import plan_for
from lorewright.train.estimate import Load, Precision, memory_of, shape_of
from lorewright.train.estimate.memory import kept_by_a_layer
from lorewright.train.lora import with_adapter

SIZES = {
    "vocab_size": 512,
    "hidden_size": 64,
    "intermediate_size": 160,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
}
RANK = 8


def kept_bytes(name: str, *, layers: int, tokens: int, dtype: torch.dtype) -> int:
    """Bytes of all that autograd keeps, each storage once, without the weights."""
    transformers = library("transformers")
    library("torch").manual_seed(1)
    config = getattr(transformers, f"{name}Config")(
        **{**SIZES, "num_hidden_layers": layers}, pad_token_id=0
    )
    base = getattr(transformers, f"{name}ForCausalLM")(config).to(dtype)
    plan = plan_for(TrainingSettings(rank=RANK), examples=1, is_pocket=False, max_length=None)
    network: Any = with_adapter(base, plan).train()
    weights = {one.untyped_storage().data_ptr() for one in network.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    ids = torch.arange(tokens).remainder(512).unsqueeze(0)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        # The tensors are held by the graph of the result, so no address is given out twice.
        result = network(input_ids=ids, use_cache=False, logits_to_keep=1)
    assert result.logits.shape[1] == 1
    return sum(kept.values())


@pytest.mark.parametrize("name", ["Llama", "Qwen2", "Mistral"])
@pytest.mark.parametrize("precision", [Precision.FLOAT32, Precision.BFLOAT16])
def test_each_further_layer_keeps_what_the_formula_says(name: str, precision: Precision) -> None:
    dtype = torch.float32 if precision is Precision.FLOAT32 else torch.bfloat16
    shape = shape_of({**SIZES, "model_type": name.lower()})
    assert shape is not None

    fewer, more = (kept_bytes(name, layers=n, tokens=96, dtype=dtype) for n in (2, 4))

    load = Load(tokens=96, labelled=1, rank=RANK)
    formula = 96 * kept_by_a_layer(shape, load, precision.computed_bytes)
    assert (more - fewer) / 2 == pytest.approx(formula, rel=0.1)


def test_what_all_layers_keep_is_within_the_estimate() -> None:
    shape = shape_of(SIZES)
    assert shape is not None
    memory = memory_of(shape, Load(96, 1, RANK), precision=Precision.FLOAT32)

    kept = kept_bytes("Llama", layers=3, tokens=96, dtype=torch.float32)

    assert kept <= memory.activations + memory.logits
    assert kept >= 0.7 * memory.activations
