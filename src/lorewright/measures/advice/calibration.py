"""What is usual for an advisor, and how near an answer comes to it."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.measures.advice.lexicon import Lexicon
from lorewright.measures.advice.measuring import Advice, measure_advice
from lorewright.measures.advice.metric import METRICS, OF, Aim, Metric, Setting
from lorewright.measures.advice.signature import Signature
from lorewright.records import Split

THIN = 20
"""From fewer answers a band says little."""


class Target(NamedTuple):
    """An answer of the advisor that is trained on."""

    answer: str
    setting: Setting
    split: Split


class Band(NamedTuple):
    """What is usual for one metric, from the advisor's own answers."""

    low: float
    """The tenth percentile."""
    high: float
    """The ninetieth."""
    mean: float
    answers: int
    """Those the metric applies to."""
    aim: Aim = Aim.BAND

    @property
    def is_thin(self) -> bool:
        """Whether it rests on few answers."""
        return self.answers < THIN

    def score(self, value: float) -> float:
        """How near `value` comes to what is usual, from 0 to 1.

        1 within the band, falling evenly to 0 at the distance high - low outside of it. Where
        both are equal it falls over the size of that value, or over 1 when that is more. Less
        than the band is no fault for a metric that should be small. For one of yes and no the
        percentiles say nothing: yes scores 1, and no scores the share of the advisor's own
        answers that say no.
        """
        if self.aim is Aim.RATE:
            return 1.0 if value >= 1 else 1.0 - self.mean
        if self.low <= value <= self.high or (self.aim is Aim.AT_MOST and value < self.low):
            return 1.0
        distance = self.low - value if value < self.low else value - self.high
        return max(0.0, 1.0 - distance / self._width)

    @property
    def _width(self) -> float:
        return self.high - self.low or max(1.0, abs(self.low))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The bands of an advisor, and its phrases."""

    bands: Mapping[Metric, Band]
    """Without those metrics that apply to none of its answers."""
    answers: int
    signature: Signature | None


class Index(NamedTuple):
    """The mean of the scores that apply: one secondary figure, never the basis of a verdict."""

    value: float | None
    """From 0 to 1; None when no metric applies."""
    applied: int
    """How many of the thirteen it is the mean of."""
    of: int = OF


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer held against the bands."""

    scores: Mapping[Metric, float]
    """Of the metrics that apply."""
    why_not: Mapping[Metric, str]
    """Why each of the others does not."""
    index: Index


def calibrate(
    targets: Iterable[Target], *, known: Lexicon, signature: Signature | None = None
) -> Calibration:
    """Find the bands from what the advisor is trained on.

    The percentiles are interpolated between neighbours, as most tools do it.

    Args:
        targets: the advisor's own answers, all of the training split.
        known: the words that are looked for.
        signature: its phrases, learnt from the same answers.

    Raises:
        BadRecord: without any answer, or when one of them is held out.
    """
    values: dict[Metric, list[float]] = {metric: [] for metric in Metric}
    answers = 0
    for target in targets:
        if target.split is not Split.TRAIN:
            raise BadRecord(
                f"answer {answers + 1} for the calibration is of the split {target.split.value}",
                hint="bands come from the training split; what is held out is what they judge",
            )
        answers += 1
        measured = measure_advice(target.answer, target.setting, known=known, signature=signature)
        for metric, one in measured.values.items():
            if one.value is not None:
                values[metric].append(one.value)
    if not answers:
        raise BadRecord(
            "there is no answer of the advisor to calibrate with",
            hint="give the answers of the training split",
        )
    bands = {metric: _band(METRICS[metric].aim, found) for metric, found in values.items() if found}
    return Calibration(bands, answers, signature)


def score_advice(measured: Advice, calibration: Calibration) -> Scored:
    """Hold one answer against the bands; what does not apply is left out of the mean."""
    scores: dict[Metric, float] = {}
    why_not: dict[Metric, str] = {}
    for metric, one in measured.values.items():
        band = calibration.bands.get(metric)
        if one.value is None:
            why_not[metric] = one.why_not or "it has no value"
        elif band is None:
            why_not[metric] = "it applies to none of the advisor's own answers"
        else:
            scores[metric] = band.score(one.value)
    mean = statistics.fmean(scores.values()) if scores else None
    return Scored(scores, why_not, Index(mean, len(scores)))


def _band(aim: Aim, values: Sequence[float]) -> Band:
    low = high = values[0]
    if len(values) > 1:
        tenths = statistics.quantiles(values, n=10, method="inclusive")
        low, high = tenths[0], tenths[-1]
    return Band(low, high, statistics.fmean(values), len(values), aim)
