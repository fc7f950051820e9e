"""How much memory training takes, from the shape of a base model alone.

By the formula of the estimate, where every token carries loss, and a tenth more for what
allocators leave unused.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import Field

from lorewright.errors import OutsideError
from lorewright.records import Value
from lorewright.train.estimate.memory import Load, Precision, memory_of
from lorewright.train.estimate.shape import Linear
from lorewright.train.estimate.shape import Shape as DecoderShape
from lorewright.train.methods import Method

GB = 1_000_000_000
_LIBRARIES = 600_000_000
"""What torch and the device's own libraries take before anything is loaded."""
_UNUSED = 1.1
_LAYERS = ("num_hidden_layers", "n_layer", "num_layers", "n_layers")
_HIDDEN = ("hidden_size", "n_embd", "d_model")
_HEADS = ("num_attention_heads", "n_head", "num_heads", "n_heads")
_INTERMEDIATE = ("intermediate_size", "n_inner", "ffn_dim", "d_ff")


class Shape(Value):
    """The sizes of a base model that memory depends on."""

    layers: int = Field(ge=1)
    hidden: int = Field(ge=1)
    intermediate: int = Field(ge=1)
    heads: int = Field(ge=1)
    kv_heads: int = Field(ge=1)
    head_size: int = Field(ge=1)
    vocabulary: int = Field(ge=1)
    has_tied_head: bool = False
    has_attention_bias: bool = False

    @property
    def query(self) -> int:
        """Width of all queries together."""
        return self.heads * self.head_size

    @property
    def key(self) -> int:
        """Width of all keys together, which is that of all values."""
        return self.kv_heads * self.head_size

    @property
    def linear(self) -> tuple[tuple[int, int], ...]:
        """(in, out) of every linear layer of one block: q, k, v, o, gate, up, down."""
        wide = (self.hidden, self.intermediate)
        return (
            (self.hidden, self.query),
            (self.hidden, self.key),
            (self.hidden, self.key),
            (self.query, self.hidden),
            wide,
            wide,
            (self.intermediate, self.hidden),
        )

    @property
    def linear_weights(self) -> int:
        """Weights of all blocks that can be quantised."""
        return self.layers * sum(one * other for one, other in self.linear)

    @property
    def parameters(self) -> int:
        """All weights of a network of this shape with gated blocks."""
        embeddings = self.vocabulary * self.hidden * (1 if self.has_tied_head else 2)
        norms = (2 * self.layers + 1) * self.hidden
        bias = self.layers * (self.query + 2 * self.key) if self.has_attention_bias else 0
        return self.linear_weights + embeddings + norms + bias

    def adapter_weights(self, rank: int) -> int:
        """Weights of an adapter of `rank` on every linear layer."""
        return self.layers * rank * sum(one + other for one, other in self.linear)


class Need(Value):
    """Memory of one training run, in bytes."""

    weights: int
    trained: int
    """Weights of the adapter, gradients and the optimizer."""
    activations: int
    """Kept for the gradient, of one pass."""
    logits: int

    @property
    def total(self) -> int:
        """All of it, with what libraries and allocators take."""
        held = self.weights + self.trained + self.activations + self.logits
        return int(held * _UNUSED) + _LIBRARIES


def need_of(
    shape: Shape,
    method: Method,
    *,
    rank: int,
    bits: int,
    nf4: bool,
    checkpointing: bool,
    tokens: int,
) -> Need:
    """What one training run needs.

    Args:
        shape: of the base model.
        method: how it is trained.
        rank: of the adapter.
        bits: in which the base is held and computed with: 16 or 32.
        nf4: whether its linear layers are held in four bits instead.
        checkpointing: whether activations are computed twice instead of kept.
        tokens: that go through the network at once.
    """
    wide = Precision.BFLOAT16 if bits == 16 else Precision.FLOAT32
    first = rank if method.adalora is None else method.adalora.first_rank(rank)
    memory = memory_of(
        _decoder(shape),
        Load(
            tokens=tokens,
            labelled=tokens,
            rank=first,
            is_full=method.kind == "full",
            checkpointing=checkpointing,
        ),
        precision=Precision.NF4 if nf4 else wide,
    )
    return Need(
        weights=memory.weights,
        trained=memory.adapter + memory.gradients + memory.optimizer,
        activations=memory.activations,
        logits=memory.logits,
    )


def shape_of(folder: Path) -> Shape:
    """The shape of the base model in `folder`, from its config.json.

    Raises:
        OutsideError: when the config does not say it.
    """
    path = folder / "config.json"
    try:
        whole: dict[str, Any] = json.loads(path.read_bytes())
        config: dict[str, Any] = whole.get("text_config") or whole
        heads, hidden = _number(config, *_HEADS), _number(config, *_HIDDEN)
        return Shape(
            layers=_number(config, *_LAYERS),
            hidden=hidden,
            intermediate=_number(config, *_INTERMEDIATE, default=4 * hidden),
            heads=heads,
            kv_heads=_number(config, "num_key_value_heads", default=heads),
            head_size=_number(config, "head_dim", default=hidden // heads),
            vocabulary=_number(config, "vocab_size"),
            has_tied_head=bool(whole.get("tie_word_embeddings")),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise OutsideError(
            f"config.json does not say how large the base model is: {error}",
            where=str(path),
            hint="a base model's config names its layers, hidden size, heads and vocabulary",
        ) from error


def _number(config: dict[str, Any], *names: str, default: int | None = None) -> int:
    """The first of `names` that the config says; families differ in what they call a thing."""
    for name in names:
        if config.get(name):
            return int(config[name])
    if default is None:
        raise LookupError(f"it has no {names[0]}")
    return default


def _decoder(shape: Shape) -> DecoderShape:
    """The same shape, layer by layer."""
    return DecoderShape(
        layers=shape.layers,
        hidden=shape.hidden,
        inner=shape.intermediate,
        heads=shape.heads,
        query_width=shape.query,
        key_width=shape.key,
        vocabulary=shape.vocabulary,
        parameters=shape.parameters,
        linears=tuple(Linear("", *sides) for _ in range(shape.layers) for sides in shape.linear),
    )
