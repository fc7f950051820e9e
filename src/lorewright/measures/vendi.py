"""How many different texts a set is worth."""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from lorewright.errors import BadRecord, MissingExtra

MOST = 1_000
"""Larger sets are drawn from: the work grows with the cube."""
_NOTHING = 1e-12


class Vendi(NamedTuple):
    """The Vendi score of a set."""

    score: float
    """Between 1, all alike, and `measured`, all different."""
    measured: int
    """Texts that it was found from; fewer than `texts` when they were drawn."""
    texts: int
    seed: int

    @property
    def share(self) -> float:
        """The score as a share of the texts it was found from."""
        return self.score / self.measured

    @property
    def is_sample(self) -> bool:
        """Whether the texts were drawn."""
        return self.measured < self.texts


def vendi(texts: Sequence[str], *, most: int = MOST, seed: int = 0) -> Vendi | None:
    """The Vendi score with the cosine of TF-IDF over 3 to 5 characters as the kernel.

    After Friedman and Dieng, *The Vendi Score* (TMLR 2023): the exponential of the entropy of
    the eigenvalues of K/N. The score grows with the set: compare sets of the same size.

    Args:
        texts: the set.
        most: so many are measured; of more a sample is drawn.
        seed: decides which.

    Returns:
        None without any text.

    Raises:
        MissingExtra: when numpy and scikit-learn are not installed.
    """
    if not texts:
        return None
    drawn = texts if len(texts) <= most else random.Random(seed).sample(list(texts), most)  # noqa: S311 - a sample, no secret
    try:
        from lorewright.measures.likeness import kernel
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    return Vendi(vendi_of_kernel(kernel(drawn)), len(drawn), len(texts), seed)


def vendi_of_kernel(kernel: object) -> float:
    """The Vendi score of a kernel: symmetric, 1 on the diagonal, no eigenvalue below 0.

    Raises:
        BadRecord: when it is no square matrix of numbers.
        MissingExtra: when numpy is not installed.
    """
    try:
        import numpy as np
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    found = np.asarray(kernel, dtype=np.float64)
    if found.ndim != 2 or not len(found) or found.shape[0] != found.shape[1]:
        raise BadRecord("a kernel is a square matrix with a row for each text")
    if not np.isfinite(found).all():
        raise BadRecord("a kernel holds something that is not a number")
    values: list[float] = np.linalg.eigvalsh(found / len(found)).tolist()
    entropy = -math.fsum(value * math.log(value) for value in values if value > _NOTHING)
    return min(float(len(found)), max(1.0, math.exp(entropy)))


def _missing(error: ModuleNotFoundError) -> MissingExtra:
    return MissingExtra(
        f"the Vendi score needs {error.name}", hint='pip install "lorewright[prove]"'
    )
