"""The shape of a base model: how large each part is, read without loading a weight."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.errors import OutsideError

INDEX = "model.safetensors.index.json"
WHOLE = "model.safetensors"
_LAYERS = ("num_hidden_layers", "n_layer", "num_layers", "n_layers")
_HIDDEN = ("hidden_size", "n_embd", "d_model")
_HEADS = ("num_attention_heads", "n_head", "num_heads", "n_heads")
_INNER = ("intermediate_size", "n_inner", "ffn_dim", "d_ff")
_NOT_ADAPTED = ("embed", "lm_head", "wte", "wpe", "norm")
"""Parts of names: tables of words, the head and norms are no layers that an adapter is put on."""


class Linear(NamedTuple):
    """One linear layer that an adapter is put on."""

    name: str
    inputs: int
    outputs: int


class Tensor(NamedTuple):
    """One tensor as the header of a safetensors file describes it."""

    name: str
    shape: tuple[int, ...]
    end: int
    """The byte after its last one, counted from the end of the header."""


class Header(NamedTuple):
    """The header of a safetensors file."""

    tensors: tuple[Tensor, ...]
    size: int
    """Bytes that the whole file has when nothing is missing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the memory and the work of a decoder."""

    layers: int
    hidden: int
    inner: int
    """Width between the two halves of a feed-forward block."""
    heads: int
    query_width: int
    """Of the queries of all heads."""
    key_width: int
    """Of the keys of all heads that have their own; the values are as wide."""
    vocabulary: int
    """Rows of the table of words."""
    parameters: int
    linears: tuple[Linear, ...]

    @property
    def linear_parameters(self) -> int:
        """Weights of all adapted layers of the base."""
        return sum(one.inputs * one.outputs for one in self.linears)

    def adapter_parameters(self, rank: int) -> int:
        """Weights of a low-rank adapter on every linear layer."""
        return sum(rank * (one.inputs + one.outputs) for one in self.linears)


def shape_in(folder: Path) -> Shape | None:
    """The shape of the base in `folder`: sizes from its config, layers from its weights.

    Returns:
        None when its config names the sizes by other words than most do.
    """
    try:
        config = json.loads((folder / "config.json").read_bytes())
        tensors = [one for path in weight_files(folder) for one in header_of(path).tensors]
    except (OSError, ValueError, OutsideError):
        return None
    shape = shape_of(config)
    if shape is None:
        return None
    linears = tuple(_linears_among(tensors))
    counted = sum(math.prod(one.shape) for one in tensors)
    rows = next((one.shape[0] for one in tensors if "embed_tokens" in one.name), shape.vocabulary)
    return Shape(
        layers=shape.layers,
        hidden=shape.hidden,
        inner=shape.inner,
        heads=shape.heads,
        query_width=shape.query_width,
        key_width=shape.key_width,
        vocabulary=rows,
        parameters=counted,
        linears=linears or shape.linears,
    )


def max_length_in(folder: Path) -> int | None:
    """The tokens that the base in `folder` allows, as its config says; None when it does not."""
    try:
        limit = json.loads((folder / "config.json").read_bytes()).get("max_position_embeddings")
    except (OSError, ValueError, AttributeError):
        return None
    return int(limit) if limit else None


def shape_of(config: Mapping[str, Any]) -> Shape | None:
    """The shape that a config describes, for decoders built like Llama; None when it does not."""
    config = config.get("text_config") or config
    try:
        layers, hidden = _number(config, _LAYERS), _number(config, _HIDDEN)
        heads, inner = _number(config, _HEADS), _number(config, _INNER, 4 * hidden)
        vocabulary = _number(config, ("vocab_size",))
    except (LookupError, TypeError, ValueError):
        return None
    width = int(config.get("head_dim") or hidden // heads)
    query, key = heads * width, int(config.get("num_key_value_heads") or heads) * width
    is_fused = config.get("model_type") == "phi3"
    block = _fused(hidden, inner, query, key) if is_fused else _apart(hidden, inner, query, key)
    linears = tuple(
        Linear(f"layers.{layer}.{one.name}", one.inputs, one.outputs)
        for layer in range(layers)
        for one in block
    )
    tables = vocabulary * hidden * (1 if config.get("tie_word_embeddings") else 2)
    biases = (query + 2 * key) * layers if config.get("model_type") == "qwen2" else 0
    norms = (2 * layers + 1) * hidden
    return Shape(
        layers=layers,
        hidden=hidden,
        inner=inner,
        heads=heads,
        query_width=query,
        key_width=key,
        vocabulary=vocabulary,
        parameters=sum(one.inputs * one.outputs for one in linears) + tables + biases + norms,
        linears=linears,
    )


def weight_files(folder: Path) -> list[Path]:
    """The files that hold the weights in `folder`, whether or not they are there."""
    if not (folder / WHOLE).exists() and (folder / INDEX).exists():
        named = json.loads((folder / INDEX).read_bytes()).get("weight_map", {}).values()
        return sorted({folder / str(name) for name in named})
    return [folder / WHOLE]


def header_of(path: Path) -> Header:
    """Read the header of a safetensors file; its first eight bytes say how long it is.

    Raises:
        OutsideError: when it is no such file, or ends within its header.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        body = file.read(min(length, size))
    try:
        entries: dict[str, Any] = json.loads(body)
        tensors = tuple(
            Tensor(name, tuple(entry["shape"]), int(entry["data_offsets"][1]))
            for name, entry in entries.items()
            if name != "__metadata__"
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutsideError(
            "a weights file is no safetensors, or ends within its header",
            where=str(path),
            hint="fetch the base model again",
        ) from error
    return Header(tensors, 8 + length + max((one.end for one in tensors), default=0))


def _number(config: Mapping[str, Any], names: Sequence[str], default: int | None = None) -> int:
    """The first of `names` that a config says; families differ in what they call a thing."""
    found = next((config[name] for name in names if config.get(name)), default)
    if found is None:
        raise LookupError(names[0])
    return int(found)


def _linears_among(tensors: list[Tensor]) -> Iterator[Linear]:
    for one in tensors:
        is_table = any(part in one.name for part in _NOT_ADAPTED)
        if len(one.shape) == 2 and one.name.endswith(".weight") and not is_table:
            yield Linear(one.name.removesuffix(".weight"), one.shape[1], one.shape[0])


def _apart(hidden: int, inner: int, query: int, key: int) -> list[Linear]:
    return [
        Linear("self_attn.q_proj", hidden, query),
        Linear("self_attn.k_proj", hidden, key),
        Linear("self_attn.v_proj", hidden, key),
        Linear("self_attn.o_proj", query, hidden),
        Linear("mlp.gate_proj", hidden, inner),
        Linear("mlp.up_proj", hidden, inner),
        Linear("mlp.down_proj", inner, hidden),
    ]


def _fused(hidden: int, inner: int, query: int, key: int) -> list[Linear]:
    """Phi-3 and Phi-4 keep what goes in at one place in one matrix."""
    return [
        Linear("self_attn.qkv_proj", hidden, query + 2 * key),
        Linear("self_attn.o_proj", query, hidden),
        Linear("mlp.gate_up_proj", hidden, 2 * inner),
        Linear("mlp.down_proj", inner, hidden),
    ]
