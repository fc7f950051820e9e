"""How far raters agree: with each other, with themselves, and whether an order sways a judge."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from lorewright.evaluate.dimensions import HIGHEST, LOWEST
from lorewright.evaluate.judging import OrderEffect, order_effect, settled_cases
from lorewright.evaluate.rating_lines import PREFERENCE, RatingLine
from lorewright.flows.rated import lines_of, votes_in
from lorewright.records import Ratings
from lorewright.settings import Settings
from lorewright.statistics import Agreement, Kappa, gwet, kappa, krippendorff, repeated
from lorewright.store import Store

SCALE = tuple(float(value) for value in range(LOWEST, HIGHEST + 1))


class TwoRaters(NamedTuple):
    """Two raters side by side."""

    one: str
    other: str
    kappa: Kappa
    """Quadratically weighted."""


class OnDimension(NamedTuple):
    """How far the raters agree on one dimension; a unit is one answer."""

    dimension: str
    alpha: Agreement
    """Krippendorff's, ordinal."""
    ac2: Agreement
    """Gwet's, ordinal: it does not fall when nearly all ratings are the same."""
    kappas: tuple[TwoRaters, ...]
    is_met: bool | None
    """Whether alpha reaches what the settings ask for; None where there is no alpha."""


class WithOneself(NamedTuple):
    """How far one rater agrees with what the rater said before."""

    rater: str
    again: Kappa
    """Answers that were rated twice, all dimensions."""
    order: OrderEffect | None
    """Whether the order of two answers sways the judge; None for people, and for a judge that
    was asked for no preference."""


class AgreementReport(NamedTuple):
    """Everything about agreement."""

    dimensions: tuple[OnDimension, ...]
    raters: tuple[WithOneself, ...]
    least: float
    """What alpha is asked to reach."""


def agreement_of(store: Store, settings: Settings, found: Sequence[Ratings]) -> AgreementReport:
    """Compare what raters said about the same answers.

    Raises:
        MissingExtra: when the extra `prove` is not installed.
    """
    least = float(settings.evaluation.judges.least_agreement)
    sheets: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    raters: list[WithOneself] = []
    for one in found:
        lines = list(lines_of(store, one))
        for line in lines:
            if line.repeat == 0 and line.value is not None:
                sheets[line.dimension][_unit(line)][one.rater] = line.value
        raters.append(_with_oneself(store, one, lines))
    dimensions = tuple(
        _on_dimension(dimension, sheet, least) for dimension, sheet in sorted(sheets.items())
    )
    return AgreementReport(dimensions, tuple(raters), least)


def _on_dimension(dimension: str, sheet: dict[str, dict[str, float]], least: float) -> OnDimension:
    alpha = krippendorff(sheet)
    raters = sorted({rater for unit in sheet.values() for rater in unit})
    return OnDimension(
        dimension,
        alpha,
        gwet(sheet, categories=SCALE),
        tuple(
            TwoRaters(one, other, kappa(_both(sheet, one, other), categories=SCALE))
            for one, other in combinations(raters, 2)
        ),
        None if alpha.estimate is None else alpha.estimate >= least,
    )


def _both(sheet: dict[str, dict[str, float]], one: str, other: str) -> list[tuple[float, float]]:
    return [(unit[one], unit[other]) for unit in sheet.values() if one in unit and other in unit]


def _with_oneself(store: Store, ratings: Ratings, lines: Iterable[RatingLine]) -> WithOneself:
    first: dict[tuple[str, str], float] = {}
    again: dict[tuple[str, str], float] = {}
    for line in lines:
        if line.value is not None:
            (again if line.repeat else first)[_unit(line), line.dimension] = line.value
    twice = [(first[key], again[key]) for key in sorted(first.keys() & again.keys())]
    return WithOneself(ratings.rater, repeated(twice, categories=SCALE), _order(store, ratings))


def _order(store: Store, ratings: Ratings) -> OrderEffect | None:
    if ratings.by != "judge":
        return None
    votes = [line for line in votes_in(store, ratings) if line.question == PREFERENCE]
    if not votes:
        return None
    return order_effect(votes, settled_cases(ratings.rater, votes))


def _unit(line: RatingLine) -> str:
    return "|".join((line.scenario, line.arm, str(line.turn), str(line.generation)))
