"""Experiments: planned, estimated, run in one go or by workers, gone on with, shown."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from lorewright.errors import BudgetReached, LorewrightError, NotYet, Stopped
from lorewright.flows.experiment_orders import (
    Best,
    Experiment,
    KeptCell,
    Wish,
    compose,
    keep_experiment,
    newest_experiment,
    plans_of,
    read_experiment,
)
from lorewright.flows.experiment_states import CellResult, CellState, results_of
from lorewright.flows.experiment_table import Table, table_of
from lorewright.flows.naming import find, newest, set_newest
from lorewright.flows.runs import engine_of, pause_if_under_way, run_work
from lorewright.flows.training import look_ahead, queue_training
from lorewright.flows.training_handler import TrainingHandler
from lorewright.flows.training_orders import WORK, limits_of
from lorewright.jobs.steward import Pace
from lorewright.lineage import Ref
from lorewright.records import Adapter, Dataset
from lorewright.settings import EvaluationSettings, Settings
from lorewright.store import Store, Workspace
from lorewright.store.training_jobs import limit_jobs
from lorewright.train import Event
from lorewright.train.experiments import ExperimentPlan

OnCell = Callable[[CellResult], None]
"""Is told how a cell ended."""
Watch = Callable[[str, str, Event], None]
"""Is told the cell, what is trained in it, and what happened."""


class Expected(NamedTuple):
    """What one cell will take."""

    cell: KeptCell
    state: CellState
    seconds: tuple[float, float, float] | None
    """Of its processes one after the other: at best, likely, at worst. None when nobody knows,
    nothing where it is done."""
    cost_usd: Decimal | None
    """Likely; None without a price or an estimate."""
    reason: str | None
    """Why it cannot be trained as it is."""


@dataclass(frozen=True, slots=True)
class Outline:
    """An experiment before it is run."""

    experiment: Experiment
    cells: tuple[Expected, ...]


class Listed(NamedTuple):
    """A plan as the list shows it."""

    plan: ExperimentPlan
    is_own: bool
    waits_for: tuple[str, ...]
    """What must be known or said before it can run."""
    counts: Mapping[str, int] | None
    """How the trainings of its newest experiment stand; None when it was never run."""


def list_plans(workspace: Workspace, store: Store) -> list[Listed]:
    """Every plan, what it waits for, and how its newest experiment stands.

    Raises:
        BadSettings: naming the file of a plan that cannot be used.
    """
    known = plans_of(workspace)
    data = newest(store, Dataset)
    found: list[Listed] = []
    for plan in known.plans.values():
        best = _best_of(store, plan, data)
        waits = [f"the best of {one.best_of}" for one in plan.needs.values()]
        waits = [one for one in dict.fromkeys(waits) if one.rpartition(" ")[2] not in best]
        waits += [f"a {name} that you name" for name, values in plan.axes.items() if not values]
        kept = newest_experiment(store, plan.name)
        counts = None if kept is None else _counts(results_of(store, kept[1].cells))
        found.append(Listed(plan, plan.name in known.own, tuple(waits), counts))
    return found


def plan_experiment(
    workspace: Workspace, store: Store, settings: Settings, wish: Wish
) -> Experiment:
    """Say what each cell of an experiment is; nothing is kept.

    Raises:
        BadSettings: when there is no such plan, or a value cannot be used.
        UsageError: when something must be said that is not.
        NotYet: when there is no dataset, or a plan that this one needs has no result.
    """
    plan = plans_of(workspace).plan(wish.plan)
    data = find(store, wish.datasets[0], Dataset).ref if wish.datasets else newest(store, Dataset)
    best = _best_of(store, plan, data)
    return compose(workspace, store, settings, wish, best=best)


def estimate_experiment(
    workspace: Workspace, store: Store, settings: Settings, experiment: Experiment
) -> Outline:
    """What each cell will take; what was trained before takes nothing."""
    states = {one.cell.name: one for one in results_of(store, experiment.cells)}
    return Outline(
        experiment,
        tuple(
            _expected(workspace, store, settings, states[cell.name]) for cell in experiment.cells
        ),
    )


def order_experiment(store: Store, settings: Settings, experiment: Experiment) -> dict[str, str]:
    """Queue every cell that has no result for whatever worker comes.

    What all of it may cost is shared out evenly, since nobody adds up while it is done.

    Returns:
        The run of each cell that was queued.
    """
    keep_experiment(store, experiment)
    open_cells = [one.cell for one in results_of(store, experiment.cells) if not one.state.is_done]
    most = settings.jobs.max_cost_usd
    if most is not None and open_cells:
        settings = _limited(settings, most / len(open_cells))
    return {cell.name: _queue(store, settings, cell) for cell in open_cells}


def run_experiment(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    experiment: Experiment,
    *,
    watch: Watch = lambda _cell, _role, _event: None,
    on_cell: OnCell = lambda _result: None,
    pace: Pace | None = None,
) -> Table:
    """Train every cell that has no result, one after the other, and show what came of it.

    A cell that fails is kept with its reason, and the others go on. Killed at any point, the same
    call goes on where it was. The adapter that was the newest before stays the newest.

    Raises:
        BudgetReached: when all of it took what it may.
        MissingExtra: when what trains is not installed.
    """
    engine_of("train")
    ref = keep_experiment(store, experiment)
    before = newest(store, Adapter)
    waiting = [one.cell for one in results_of(store, experiment.cells) if not one.state.is_done]
    runs = {cell.name: _queue(store, settings, cell) for cell in waiting}
    with _stopped_together(store, runs):
        try:
            for cell in waiting:
                left = _limited(settings, _left(store, settings, experiment))
                limit_jobs(store, runs[cell.name], limits_of(left.jobs))
                _see_through(workspace, store, left, cell, watch=watch, pace=pace)
                runs.pop(cell.name)
                on_cell(_result_of(store, experiment, cell.name))
        finally:
            if before is not None and newest(store, Adapter) != before:
                set_newest(store, before)
    return table_of(store, ref, experiment, settings.evaluation)


def show_experiment(
    workspace: Workspace, store: Store, settings: Settings, name: str, *, dataset: str | None = None
) -> Table:
    """How the newest experiment of a plan stands, or one by the name of its recipe.

    Raises:
        BadSettings: when there is no such plan.
        NotYet: when it was never run.
    """
    if ":" in name:
        ref = store.resolve(name)
        return table_of(store, ref, read_experiment(store, ref), settings.evaluation)
    plan = plans_of(workspace).plan(name)
    data = find(store, dataset, Dataset).ref if dataset else newest(store, Dataset)
    found = newest_experiment(store, plan.name, data)
    if found is None:
        raise NotYet(
            f"the experiment {plan.name} has not been run",
            hint=f"`lorewright experiments plan {plan.name}` says what it would take",
        )
    return table_of(store, *found, settings.evaluation)


def _best_of(store: Store, plan: ExperimentPlan, data: Ref | None) -> dict[str, Best]:
    """The best cells of the plans that `plan` needs and that are done."""
    found: dict[str, Best] = {}
    for name in sorted({one.best_of for one in plan.needs.values()}):
        kept = newest_experiment(store, name, data)
        if kept is None:
            continue
        ref, experiment = kept
        table = table_of(store, ref, experiment, EvaluationSettings())
        if table.is_done and table.best is not None:
            found[name] = Best(ref, table.row(table.best).result.cell)
    return found


def _counts(results: Sequence[CellResult]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in results:
        found[one.state.value] = found.get(one.state.value, 0) + 1
    return found


def _expected(
    workspace: Workspace, store: Store, settings: Settings, result: CellResult
) -> Expected:
    cell = result.cell
    if result.state.is_done:
        return Expected(cell, result.state, (0.0, 0.0, 0.0), Decimal(0), None)
    own = settings.model_copy(update={"training": cell.order.settings})
    try:
        dataset = str(cell.order.dataset)
        found = look_ahead(workspace, store, own, dataset=dataset, calibrate=False)
    except LorewrightError as error:
        return Expected(cell, result.state, None, None, error.sentence)
    reason = "; ".join(one.sentence for one in found.blockers if one.name not in found.forced)
    if found.estimate is None:
        return Expected(cell, result.state, None, None, reason or None)
    processes = len(cell.order.roles)
    low, likely, high = (processes * seconds for seconds in found.estimate.seconds)
    cost = found.estimate.cost
    # The estimate is that of an adapter and its control.
    likely_cost = None if cost is None else cost[1] * processes / 2
    return Expected(cell, result.state, (low, likely, high), likely_cost, reason or None)


def _queue(store: Store, settings: Settings, cell: KeptCell) -> str:
    own = settings.model_copy(update={"training": cell.order.settings})
    return queue_training(store, own, cell.order)


def _limited(settings: Settings, most: Decimal | None) -> Settings:
    jobs = settings.jobs.model_copy(update={"max_cost_usd": most})
    return settings.model_copy(update={"jobs": jobs})


def _left(store: Store, settings: Settings, experiment: Experiment) -> Decimal | None:
    """What the next cell may cost: what all may, less what they did.

    Raises:
        BudgetReached: when nothing is left.
    """
    most = settings.jobs.max_cost_usd
    if most is None:
        return None
    left = most - sum(one.cost_usd for one in results_of(store, experiment.cells))
    if left <= 0:
        raise BudgetReached(
            f"the experiment cost the ${most} that it may",
            where=experiment.plan.name,
            hint="with a higher --max-cost the same command goes on",
        )
    return left


def _see_through(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    cell: KeptCell,
    *,
    watch: Watch,
    pace: Pace | None,
) -> None:
    """Bring one cell to its end; why it failed stands in its jobs."""
    own = settings.model_copy(update={"training": cell.order.settings})
    handler = TrainingHandler(
        workspace, store, own, watch=lambda role, event: watch(cell.name, role, event)
    )
    try:
        run_work(store, WORK, cell.order.as_request(), handlers={WORK: handler}, pace=pace)
    except BudgetReached:
        raise
    except Stopped:
        return  # somebody wants this cell to rest; the others go on
    except LorewrightError:
        if _is_untold(store, cell):
            raise


def _is_untold(store: Store, cell: KeptCell) -> bool:
    """Whether the jobs of a cell do not say that it failed, so that the error would be lost."""
    return results_of(store, (cell,))[0].state is not CellState.FAILED


def _result_of(store: Store, experiment: Experiment, name: str) -> CellResult:
    return next(one for one in results_of(store, experiment.cells) if one.cell.name == name)


@contextmanager
def _stopped_together(store: Store, runs: Mapping[str, str]) -> Generator[None]:
    """Let the cells that wait rest when the whole is stopped, so that no worker takes them up."""
    try:
        yield
    except BaseException:
        for run in runs.values():
            pause_if_under_way(store, run)
        raise
