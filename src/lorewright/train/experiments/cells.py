"""From a plan and what is given when it is run to its cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from math import prod
from typing import NamedTuple

from pydantic import ValidationError

from lorewright.errors import BadSettings, UsageError
from lorewright.settings import TrainingSettings
from lorewright.train.experiments.plan import (
    DATASET,
    FIELDS,
    OPEN,
    TIMES,
    ExperimentPlan,
    Scalar,
    Scalars,
)

MOST_CELLS = 500
Rate = Callable[[TrainingSettings], Decimal]
"""The learning rate that settings have, or would have by themselves."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the operator says when a plan is run."""

    values: Mapping[str, Scalars] = field(default_factory=dict[str, Scalars])
    """Axes that are given or overridden, in the words of the settings."""
    filled: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    """The needs of the plan, from the best cells of those that are done."""


class Cell(NamedTuple):
    """One training of an experiment."""

    name: str
    varied: Mapping[str, Scalar]
    """What makes it another cell than the others."""
    settings: TrainingSettings
    dataset: str | None
    """Its name; None for that of the whole experiment."""


def cells_of(
    plan: ExperimentPlan, settings: TrainingSettings, given: Given, *, rate: Rate
) -> tuple[list[Cell], list[str]]:
    """Every training that a plan is made of, and what was left out because it is there already.

    What is given wins over the plan, and the plan over the settings.

    Args:
        plan: the plan.
        settings: the operator's choices for everything that the plan leaves open.
        given: axes that are given, and needs that are filled.
        rate: the learning rate that settings have, or would have by themselves.

    Raises:
        UsageError: when something is given that cannot be varied, or that has no values.
        BadSettings: when a value is none that the setting may have.
    """
    for name in given.values:
        if name not in FIELDS:
            raise UsageError(
                f"there is no training setting {name[:60]!r} to vary",
                hint="`lorewright config show` lists the settings under [training]",
            )
    found: dict[tuple[str, str | None], Cell] = {}
    same: list[str] = []
    for number, (name, told) in enumerate(_named(plan, given), start=1):
        label = name or _number(plan, number)
        cell = _cell(label, told, settings, rate)
        key = (cell.settings.model_dump_json(), cell.dataset)
        if key in found:
            same.append(f"{label} is the same as {found[key].name}")
        else:
            found[key] = cell
    cells = [*found.values()]
    if len({cell.name for cell in cells}) < len(cells):
        raise BadSettings("two cells have the same name", where=plan.name)
    return [cell._replace(varied=_varied(cell, cells)) for cell in cells], same


def _named(plan: ExperimentPlan, given: Given) -> list[tuple[str | None, dict[str, Scalar]]]:
    """Every combination, with its own name where it has one."""
    given_over = _given_over(given)
    everywhere = _without({**plan.fixed, **given.filled}, *given_over)
    axes: dict[str, Scalars] = {
        **{name: values for name, values in plan.axes.items() if name not in given_over},
        **given.values,
    }
    rows: Sequence[Mapping[str, Scalar]] = [
        _without(cell, *given_over) for cell in plan.cells or ({},)
    ]
    _refuse_too_few_or_many(plan, axes, len(rows))
    combined: list[tuple[str | None, dict[str, Scalar]]] = []
    many = any(len(values) > 1 for values in axes.values())
    for cell in rows:
        own = None if many else cell.get("name")
        for values in product(*axes.values()):
            told = {**everywhere, **_without(cell, "name"), **dict(zip(axes, values, strict=True))}
            combined.append((None if own is None else str(own), told))
    return combined


def _given_over(given: Given) -> set[str]:
    """What the plan no longer says; a rate and its multiple are two words for one thing."""
    names = {*given.values}
    return names | {TIMES, "learning_rate"} if names & {TIMES, "learning_rate"} else names


def _refuse_too_few_or_many(plan: ExperimentPlan, axes: Mapping[str, Scalars], rows: int) -> None:
    empty = next((name for name, values in axes.items() if not values), None)
    if empty is not None:
        raise UsageError(
            f"the experiment {plan.name} is run on {empty}s that you name",
            hint=f"say which with --set {empty}=ONE,TWO",
        )
    count = rows * prod(len(values) for values in axes.values())
    if count > MOST_CELLS:
        raise UsageError(
            f"that makes {count:,} trainings; an experiment has at most {MOST_CELLS:,}",
            hint="give fewer values",
        )


def _cell(name: str, told: Mapping[str, Scalar], settings: TrainingSettings, rate: Rate) -> Cell:
    chosen = _checked(settings, _without(told, DATASET, TIMES), name)
    if TIMES in told:
        times = _multiple(told[TIMES], name)
        chosen = _checked(chosen, {"learning_rate": (rate(chosen) * times).normalize()}, name)
    dataset = told.get(DATASET)
    return Cell(name, told, chosen, None if dataset is None else str(dataset))


def _checked(
    settings: TrainingSettings, changes: Mapping[str, Scalar], cell: str
) -> TrainingSettings:
    plain = {
        **settings.model_dump(mode="json"),
        **{name: _plain(name, value) for name, value in changes.items()},
    }
    try:
        return TrainingSettings.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BadSettings(
            f"the setting {place} is off: {first['msg']}", where=f"cell {cell}"
        ) from error


def _plain(name: str, value: Scalar) -> object:
    """As a settings file would have it: what is open is nothing, and force is a list."""
    if isinstance(value, Decimal):
        return str(value)
    if value == OPEN:
        return [] if name == "force" else None
    return [str(value)] if name == "force" else value


def _multiple(value: Scalar, name: str) -> Decimal:
    try:
        times = Decimal(str(value))
    except ArithmeticError:
        times = Decimal(0)
    if not times.is_finite() or times <= 0:
        raise BadSettings(f"{TIMES} is off: {value!r} is no multiple", where=f"cell {name}")
    return times


def _varied(cell: Cell, cells: Sequence[Cell]) -> dict[str, Scalar]:
    """What is not the same in all cells; a multiple of a rate as the rate itself."""
    names = {name for one in cells for name in one.varied}
    if TIMES in names:
        names = (names - {TIMES}) | {"learning_rate"}
    different = [name for name in sorted(names) if len({_of(one, name) for one in cells}) > 1]
    return {name: _of(cell, name) for name in different}


def _of(cell: Cell, name: str) -> Scalar:
    if name == DATASET:
        return cell.dataset or ""
    value = getattr(cell.settings, name)
    if value is None:
        return OPEN
    return value if isinstance(value, bool | int | Decimal | str) else str(value)


def _number(plan: ExperimentPlan, number: int) -> str:
    """`A1` of the plan A, `learning-rate-1` of a plan with a longer name."""
    between = "" if len(plan.name) == 1 else "-"
    return f"{plan.name}{between}{number}"


def _without(told: Mapping[str, Scalar], *names: str) -> dict[str, Scalar]:
    return {name: value for name, value in told.items() if name not in names}
