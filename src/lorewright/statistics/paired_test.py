"""Are the differences of pairs, on the whole, different from zero?"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.errors import BadRecord, BadSettings, MissingExtra
from lorewright.statistics.finding import State


@dataclass(frozen=True, slots=True)
class PairedResult:
    """What a set of paired differences says; everything but `p_value` is in its unit."""

    n: int
    """Pairs."""
    mean: float
    sd: float
    """The sample standard deviation, with n - 1 in the denominator."""
    low: float
    high: float
    """The t interval of the mean: mean ± t(n - 1) · sd / √n."""
    p_value: float
    """Two-sided, from the sign-flip permutation test; never 0."""
    effect_size: float
    """Cohen's d for pairs, without a unit; see `paired`."""

    @property
    def state(self) -> State:
        """Whether the differences vary, as the interval needs."""
        return State.SOUND if self.sd else State.CONSTANT


def paired(
    differences: Sequence[float], *, permutations: int, seed: int, level: float = 0.95
) -> PairedResult:
    """Test whether the mean of paired `differences` is zero.

    The p-value is that of the sign-flip permutation test: if it did not matter which of the
    two arms an item was scored under, each difference could as well have had the other sign.
    It is the share of sign patterns whose mean lies as far from zero as the one observed. All
    2^n patterns are tried when there are at most `permutations` of them; otherwise that many
    random ones, m, and the p-value is (k + 1) / (m + 1), which keeps the test valid (Phipson
    and Smyth 2010, doi:10.2202/1544-6115.1585).

    The effect size is Cohen's d_z, the mean over the standard deviation of the differences
    (Lakens 2013, doi:10.3389/fpsyg.2013.00863). Where all differences are equal the interval
    is the single point of their mean, and the effect size is 0 or infinite, as the limit is.

    The result depends neither on the order of the differences nor on the machine, and the
    p-value not on their unit.

    Args:
        differences: one number per item: what the one arm scored minus what the other did.
        permutations: the most sign patterns that are tried.
        seed: decides the random patterns.
        level: the coverage of the interval, between 0 and 1.

    Raises:
        BadRecord: with fewer than two differences, or one that is not a finite number.
        BadSettings: when `permutations`, `seed` or `level` cannot be used.
        MissingExtra: when numpy and scipy are not installed.
    """
    _refuse_what_cannot_be_tested(differences)
    _refuse_unusable_settings(permutations, seed, level)
    n = len(differences)
    largest = max(abs(difference) for difference in differences)
    if largest == 0:
        return PairedResult(n, mean=0.0, sd=0.0, low=0.0, high=0.0, p_value=1.0, effect_size=0.0)
    # Shares of the largest one: sums stay in range whatever the unit is.
    shares = [difference / largest for difference in differences]
    mean, sd = _mean_and_sd(shares)
    p_value, half_width = _p_value_and_t(shares, permutations, seed, level)
    half_width *= sd / math.sqrt(n)
    return PairedResult(
        n,
        mean=mean * largest,
        sd=sd * largest,
        low=(mean - half_width) * largest,
        high=(mean + half_width) * largest,
        p_value=p_value,
        effect_size=mean / sd if sd else math.copysign(math.inf, mean),
    )


def _refuse_what_cannot_be_tested(differences: Sequence[float]) -> None:
    if len(differences) < 2:
        raise BadRecord(
            f"a paired test needs at least two differences, not {len(differences)}",
            hint="evaluate on more items",
        )
    for place, difference in enumerate(differences, start=1):
        if not math.isfinite(difference):
            raise BadRecord(
                f"difference {place} of {len(differences)} is {difference}, not a finite number",
                hint="look for an item whose log-likelihood could not be computed",
            )


def _refuse_unusable_settings(permutations: int, seed: int, level: float) -> None:
    if permutations < 1:
        raise BadSettings(f"a permutation test needs at least one pattern, not {permutations}")
    if seed < 0:
        raise BadSettings(f"a seed is zero or more, not {seed}")
    if not 0 < level < 1:
        raise BadSettings(f"the level of an interval lies between 0 and 1, {level} does not")


def _mean_and_sd(shares: list[float]) -> tuple[float, float]:
    """Exactly rounded, so that neither order nor rounding can make equal numbers differ."""
    if min(shares) == max(shares):
        return shares[0], 0.0
    return math.fsum(shares) / len(shares), statistics.stdev(shares)


def _p_value_and_t(
    shares: list[float], permutations: int, seed: int, level: float
) -> tuple[float, float]:
    try:
        from lorewright.statistics.sign_flip import sign_flip_p_value
        from lorewright.statistics.student import two_sided_quantile
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"the paired test needs {error.name}", hint='pip install "lorewright[prove]"'
        ) from error
    p_value = sign_flip_p_value(shares, permutations=permutations, seed=seed)
    return p_value, two_sided_quantile(level, degrees=len(shares) - 1)
