"""Gwet's AC1 and AC2: agreement that does not fall when nearly all ratings are the same."""

import math
from collections.abc import Mapping, Sequence

from lorewright.statistics.agreement import Agreement, Sheet, comparable
from lorewright.statistics.finding import State, from_prove, refuse_no_share
from lorewright.statistics.weights import Nearness, nearness, sorted_categories


def gwet(
    sheet: Sheet,
    *,
    weights: Nearness = "ordinal",
    categories: Sequence[float] | None = None,
    level: float = 0.95,
) -> Agreement:
    """AC1 with the weights `identity`, AC2 with others.

    (p_a - p_e) / (1 - p_e), where p_a is the weighted share of pairs of raters that agree and
    p_e = T / (q (q - 1)) · sum of pi_k (1 - pi_k) over q categories with the mean shares pi_k
    and the sum of all weights T. The interval is that of t with n - 1 degrees of freedom and
    the linearised variance over units (Gwet 2008, doi:10.1348/000711006X126600; 2014).

    Args:
        sheet: ratings by unit and rater.
        weights: how near two categories are.
        categories: the whole scale; without it the categories that were used.
        level: the coverage of the interval.

    Raises:
        BadRecord: when a rating is no number or stands outside `categories`.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    refuse_no_share(level, "the level of an interval")
    rated, raters = comparable(sheet)
    # A unit with one rating says nothing of agreement and something of how common values are.
    known = {unit: ratings for unit, ratings in sorted(sheet.items()) if ratings}
    used = {value for each in known.values() for value in each.values()}
    estimate = low = high = None
    if len(rated) < 2:
        state = State.TOO_FEW
    else:
        scale = sorted_categories(used, categories)
        if len(scale) < 2:
            state = State.CONSTANT
        else:
            state = State.SOUND
            estimate, low, high = _tested(known, scale, weights, level)
    return Agreement(
        n=len(rated),
        estimate=estimate,
        low=low,
        high=high,
        level=level,
        p_value=None,
        state=state,
        assumes="units are independent; raters stand for themselves only",
        raters=len(raters),
        left_out=len(sheet) - len(rated),
    )


def _tested(
    known: Mapping[str, Mapping[str, float]],
    scale: Sequence[float],
    weights: Nearness,
    level: float,
) -> tuple[float, float, float]:
    with from_prove("the interval of Gwet's coefficient"):
        from lorewright.statistics.rows import quantile
    near = nearness(scale, weights)
    place = {value: index for index, value in enumerate(scale)}
    codes = [[place[value] for value in unit.values()] for unit in known.values()]
    n, count = len(codes), len(scale)
    agreed = [_agreed(unit, near) for unit in codes if len(unit) > 1]
    shares = [
        math.fsum(unit.count(category) / len(unit) for unit in codes) / n
        for category in range(count)
    ]
    total = math.fsum(math.fsum(row) for row in near) / (count * (count - 1))
    observed = math.fsum(agreed) / len(agreed)
    expected = total * math.fsum(share * (1 - share) for share in shares)
    estimate = (observed - expected) / (1 - expected)
    pulls = [total * math.fsum(1 - shares[code] for code in unit) / len(unit) for unit in codes]
    agreed_by_unit = iter(agreed)
    inflation = n / len(agreed)
    linear = [
        (inflation * (next(agreed_by_unit) - expected) if len(unit) > 1 else 0.0) / (1 - expected)
        - 2 * (1 - estimate) * (pull - expected) / (1 - expected)
        for unit, pull in zip(codes, pulls, strict=True)
    ]
    error = math.sqrt(math.fsum((one - estimate) ** 2 for one in linear) / (n * (n - 1)))
    half = quantile(level, n - 1) * error
    return estimate, estimate - half, min(1.0, estimate + half)


def _agreed(codes: Sequence[int], near: Sequence[Sequence[float]]) -> float:
    """The mean weight of all pairs of raters of one unit."""
    both = math.fsum(near[one][other] for one in codes for other in codes) - len(codes)
    return both / (len(codes) * (len(codes) - 1))
