"""The gradient of every example of a batch, out of one pass forward and one back.

A linear layer's gradient is the sum, over tokens, of what came back to its output times what
went into it. Summed for each row of a batch apart, that is the gradient of each example;
nothing in a causal network without a mask over the batch joins one row to another.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from lorewright.errors import TrainingFailed
from lorewright.inference import Sample, answer_logits, library

SIDES = ("lora_A", "lora_B")


def lora_layers(network: Any) -> dict[str, Any]:
    """The low-rank matrices of an adapter as layers, by name.

    Raises:
        TrainingFailed: when the network has none.
    """
    layers = {
        name: layer
        for name, layer in network.named_modules()
        if any(f".{side}." in f".{name}" for side in SIDES) and hasattr(layer, "in_features")
    }
    if not layers:
        raise TrainingFailed(
            "there are no low-rank matrices whose gradients could be sketched",
            hint="sketches are written for LoRA and its relatives; set training.sketch = false",
        )
    return layers


def example_gradients(
    network: Any, samples: Sequence[Sample], *, take: Callable[[str, Any], None]
) -> None:
    """Hand over the gradient of the summed loss of every sample, a matrix at a time.

    The network is asked as it is when it answers, without dropout, and left as it was.

    Args:
        network: a base with an adapter.
        samples: what goes through the network at once.
        take: is given the name of a matrix and `[samples, short, long]`; it keeps neither.
    """
    torch = library("torch")
    was_training = network.training
    network.eval()
    try:
        with _watched(lora_layers(network), take) as first:
            logits, targets, _ = answer_logits(network, samples)
            loss = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
            # On the way to the lowest matrices everything else is passed; the gradients of the
            # weights themselves, which nobody asks for, are not computed.
            loss.backward(inputs=first or None)
    finally:
        network.zero_grad(set_to_none=True)
        network.train(was_training)


@contextmanager
def _watched(layers: dict[str, Any], take: Callable[[str, Any], None]) -> Generator[list[Any]]:
    """See what goes into every layer and what comes back to it, for as long as this lasts.

    Yields:
        What the lowest layers give out: those that nothing trained comes before.
    """
    first: list[Any] = []

    def watch(name: str) -> Callable[[Any, tuple[Any, ...], Any], None]:
        def see(_layer: Any, inputs: tuple[Any, ...], output: Any) -> None:
            if not output.requires_grad or output.dim() != 3:
                return  # activations to be computed again, or a look at the matrix itself
            if not inputs[0].requires_grad:
                first.append(output)
            went_in = inputs[0].detach()

            def come_back(back: Any) -> None:
                take(name, _per_sample(back, went_in))

            output.register_hook(come_back)

        return see

    with ExitStack() as stack:
        for name, layer in layers.items():
            stack.callback(layer.register_forward_hook(watch(name)).remove)
        yield first


def _per_sample(back: Any, went_in: Any) -> Any:
    """`[samples, short, long]`: the gradient of the layer's matrix for each row."""
    found = back.float().transpose(1, 2) @ went_in.float()
    return found if found.shape[1] <= found.shape[2] else found.transpose(1, 2)
