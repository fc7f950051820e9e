"""A network in parts: every process holds its share of each weight (FSDP2).

Zhao et al. 2023, arXiv 2304.11277, as torch does it for each weight by itself. A layer's weights
are put together from all processes just before it is used, and given up after.
"""

from typing import Any

from lorewright.errors import UsageError
from lorewright.inference import library
from lorewright.train.several.ranks import Ranks


def shard(network: Any, ranks: Ranks, *, device: str) -> None:
    """Take `network` apart, one layer at a time, so that no device ever holds all of it.

    Gradients are added over the processes and not averaged, as the loss of a step is divided
    by the labels of all.

    Args:
        network: a base with whatever is trained on it; on the CPU or where it shall be.
        ranks: who holds the parts.
        device: `cpu` or `cuda`: where the parts shall be.

    Raises:
        UsageError: when the network does not say what its layers are.
    """
    fsdp = library("torch.distributed.fsdp")
    mesh = library("torch.distributed.device_mesh").init_device_mesh(device, (ranks.size,))
    names: set[str] = set(getattr(network, "_no_split_modules", None) or ())
    layers = [part for part in network.modules() if type(part).__name__ in names]
    if not layers:
        raise UsageError(
            f"a base of the kind {type(network).__name__} does not say what its layers are",
            where="training.sharding",
            hint='set training.sharding = "none"',
        )
    for part in (*layers, network):
        fsdp.fully_shard(part, mesh=mesh, reshard_after_forward=True)
        part.set_force_sum_reduction_for_comms(True)
        part.set_gradient_divide_factor(1.0)


def whole(tensor: Any) -> Any:
    """All of a tensor that may be held in parts; then every process must ask for it."""
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor


def like(weights: Any, value: Any) -> Any:
    """`value`, which every process has whole, held as `weights` are."""
    moved = value.to(weights.device)
    if not hasattr(weights, "full_tensor"):
        return moved
    distribute = library("torch.distributed.tensor").distribute_tensor
    return distribute(moved, weights.device_mesh, weights.placements, src_data_rank=None)
