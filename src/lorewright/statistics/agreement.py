"""How far raters agree beyond chance: Krippendorff's alpha, with an interval by units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lorewright.errors import BadSettings
from lorewright.statistics.finding import (
    Finding,
    State,
    from_prove,
    refuse_no_share,
    refuse_what_is_no_number,
)
from lorewright.statistics.weights import Distance

Sheet: TypeAlias = Mapping[str, Mapping[str, float]]
"""What each rater (inside) gave each unit (outside); raters may leave units out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Finding):
    """1 is perfect agreement and 0 what chance gives; `n` counts units with two raters."""

    raters: int
    left_out: int
    """Units that fewer than two raters rated."""


def krippendorff(
    sheet: Sheet,
    *,
    distance: Distance = "ordinal",
    level: float = 0.95,
    resamples: int = 1_000,
    seed: int = 0,
) -> Agreement:
    """Krippendorff's alpha (2018, ISBN 978-1-5063-9566-1, chapter 12).

    The number is that of evalica. The interval is a percentile bootstrap that draws whole
    units: the ratings of one unit hang together.

    Raises:
        BadRecord: when a rating is no number.
        BadSettings: when `level`, `resamples` or `seed` cannot be used.
        MissingExtra: when numpy or evalica is not installed.
    """
    refuse_no_share(level, "the level of an interval")
    if resamples < 1 or seed < 0:
        raise BadSettings("an interval needs at least one resample and a seed of zero or more")
    rated, raters = comparable(sheet)
    values = {value for each in rated.values() for value in each.values()}
    if len(rated) < 2:
        state, alpha, low, high = State.TOO_FEW, None, None, None
    elif len(values) < 2:
        # Everybody gave one value to everything: nothing says whether by judgement or habit.
        state, alpha, low, high = State.CONSTANT, None, None, None
    else:
        state = State.SOUND
        with from_prove("Krippendorff's alpha"):
            from lorewright.statistics.coincidences import alpha_of, bootstrap_of
        alpha = alpha_of(rated, raters, distance)
        low, high = bootstrap_of(rated, distance, level=level, resamples=resamples, seed=seed)
        low, high = min(low, alpha), max(high, alpha)
    return Agreement(
        n=len(rated),
        estimate=alpha,
        low=low,
        high=high,
        level=level,
        p_value=None,
        state=state,
        assumes="units are independent",
        raters=len(raters),
        left_out=len(sheet) - len(rated),
    )


def comparable(sheet: Sheet) -> tuple[dict[str, Mapping[str, float]], list[str]]:
    """The units that two raters rated, in order, and everybody who rated one of them.

    Raises:
        BadRecord: when a rating is no number.
    """
    refuse_what_is_no_number([one for unit in sheet.values() for one in unit.values()], "rating")
    rated = {unit: sheet[unit] for unit in sorted(sheet) if len(sheet[unit]) > 1}
    return rated, sorted({rater for unit in rated.values() for rater in unit})
