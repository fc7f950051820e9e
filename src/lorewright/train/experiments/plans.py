"""The plans that came along, joined with the operator's own.

One TOML file per plan. An own file with a known name stands in the place of the one that came
along; another name is added.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from lorewright.errors import BadSettings
from lorewright.train.experiments.plan import ExperimentPlan

FOLDER = "experiments"
"""The operator's own plans, in the workspace."""


@dataclass(frozen=True, slots=True)
class Plans:
    """All plans by their names."""

    plans: Mapping[str, ExperimentPlan]
    own: frozenset[str] = frozenset()
    """The names of those that are the operator's."""

    def plan(self, name: str) -> ExperimentPlan:
        """The plan called `name`.

        Raises:
            BadSettings: when there is none.
        """
        if name not in self.plans:
            raise BadSettings(
                f"there is no experiment {name[:60]!r}", hint=f"one of {', '.join(self.plans)}"
            )
        return self.plans[name]


def known_plans(own: Path | None = None) -> Plans:
    """Every plan, checked for needs that lead nowhere or in a circle.

    Args:
        own: a folder with the operator's own files; it need not be there.

    Raises:
        BadSettings: naming the file that cannot be used, or the plan that needs what is not.
    """
    plans, ours = _bundled(), list[ExperimentPlan]()
    if own is not None and own.is_dir():
        ours = [_plan(_text(place), str(place)) for place in sorted(own.glob("*.toml"))]
        plans = {**plans, **{one.name: one for one in ours}}
    for one in plans.values():
        _refuse_circles(one, plans, ())
    return Plans(MappingProxyType(plans), frozenset(one.name for one in ours))


@cache
def _bundled() -> Mapping[str, ExperimentPlan]:
    places = sorted(files("lorewright.train.experiments").iterdir(), key=lambda one: one.name)
    found = [
        _plan(place.read_text(encoding="utf-8"), place.name)
        for place in places
        if place.name.endswith(".toml")
    ]
    return {one.name: one for one in found}


def _text(place: Path) -> str:
    try:
        return place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(error, str(place)) from error


def _plan(text: str, where: str) -> ExperimentPlan:
    try:
        raw: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise _unreadable(error, where) from error
    try:
        return ExperimentPlan.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"][:2]))
        said = str(first["msg"]).removeprefix("Value error, ")
        raise BadSettings(
            f"a plan is off at {place}: {said}" if place else f"a plan is off: {said}",
            where=where,
            hint="`lorewright experiments list` shows those that came along",
        ) from error


def _unreadable(error: Exception, where: str) -> BadSettings:
    return BadSettings(
        f"a plan cannot be read: {error}",
        where=where,
        hint="it is a TOML file of the same form as those that came along",
    )


def _refuse_circles(
    plan: ExperimentPlan, plans: Mapping[str, ExperimentPlan], above: tuple[str, ...]
) -> None:
    for need in plan.needs.values():
        if need.best_of not in plans:
            raise BadSettings(
                f"the experiment {plan.name} needs {need.best_of[:60]!r}, which there is not",
                where=plan.name,
                hint=f"one of {', '.join(plans)}",
            )
        if need.best_of in (*above, plan.name):
            circle = " needs ".join((*above, plan.name, need.best_of))
            raise BadSettings(
                f"experiments need each other in a circle: {circle}",
                where=plan.name,
                hint="take one of these needs out",
            )
        _refuse_circles(plans[need.best_of], plans, (*above, plan.name))
