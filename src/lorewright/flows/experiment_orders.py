"""From a plan to an experiment: every cell with its order, under one name.

An experiment is a recipe: the plan, what was given, what was filled in, and what each cell is.
So equal commands name the same experiment, and whoever comes later finds its trainings.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from pydantic import JsonValue, ValidationError

from lorewright import train
from lorewright.errors import LorewrightError, NotYet, OutsideError
from lorewright.flows.adapting import POCKET, Role, recipes_of
from lorewright.flows.lessons import count_taught
from lorewright.flows.naming import find
from lorewright.flows.training_orders import TrainingOrder
from lorewright.lineage import Ref
from lorewright.records import Dataset, Recipe, Value
from lorewright.settings import Settings, TrainingSettings
from lorewright.store import Store, Workspace, alias, set_alias
from lorewright.train.experiments import (
    DATASET,
    FOLDER,
    OPEN,
    Cell,
    ExperimentPlan,
    Given,
    Plans,
    Scalar,
    Scalars,
    cells_of,
    known_plans,
)

STEP = "experiment"
"""The step of the recipe, and the beginning of the aliases."""


class KeptCell(Value):
    """One training of an experiment, as it is kept."""

    name: str
    varied: Mapping[str, str]
    """What makes it another one than the others."""
    order: TrainingOrder
    work: Mapping[Role, str]
    """What its jobs are called for being what they are."""
    examples: int | None
    """How many it learns from; None when there are not so many."""


class Filled(Value):
    """A need of the plan, and where it came from."""

    value: str
    best_of: str
    cell: str
    experiment: str
    """The name of that experiment's recipe."""


class Experiment(Value):
    """A plan on a dataset, with all that was open said."""

    plan: ExperimentPlan
    dataset: Ref
    given: Mapping[str, tuple[str, ...]]
    filled: Mapping[str, Filled]
    cells: tuple[KeptCell, ...]
    same: tuple[str, ...]
    """What the plan also lists, and is a cell already."""

    @property
    def recipe(self) -> Recipe:
        """What it is kept as."""
        told: dict[str, JsonValue] = self.model_dump(mode="json")
        return Recipe(step=STEP, settings=told)

    @property
    def baseline(self) -> str:
        """The cell that the others are compared with: the plan's, or the first."""
        names = [cell.name for cell in self.cells]
        return self.plan.baseline if self.plan.baseline in names else names[0]


class Best(NamedTuple):
    """The best cell of a plan that is done."""

    experiment: Ref
    cell: KeptCell


class Wish(NamedTuple):
    """What is said when an experiment is asked for."""

    plan: str
    datasets: Sequence[str] = ()
    """One for all cells, or several where the plan varies them; none takes the newest."""
    values: Mapping[str, Scalars] = {}


def plans_of(workspace: Workspace) -> Plans:
    """Every plan, with the operator's own in the folder `experiments` of the workspace.

    Raises:
        BadSettings: naming the file that cannot be used.
    """
    return known_plans(workspace.folder / FOLDER)


def compose(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    wish: Wish,
    *,
    best: Mapping[str, Best],
) -> Experiment:
    """Say what each cell is; nothing is kept.

    Args:
        workspace: where own plans are.
        store: where datasets are.
        settings: the operator's choices for what the plan leaves open.
        wish: which plan, on what, and what else than it says.
        best: the best cells of the plans that this one needs, by their names.

    Raises:
        BadSettings: when there is no such plan, or a value cannot be used.
        UsageError: when something must be said that is not.
        NotYet: when there is no dataset, or a plan that this one needs has no result.
    """
    plan = plans_of(workspace).plan(wish.plan)
    values = {**wish.values}
    varies_data = DATASET in {*plan.axes, *(name for cell in plan.cells for name in cell)}
    if len(wish.datasets) > 1 or (varies_data and wish.datasets):
        values[DATASET] = tuple(wish.datasets)
    first = wish.datasets[0] if wish.datasets else None
    named = first or next((str(one) for one in values.get(DATASET, ())), None)
    filled = _filled(plan, values, best)
    given = Given(values, {name: _scalar(one.value) for name, one in filled.items()})
    cells, same = cells_of(plan, settings.training, given, rate=_Rates(workspace).of)
    data = find(store, named, Dataset)
    return Experiment(
        plan=plan,
        dataset=data.ref,
        given={name: tuple(map(str, told)) for name, told in sorted(values.items())},
        filled=filled,
        cells=tuple(_kept(store, plan, cell, data) for cell in cells),
        same=tuple(same),
    )


def keep_experiment(store: Store, experiment: Experiment) -> Ref:
    """Let this be the newest of its plan, on its dataset and on the whole."""
    recipe = experiment.recipe
    store.put(recipe)
    for name in (_alias(experiment.plan.name), _alias(experiment.plan.name, experiment.dataset)):
        set_alias(store, name, recipe.ref)
    return recipe.ref


def newest_experiment(
    store: Store, plan: str, dataset: Ref | None = None
) -> tuple[Ref, Experiment] | None:
    """The newest that was run of a plan: on `dataset` where there is one, or else on any."""
    found = alias(store, _alias(plan, dataset)) if dataset else None
    found = found or alias(store, _alias(plan))
    return None if found is None else (found, read_experiment(store, found))


def read_experiment(store: Store, ref: Ref) -> Experiment:
    """An experiment as it was kept.

    Raises:
        LorewrightError: when another version wrote it.
    """
    try:
        return Experiment.model_validate(store.get(ref, Recipe).settings)
    except ValidationError as error:
        raise LorewrightError(
            "this experiment cannot be read by this version",
            where=str(ref),
            hint="run it again; what is trained already is not trained again",
        ) from error


def _alias(plan: str, dataset: Ref | None = None) -> str:
    return f"{STEP}/{plan}" if dataset is None else f"{STEP}/{plan}/{dataset.id}"


def _filled(
    plan: ExperimentPlan, values: Mapping[str, Scalars], best: Mapping[str, Best]
) -> dict[str, Filled]:
    found: dict[str, Filled] = {}
    for name, need in sorted(plan.needs.items()):
        if name in values:
            continue
        if need.best_of not in best:
            raise NotYet(
                f"the experiment {plan.name} takes its {name} from the best of {need.best_of}, "
                "which has no result yet",
                hint=f"run `lorewright experiments run {need.best_of}` to its end, or say it "
                f"yourself with --set {name}=VALUE",
            )
        experiment, cell = best[need.best_of]
        value = getattr(cell.order.settings, name)
        found[name] = Filled(
            value=OPEN if value is None else str(value),
            best_of=need.best_of,
            cell=cell.name,
            experiment=str(experiment),
        )
    return found


def _scalar(told: str) -> Scalar:
    return int(told) if told.isdecimal() else told


def _kept(store: Store, plan: ExperimentPlan, cell: Cell, data: Dataset) -> KeptCell:
    on = data if cell.dataset is None else find(store, cell.dataset, Dataset)
    order = TrainingOrder.for_(on.ref, cell.settings)
    roles: tuple[Role, ...] = ("tuned", "permuted-control") if plan.with_control else ("tuned",)
    order = order.model_copy(update={"roles": roles})
    try:
        count = count_taught(store, on, cell.settings)
    except LorewrightError:
        count = None  # the cell will fail and say why
    return KeptCell(
        name=cell.name,
        varied={name: str(value) for name, value in cell.varied.items()},
        order=order,
        work={role: order.work(role) for role in roles},
        examples=count,
    )


class _Rates:
    """The learning rates that settings have, or would have by themselves."""

    def __init__(self, workspace: Workspace) -> None:
        self._recipes = recipes_of(workspace)

    def of(self, settings: TrainingSettings) -> Decimal:
        """Of these settings."""
        plan = train.plan_for(
            settings,
            examples=1,
            is_pocket=settings.base == POCKET,
            max_length=None,
            parameters=_parameters(settings.base),
            recipes=self._recipes,
        )
        return plan.learning_rate


def _parameters(base: str) -> int:
    """Of a base, as far as that is known without fetching it."""
    if base == POCKET:
        return 0
    known = {one.name: one.shape for one in train.known_bases()}.get(base)
    if known is not None:
        return known.parameters
    try:
        folder = train.at_hand(base)
        return 0 if folder is None else train.shape_of(folder).parameters
    except OutsideError:
        return 0
