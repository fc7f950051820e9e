"""The sign-flip permutation test; imported only when a test runs, since it loads numpy."""

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

Floats: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"

_CELLS_AT_ONCE = 4_000_000
"""Signs, or sums, held in memory at the same time."""
_TIE = 1e-12
"""Sums closer than this share of the sum of all magnitudes are the same sum rounded apart."""


def sign_flip_p_value(differences: list[float], *, permutations: int, seed: int) -> float:
    """The two-sided p-value of the sum of `differences` under random signs."""
    rows = np.asarray([differences], dtype=np.float64)
    return float(sign_flip_p_values(rows, permutations=permutations, seed=seed)[0])


def sign_flip_p_values(rows: Floats, *, permutations: int, seed: int) -> Floats:
    """The p-value of each row; all rows are turned by the same patterns of signs.

    Only the magnitudes shape the distribution under the null hypothesis. Taken in ascending
    order they make the p-value independent of the order and of the sign of the differences.
    """
    magnitudes = np.sort(np.abs(rows), axis=1)
    sums = np.array([abs(math.fsum(row)) for row in rows.tolist()])
    rounding = np.array([_TIE * math.fsum(row) for row in magnitudes.tolist()])
    reached = sums - rounding
    patterns = 2 ** rows.shape[1]
    if patterns <= permutations:
        return _as_far(_every_sum(magnitudes), reached) / patterns
    as_far: Floats = np.zeros(len(rows))
    for some in _random_sums(magnitudes, permutations, seed):
        as_far += _as_far(some, reached)
    return (as_far + 1) / (permutations + 1)


def _as_far(sums: Floats, reached: Floats) -> Floats:
    return np.count_nonzero(np.abs(sums) >= reached, axis=0).astype(np.float64)


def _every_sum(magnitudes: Floats) -> Floats:
    """The sums of all 2^n sign patterns, one column for each row of magnitudes."""
    sums: Floats = np.zeros((1, len(magnitudes)))
    for magnitude in magnitudes.T:
        sums = np.concatenate((sums + magnitude, sums - magnitude))
    return sums


def _random_sums(magnitudes: Floats, count: int, seed: int) -> Iterator[Floats]:
    """The sums of `count` random sign patterns, some at a time.

    The signs are the raw bits of PCG64, the one stream that numpy promises never to change,
    so the same seed gives the same p-value under every version and in every portion.
    """
    bits = np.random.PCG64(seed)
    many, n = magnitudes.shape
    words = -(-n // 64)
    at_once = max(1, _CELLS_AT_ONCE // max(n, many))
    for done in range(0, count, at_once):
        rows = min(at_once, count - done)
        raw = bits.random_raw(rows * words).astype("<u8").view(np.uint8).reshape(rows, -1)
        heads = np.unpackbits(raw, axis=1, count=n, bitorder="little")
        # A head adds its magnitude and a tail takes it away.
        yield 2.0 * (heads @ magnitudes.T) - magnitudes.sum(axis=1)
