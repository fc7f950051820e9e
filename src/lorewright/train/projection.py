"""Random projections of LoRA gradients that keep inner products, and fit into memory.

The gradient of one example over an adapter is a pair of matrices for each layer. Each matrix
has a side as short as the rank and one as long as the layer is wide. The long side is
multiplied with a matrix of random signs; the short one is only shuffled and given random
signs, which loses nothing. What comes out for each matrix is added up. So the largest random
matrix is as long as one layer is wide, instead of as long as all parameters together.

Expected inner products are those of the gradients: the random matrices of two layers have
nothing to do with each other, and one of them times its transpose is the identity on average.
Achlioptas 2003 for the signs; projecting the sides of a layer's gradient instead of its
flattened form is LoGra, Choe et al. 2024, arXiv 2405.13954; sketching LoRA gradients is LESS,
Xia et al. 2024, arXiv 2402.04333.
"""

import hashlib
from typing import Any

from lorewright.inference import library


class Projection:
    """Projects the matrices of gradients onto `width` numbers.

    Args:
        width: numbers that a sketch holds.
        seed: with the name of a matrix it decides all that is random about it.
        device: where the gradients are.
    """

    def __init__(self, *, width: int, seed: int, device: Any = "cpu") -> None:
        self.width = width
        self._seed = seed
        self._device = device
        self._known: dict[str, tuple[Any, Any, Any]] = {}

    def of(self, name: str, gradients: Any) -> Any:
        """The share of one matrix in the sketches of several examples.

        Args:
            name: of the matrix.
            gradients: `[examples, short, long]`; the short side is at most `width`.

        Returns:
            `[examples, width]`, to be added to those of the other matrices.
        """
        _, short, long = gradients.shape
        order, signs, columns = self._randomness(name, short, long)
        projected = (gradients @ columns)[:, order] * signs[:, None]
        flat = projected.flatten(1)
        return library("torch").nn.functional.pad(flat, (0, self.width - flat.shape[1]))

    def _randomness(self, name: str, short: int, long: int) -> tuple[Any, Any, Any]:
        """An order and signs of the rows, and random signs for the columns."""
        if name not in self._known:
            torch = library("torch")
            digest = hashlib.sha256(f"sketch:{self._seed}:{name}".encode()).digest()
            # On the processor, whose random numbers are the same on every machine.
            random = torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)
            kept = max(1, self.width // short)
            order = torch.randperm(short, generator=random)
            signs = torch.randint(0, 2, (short,), generator=random) * 2.0 - 1.0
            columns = torch.randint(0, 2, (long, kept), generator=random) * 2.0 - 1.0
            columns /= kept**0.5
            self._known[name] = (
                order.to(self._device),
                signs.to(self._device),
                columns.to(self._device),
            )
        return self._known[name]
