"""From ratings to one number for each scenario and arm: the only way into the tests.

A rating is a row with all columns of its design. Tests take numbers by scenario, which only
`aggregate` makes. So nobody can hand the ratings of five raters to a test as five scenarios.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.errors import BadRecord


class Rating(NamedTuple):
    """One value that one rater gave to one answer on one dimension."""

    scenario: str
    family: str
    """Scenarios that share a source or a topic; empty where a scenario stands alone."""
    arm: str
    rater: str
    dimension: str
    generation: int
    """Which of several answers to the same scenario."""
    turn: int
    value: float


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What was left out, why, and how often."""

    reason: str
    count: int
    first: str
    """Where it was met first."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two arms side by side, one place for each scenario that both have."""

    arm: str
    against: str
    scenarios: tuple[str, ...]
    families: tuple[str, ...]
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    excluded: tuple[Exclusion, ...]
    uneven_raters: int
    """Scenarios whose two arms were not rated by the same people."""

    @property
    def differences(self) -> tuple[float, ...]:
        """What `arm` scored minus what `against` did."""
        return tuple(ours - theirs for ours, theirs in zip(self.ours, self.theirs, strict=True))


@dataclass(frozen=True, slots=True)
class Averages:
    """One number for each arm and scenario, and what was left out on the way."""

    arms: Mapping[str, Mapping[str, float]]
    raters: Mapping[str, Mapping[str, frozenset[str]]]
    families: Mapping[str, str]
    excluded: tuple[Exclusion, ...]

    def paired_by_scenario(self, arm: str, against: str) -> Pairs:
        """Put `arm` beside `against`, in the order of the scenarios' names.

        Scenarios that only one of the two has are left out and counted.

        Raises:
            BadRecord: when there is no such arm, or the two share no scenario.
        """
        ours, theirs = self._of(arm), self._of(against)
        both = sorted(ours.keys() & theirs.keys())
        if not both:
            raise BadRecord(
                f"{arm} and {against} have no scenario in common",
                hint="ask every arm the same scenarios",
            )
        gaps = [(arm, sorted(theirs.keys() - ours.keys()))]
        gaps += [(against, sorted(ours.keys() - theirs.keys()))]
        return Pairs(
            arm,
            against,
            scenarios=tuple(both),
            families=tuple(self.families[scenario] for scenario in both),
            ours=tuple(ours[scenario] for scenario in both),
            theirs=tuple(theirs[scenario] for scenario in both),
            excluded=tuple(
                Exclusion(f"no usable rating of {name}", len(lacking), f"scenario {lacking[0]}")
                for name, lacking in gaps
                if lacking
            ),
            uneven_raters=sum(
                self.raters[arm][scenario] != self.raters[against][scenario] for scenario in both
            ),
        )

    def _of(self, arm: str) -> Mapping[str, float]:
        if arm not in self.arms:
            raise BadRecord(
                f"no rating of the arm {arm} can be used",
                hint=f"there are {', '.join(sorted(self.arms)) or 'none at all'}",
            )
        return self.arms[arm]


def aggregate(
    ratings: Iterable[Rating],
    *,
    scale: tuple[float, float] | None = None,
    dimensions: Collection[str] | None = None,
) -> Averages:
    """Average over dimensions, then raters, then generations, then turns.

    In this order each rater counts once however many dimensions there are, and each turn once
    however many raters read it. A rater who left out a dimension of an answer is left out for
    that answer: the mean of other dimensions would be another quantity. So is a value that is
    no number or lies outside the scale. Everything left out is counted under its reason.

    Args:
        ratings: the long table, in any order.
        scale: the lowest and the highest value that can be given.
        dimensions: those that are averaged; without it all that occur.

    Raises:
        BadRecord: when a cell of the design holds two different values, or a scenario belongs
            to two families.
    """
    left_out: dict[str, list[str]] = defaultdict(list)
    families: dict[str, str] = {}
    cells: dict[tuple[str, ...], float] = {}
    for rating in ratings:
        _remember_family(families, rating)
        if dimensions is None or rating.dimension in dimensions:
            _keep(cells, rating, scale, left_out)
    wanted = set(dimensions or (cell[-1] for cell in cells))
    sheets: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for (*sheet, dimension), value in cells.items():
        sheets[tuple(sheet)][dimension] = value
    by_rater: dict[tuple[str, ...], float] = {}
    raters: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for sheet, values in sheets.items():
        if values.keys() != wanted:
            left_out["a rater left out a dimension of an answer"].append(_place(sheet))
            continue
        by_rater[sheet] = math.fsum(values.values()) / len(values)
        raters[sheet[0]][sheet[1]].add(sheet[4])
    # (arm, scenario, turn, generation, rater): each step drops the last column.
    means = _drop_last(_drop_last(_drop_last(by_rater)))
    arms: dict[str, dict[str, float]] = defaultdict(dict)
    for (arm, scenario), value in means.items():
        arms[arm][scenario] = value
    return Averages(
        arms=dict(arms),
        raters={
            arm: {scenario: frozenset(who) for scenario, who in each.items()}
            for arm, each in raters.items()
        },
        families=families,
        excluded=tuple(
            Exclusion(reason, len(places), min(places))
            for reason, places in sorted(left_out.items())
        ),
    )


def _remember_family(families: dict[str, str], rating: Rating) -> None:
    family = rating.family or rating.scenario
    if families.setdefault(rating.scenario, family) != family:
        raise BadRecord(
            f"scenario {rating.scenario} belongs to {families[rating.scenario]} and to {family}",
            hint="a scenario has one family",
        )


def _keep(
    cells: dict[tuple[str, ...], float],
    rating: Rating,
    scale: tuple[float, float] | None,
    left_out: dict[str, list[str]],
) -> None:
    """Put a usable value into its cell of the design, and count any other under its reason."""
    sheet = (
        rating.arm,
        rating.scenario,
        str(rating.turn),
        str(rating.generation),
        rating.rater,
    )
    cell = (*sheet, rating.dimension)
    if not math.isfinite(rating.value):
        left_out["the value is no number"].append(_place(cell))
    elif scale is not None and not scale[0] <= rating.value <= scale[1]:
        left_out[f"the value lies outside {scale[0]:g} to {scale[1]:g}"].append(_place(cell))
    elif cell not in cells:
        cells[cell] = rating.value
    elif cells[cell] == rating.value:
        left_out["the same rating stands there twice"].append(_place(cell))
    else:
        raise BadRecord(
            f"one rating has two values, {cells[cell]:g} and {rating.value:g}",
            where=_place(cell),
            hint="a repeated reading is a test of the rater and no second rating",
        )


def _place(cell: tuple[str, ...]) -> str:
    arm, scenario, turn, generation, rater, *dimension = cell
    at = f"scenario {scenario}, arm {arm}, turn {turn}, generation {generation}, rater {rater}"
    return ", ".join([at, *dimension])


def _drop_last(means: Mapping[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """Average over the last column of the keys."""
    sums: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for key, value in means.items():
        sums[key[:-1]].append(value)
    return {key: math.fsum(values) / len(values) for key, values in sums.items()}
