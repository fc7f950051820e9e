"""From numbers to pixels."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps `[low, high]` onto `[start, end]`, which may run downwards."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, number: float) -> float:
        """Where `number` lies."""
        return self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, *, about: int) -> list[float]:
    """Round numbers that enclose `[low, high]`, about `about` of them."""
    if high <= low:
        low, high = low - 0.5, low + 0.5
    rough = (high - low) / about
    magnitude = 10 ** math.floor(math.log10(rough))
    step = next(
        nice * magnitude for nice in (1, 2, 2.5, 5, 10) if nice * magnitude >= rough * 0.999
    )
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, last + 1)]


def tick_label(number: float, step: float) -> str:
    """`number` with as many decimals as `step` needs, and thousands apart."""
    digits = next((d for d in range(6) if math.isclose(step, round(step, d), rel_tol=1e-6)), 6)
    return f"{number + 0.0:,.{digits}f}".replace("-", "\N{MINUS SIGN}")
