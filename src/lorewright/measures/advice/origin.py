"""Fixed thresholds: how many of the thirteen an arm meets, and on how many it beats another."""

import statistics
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from lorewright.errors import BadRecord
from lorewright.measures.advice.measuring import Advice
from lorewright.measures.advice.metric import OF, Metric


class Threshold(BaseModel):
    """What the mean of an arm should be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_least: float | None = None
    at_most: float | None = None
    of: Literal["value", "share"] = "value"
    critical: float | None = None
    """The least in any case."""

    def is_met(self, mean: float) -> bool:
        """Whether `mean` lies within the bounds."""
        return (self.at_least is None or mean >= self.at_least) and (
            self.at_most is None or mean <= self.at_most
        )

    def beats(self, mean: float, other: float) -> bool:
        """Whether `mean` is better than `other`.

        With two bounds the nearer one to what lies between is better, since more is not.
        """
        if self.at_least is not None and self.at_most is not None:
            return self._outside(mean) < self._outside(other)
        return mean < other if self.at_most is not None else mean > other

    def _outside(self, mean: float) -> float:
        low, high = self.at_least or 0.0, self.at_most or 0.0
        return max(low - mean, mean - high, 0.0)


class Profile(BaseModel):
    """Thresholds for all metrics, and how many of them are enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    met_needed: int = Field(ge=0, le=OF)
    beats_needed: int = Field(ge=0, le=OF)
    thresholds: dict[Metric, Threshold]


@dataclass(frozen=True, slots=True)
class Row:
    """One metric over all answers of an arm."""

    mean: float | None
    """None when it applies to none of the answers."""
    answers: int
    """Those it applies to."""
    threshold: Threshold
    is_met: bool | None
    is_critical_met: bool | None
    """None when the metric is not critical, or does not apply."""
    control: float | None
    """The mean of the control arm."""
    beats_control: bool | None


@dataclass(frozen=True, slots=True)
class ProfileReport:
    """An arm held against a profile."""

    rows: Mapping[Metric, Row]
    met: int
    applied: int
    met_needed: int
    beats: int
    compared: int
    """Metrics that apply to both arms; 0 without a control arm."""
    beats_needed: int
    critical_missed: tuple[Metric, ...]

    @property
    def passes(self) -> bool:
        """Whether enough thresholds are met; a metric that does not apply meets none."""
        return self.met >= self.met_needed

    @property
    def beats_enough(self) -> bool:
        """Whether the control arm is beaten on enough metrics."""
        return self.beats >= self.beats_needed

    @property
    def sentence(self) -> str:
        """The result in words."""
        left = OF - self.applied
        apart = f"; {left} of {OF} do not apply to these answers" if left else ""
        beaten = f", and the control is beaten on {self.beats} of {self.compared}"
        return (
            f"{self.met} of {OF} thresholds are met, {self.met_needed} are needed"
            f"{beaten if self.compared else ''}{apart}"
        )


@cache
def origin_profile() -> Profile:
    """The profile `origin`."""
    place = files("lorewright.measures.advice").joinpath("origin.toml")
    raw = tomllib.loads(place.read_text(encoding="utf-8"))
    needed = {name: raw.pop(name) for name in ("met_needed", "beats_needed")}
    return Profile.model_validate(needed | {"thresholds": raw})


def hold_against(
    profile: Profile, arm: Sequence[Advice], control: Sequence[Advice] = ()
) -> ProfileReport:
    """Hold the answers of an arm against fixed thresholds.

    Args:
        profile: the thresholds.
        arm: what was measured of its answers.
        control: of those of the control arm, to the same prompts.

    Raises:
        BadRecord: without any answer.
    """
    if not arm:
        raise BadRecord("an arm without answers meets no threshold", hint="measure its answers")
    rows = {
        metric: _row(metric, threshold, arm, control)
        for metric, threshold in profile.thresholds.items()
    }
    return ProfileReport(
        rows=rows,
        met=sum(row.is_met is True for row in rows.values()),
        applied=sum(row.mean is not None for row in rows.values()),
        met_needed=profile.met_needed,
        beats=sum(row.beats_control is True for row in rows.values()),
        compared=sum(row.beats_control is not None for row in rows.values()),
        beats_needed=profile.beats_needed,
        critical_missed=tuple(
            metric for metric, row in rows.items() if row.is_critical_met is False
        ),
    )


def _row(
    metric: Metric, threshold: Threshold, arm: Sequence[Advice], control: Sequence[Advice]
) -> Row:
    values = _values(metric, threshold, arm)
    others = _values(metric, threshold, control)
    mean = statistics.fmean(values) if values else None
    other = statistics.fmean(others) if others else None
    is_known = mean is not None
    return Row(
        mean=mean,
        answers=len(values),
        threshold=threshold,
        is_met=threshold.is_met(mean) if is_known else None,
        is_critical_met=(
            mean >= threshold.critical if is_known and threshold.critical is not None else None
        ),
        control=other,
        beats_control=threshold.beats(mean, other) if is_known and other is not None else None,
    )


def _values(metric: Metric, threshold: Threshold, arm: Sequence[Advice]) -> list[float]:
    found = (measured.value(metric) for measured in arm)
    values = [value for value in found if value is not None]
    return [float(value >= 1) for value in values] if threshold.of == "share" else values
