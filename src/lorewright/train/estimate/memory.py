"""Memory of a training process, part by part.

Weights, adapter, gradients and optimizer are exact: so many numbers of so many bytes. What the
forward pass keeps for the backward pass follows Korthikanti et al. 2022 (arXiv 2205.05198,
section 4.1), counted anew for decoders built like Llama whose base is frozen: a frozen matrix
needs none of its inputs again, only the adapter beside it does.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from lorewright.train.estimate.shape import Shape

LIBRARIES_CPU = 480 * 2**20
"""A process that has loaded torch, transformers and peft and holds nothing yet."""
LIBRARIES_GPU = 900 * 2**20
"""What CUDA, its kernels and the allocator's rounding take of a device."""
NF4_BYTES = 4.127 / 8
"""Per weight: four bits, and the scales of blocks of 64 that are themselves held in eight bits
(Dettmers et al. 2023, arXiv 2305.14314, section 3)."""
ADAM_BYTES = 8
"""Two moments of four bytes for every number that is trained."""


class Precision(StrEnum):
    """How wide the weights of the base are held."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    NF4 = "nf4"

    @property
    def computed_bytes(self) -> int:
        """Of a number that is computed with."""
        return 4 if self is Precision.FLOAT32 else 2


@dataclass(frozen=True, slots=True)
class Load:
    """What goes through the network at once."""

    tokens: int
    """With padding."""
    labelled: int
    """Places whose words are predicted, with the padding of their columns."""
    rank: int
    is_full: bool = False
    """Whether the base itself is trained, and no adapter."""
    checkpointing: bool = False
    """Whether each layer is computed again in the backward pass instead of kept."""


class Memory(NamedTuple):
    """Bytes at the fullest moment, by what they hold."""

    weights: int
    adapter: int
    gradients: int
    optimizer: int
    activations: int
    logits: int
    libraries: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self)

    def in_parts(self, shape: Shape, shards: int) -> "Memory":
        """Of one device, when every weight is held in `shards` parts, one on each."""
        there = there_whole(shape.layers, shape.parameters, shape.linear_parameters)
        return self._replace(
            weights=held_of(self.weights, shards, there=there),
            adapter=-(-self.adapter // shards),
            gradients=-(-self.gradients // shards),
            optimizer=-(-self.optimizer // shards),
        )


def there_whole(layers: int, parameters: int, linear: int) -> float:
    """The share of all weights that a device has whole while it uses them.

    The layer in hand and the one that is fetched meanwhile; embeddings, norms and head, which
    belong to no layer.
    """
    return (2 * linear / layers + parameters - linear) / parameters


def held_of(weights: int, shards: int, *, there: float) -> int:
    """Bytes of `weights` on one device at its fullest moment."""
    return weights if shards == 1 else min(weights, -(-weights // shards) + int(weights * there))


def memory_of(
    shape: Shape, load: Load, *, precision: Precision, libraries: int = LIBRARIES_CPU
) -> Memory:
    """Estimate the memory of one training process.

    Args:
        shape: of the base.
        load: what goes through it at once.
        precision: how its weights are held.
        libraries: what the process takes before it holds anything.
    """
    adapter = 0 if load.is_full else shape.adapter_parameters(load.rank)
    trained = shape.parameters if load.is_full else adapter
    return Memory(
        weights=_weights(shape, precision, is_full=load.is_full),
        adapter=4 * adapter,
        gradients=4 * trained,
        optimizer=ADAM_BYTES * trained,
        activations=_activations(shape, load, precision.computed_bytes),
        logits=_logits(shape, load, precision.computed_bytes),
        libraries=libraries,
    )


def _weights(shape: Shape, precision: Precision, *, is_full: bool) -> int:
    if is_full:
        # Steps are small, so 32 bits are kept; what computes in 16 has a copy beside them.
        copy = 0 if precision is Precision.FLOAT32 else precision.computed_bytes
        return (4 + copy) * shape.parameters
    if precision is Precision.NF4:
        others = shape.parameters - shape.linear_parameters
        return round(NF4_BYTES * shape.linear_parameters) + 2 * others
    return precision.computed_bytes * shape.parameters


def _activations(shape: Shape, load: Load, width: int) -> int:
    """What all layers keep, and what the backward pass of one needs besides."""
    layer = kept_by_a_layer(shape, load, width)
    passing = 3 * shape.inner * width
    kept = shape.layers * shape.hidden * width + layer if load.checkpointing else None
    return load.tokens * ((shape.layers * layer if kept is None else kept) + passing)


def kept_by_a_layer(shape: Shape, load: Load, width: int) -> int:
    """Bytes per token.

    Both norms keep their input in 32 bits. Attention keeps queries, keys, values, its result
    and the logarithm of each head's sum; nothing grows with the square of the length, since
    the scores are never written out. The feed-forward block keeps the gate, the gate after
    its function, and the other half. What goes into a layer with an adapter is kept for the
    adapter: in 32 bits, and once for each where the base computes in 16 since each copies it.
    """
    hidden, inner, query, key = shape.hidden, shape.inner, shape.query_width, shape.key_width
    norms = 2 * 4 * hidden
    attention = width * (2 * query + 2 * key) + 4 * shape.heads
    forward = width * 3 * inner
    if load.is_full:
        inputs = width * (2 * hidden + query + inner)
    elif width == 4:
        inputs = 4 * (2 * hidden + query + inner)
    else:
        inputs = 4 * (5 * hidden + query + inner)
    # Four matrices stand before or behind attention, and three in the other block.
    low_rank = 0 if load.is_full else 4 * 7 * load.rank
    return norms + attention + forward + inputs + low_rank


def _logits(shape: Shape, load: Load, width: int) -> int:
    """The vocabulary at the places that are predicted: as written, and in 32 bits three times.

    The logarithms of the softmax are kept, and the backward pass writes two of their size.
    """
    return load.labelled * shape.vocabulary * (width + 3 * 4)
