"""Logits of chosen tokens only: the vocabulary is the widest layer of a small network."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def logits_at(
    network: Any, rows: "torch.Tensor", columns: "torch.Tensor", **inputs: Any
) -> "torch.Tensor":
    """Ask `network` for the logits of single tokens of a batch.

    The library can leave out columns of a batch, and so would compute a column for every row
    that one row needs. Here the head is handed the chosen states alone; what a network does to
    its logits afterwards it does to each by itself.

    Args:
        network: a causal network of transformers, with or without an adapter.
        rows: which row of the batch each token is in `[n]`.
        columns: its place in the row `[n]`; a token may be asked for more than once.
        inputs: what the network reads.

    Returns:
        `[n, vocabulary]`.
    """

    def choose(_head: Any, states: tuple[Any, ...]) -> tuple[Any, ...]:
        return (states[0][rows, columns], *states[1:])

    chosen = network.get_output_embeddings().register_forward_pre_hook(choose)
    try:
        return network(**inputs, use_cache=False).logits
    finally:
        chosen.remove()
