"""How many of each arc and persona a set is to have."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

ARC, PERSONA = "emotional_arc", "persona"
REST = "rest"
"""In the shares that came along: what all keys together get that are not named."""


def shares_of(axis: str, own: Mapping[str, int]) -> Mapping[str, int]:
    """The operator's shares, or those that came along."""
    return own or _bundled()[axis]


def quotas(total: int, keys: Sequence[str], shares: Mapping[str, int]) -> dict[str, int]:
    """`total` dealt out over `keys` by their shares, by the method of the largest remainder.

    Keys that the shares do not name have the share `rest` between them, all alike. Without
    any share among these keys all get as many. Of equal remainders the earlier key's counts.
    """
    unnamed = [key for key in keys if key not in shares]
    each = shares.get(REST, 0) / len(unnamed) if unnamed else 0.0
    weights = {key: float(shares.get(key, each)) for key in keys}
    whole = sum(weights.values())
    if not whole:
        weights, whole = dict.fromkeys(keys, 1.0), float(len(keys))
    exact = {key: total * weight / whole for key, weight in weights.items()}
    dealt = {key: int(number) for key, number in exact.items()}
    left = total - sum(dealt.values())
    by_remainder = sorted(keys, key=lambda key: dealt[key] - exact[key])
    for key in by_remainder[: max(0, left)]:
        dealt[key] += 1
    return dealt


@cache
def _bundled() -> Mapping[str, Mapping[str, int]]:
    place = files("lorewright.evaluate.scenarios").joinpath("shares.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))
