"""How near two categories are: 1 for the same, less the further they lie apart."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from lorewright.errors import BadRecord

Nearness: TypeAlias = Literal["identity", "ordinal", "linear", "quadratic"]
Distance: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]
"""How Krippendorff's alpha measures disagreement."""


def nearness(categories: Sequence[float], kind: Nearness) -> list[list[float]]:
    """The agreement weights of each pair of `categories`, which stand in ascending order.

    `ordinal` counts ranks as Gwet (2014, ISBN 978-0-9708062-8-4, section 3.5) does; `linear`
    and `quadratic` take the distance of the values as a share of the largest.
    """
    count, span = len(categories), categories[-1] - categories[0]

    def weight(one: int, other: int) -> float:
        apart = abs(one - other)
        distance = abs(categories[one] - categories[other]) / span if span else 0.0
        match kind:
            case "identity":
                return float(apart == 0)
            case "ordinal":
                return 1 - apart * (apart + 1) / (count * (count - 1)) if count > 1 else 1.0
            case "linear":
                return 1 - distance
            case _:
                return 1 - distance**2

    return [[weight(one, other) for other in range(count)] for one in range(count)]


def sorted_categories(used: set[float], allowed: Sequence[float] | None) -> list[float]:
    """The categories of a scale, or those that were used where no scale is given.

    Raises:
        BadRecord: when a category was used that the scale does not have.
    """
    if allowed is None:
        return sorted(used)
    strange = used - set(allowed)
    if strange:
        raise BadRecord(
            f"{min(strange):g} is not on the scale of {', '.join(f'{one:g}' for one in allowed)}",
            hint="aggregate ratings first: it leaves out what lies outside and counts it",
        )
    return sorted(allowed)
