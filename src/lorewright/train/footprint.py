"""How much memory training takes, from the shape of a base model alone.

By the formula of the estimate, where every token carries loss, and a tenth more for what
allocators leave unused.
"""

from pathlib import Path

from lorewright.errors import OutsideError
from lorewright.records import Value
from lorewright.train.estimate.memory import Load, Precision, held_of, memory_of, there_whole
from lorewright.train.estimate.shape import Shape, shape_in
from lorewright.train.methods import Method

GB = 1_000_000_000
_LIBRARIES = 600_000_000
"""What torch and the device's own libraries take before anything is loaded."""
_UNUSED = 1.1


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

    def in_parts(self, shape: Shape, shards: int) -> "Need":
        """Of one device, when every weight is held in `shards` parts, one on each."""
        there = there_whole(shape.layers, shape.parameters, shape.linear_parameters)
        weights = held_of(self.weights, shards, there=there)
        return self.model_copy(update={"weights": weights, "trained": -(-self.trained // shards)})


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
        shape,
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
    """The shape of the base model in `folder`.

    Raises:
        OutsideError: when neither its config nor its weights say it.
    """
    shape = shape_in(folder)
    if shape is None:
        raise OutsideError(
            "config.json and the weights do not say how large the base model is",
            where=str(folder),
            hint="a base model's config names its layers, hidden size, heads and vocabulary",
        )
    return shape
