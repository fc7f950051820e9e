"""`lorewright experiments`: plans of many trainings, run in one go and shown in one table."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from lorewright.cli.experiment_options import axis_options, wish_of
from lorewright.cli.experiment_showing import run_here, say_plan, show_table
from lorewright.cli.face import Face, counted, face_command
from lorewright.cli.job_options import job_options, with_limits
from lorewright.cli.run import span
from lorewright.cli.train import training_progress
from lorewright.flows.experiment_orders import Wish
from lorewright.flows.experiment_words import write_experiment_page
from lorewright.flows.experiments import (
    Expected,
    Listed,
    estimate_experiment,
    list_plans,
    order_experiment,
    plan_experiment,
    show_experiment,
)
from lorewright.settings import Settings


@click.group()
def experiments() -> None:
    """Plan many trainings at once, run them, and see what differs beyond chance.

    A plan says what is varied, what is expected and what is compared. Plans of your own are TOML
    files in the folder `experiments` of the workspace.

    \b
    Examples:
      lorewright experiments list
      lorewright experiments plan learning-rate
      lorewright experiments run learning-curve --set size=20,40,80
      lorewright experiments show learning-curve --html curve.html
    """


@experiments.command(name="list")
@face_command
def list_experiments(face: Face) -> None:
    """List the plans: what each expects, what it waits for, how it stands.

    \b
    Example:
      lorewright experiments list
    """
    with face.store() as store:
        found = list_plans(face.workspace, store)
    for one in found:
        own = ", your own" if one.is_own else ""
        face.say(f"{one.plan.name:<16} {one.plan.title}{own}: {_standing(one)}")
        face.say(f"{'':<16} {one.plan.hypothesis}")
    face.result(
        "experiments",
        plans=[
            {
                "name": one.plan.name,
                "title": one.plan.title,
                "hypothesis": one.plan.hypothesis,
                "claim": one.plan.claim,
                "own": one.is_own,
                "waits_for": list(one.waits_for),
                "counts": one.counts,
            }
            for one in found
        ],
    )


@experiments.command()
@click.argument("name")
@axis_options
@face_command
def plan(face: Face, name: str, **said: Any) -> None:
    """Say what the experiment NAME would train, and what each training would take.

    \b
    Examples:
      lorewright experiments plan A
      lorewright experiments plan B --base pocket --set size=20,40
    """
    with face.store() as store:
        made = plan_experiment(face.workspace, store, face.settings, wish_of(name, said))
        outline = estimate_experiment(face.workspace, store, face.settings, made)
    say_plan(face, made)
    for one in outline.cells:
        face.say(_expected_in_words(one))
    known = [one for one in outline.cells if one.seconds is not None]
    seconds = sum(one.seconds[1] for one in known if one.seconds)
    cost = sum((one.cost_usd for one in known if one.cost_usd is not None), Decimal(0))
    missing = len(outline.cells) - len(known)
    rest = f", and {counted(missing, 'training')} that nobody can foresee" if missing else ""
    face.say(f"all: likely {span(seconds)} one after the other, {cost:.4f} USD{rest}")
    face.note(f"next: lorewright experiments run {name} with the same options")
    face.result(
        "experiments",
        plan=made.plan.name,
        title=made.plan.title,
        hypothesis=made.plan.hypothesis,
        dataset=made.dataset,
        filled={key: one.model_dump() for key, one in made.filled.items()},
        cells=[_expected_told(one) for one in outline.cells],
        seconds=round(seconds, 1),
        cost_usd=cost,
        unknown=missing,
        notes=list(made.same),
    )


@experiments.command()
@click.argument("name")
@axis_options
@click.option("--detach", is_flag=True, help="Only queue it; workers train.")
@job_options
@face_command
def run(face: Face, name: str, *, detach: bool, **said: Any) -> None:
    """Train everything that the experiment NAME is made of, and show the table.

    What was trained before is not trained again, and one training that fails does not stop the
    others. Cut off at any point, the same command goes on. Ctrl-C lets all of it rest.

    \b
    Examples:
      lorewright experiments run learning-rate
      lorewright experiments run B --base pocket --set size=20,40,80
      lorewright experiments run D --dataset coach@latest --dataset nurse@latest --base pocket
      lorewright experiments run A --detach --max-cost 40
    """
    limits = {key: said.pop(key) for key in ("max_cost", "max_minutes", "retry_oom")}
    settings = with_limits(face.settings, **limits)
    if detach:
        _order(face, settings, wish_of(name, said))
        return
    with training_progress(face) as watch:
        table = run_here(face, settings, wish_of(name, said), watch)
    show_table(face, table)


@experiments.command()
@click.argument("name")
@click.option("--dataset", help="The newest run on this dataset; by default on the newest.")
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page with a map of the losses, and a curve where sizes vary.",
)
@face_command
def show(face: Face, name: str, dataset: str | None, html: Path | None) -> None:
    """Show how the experiment NAME stands: every training, and what differs beyond chance.

    \b
    Examples:
      lorewright experiments show learning-rate
      lorewright experiments show B --html sizes.html
    """
    with face.store() as store:
        table = show_experiment(face.workspace, store, face.settings, name, dataset=dataset)
        page = html and write_experiment_page(face.workspace, store, table, html)
    show_table(face, table, page=page)


def _order(face: Face, settings: Settings, wish: Wish) -> None:
    with face.store() as store:
        made = plan_experiment(face.workspace, store, settings, wish)
        runs = order_experiment(store, settings, made)
    say_plan(face, made)
    for cell, name in runs.items():
        face.say(f"queued {cell}: {name}")
    if not runs:
        face.say("all of it was trained before; nothing is left to do")
    most = settings.jobs.max_cost_usd
    if most is not None and runs:
        face.note(f"each may cost {most / len(runs):.4f} USD")
    face.note(f"next: lorewright worker, then lorewright experiments show {made.plan.name}")
    face.result("experiments", plan=made.plan.name, dataset=made.dataset, queued=runs)


def _standing(one: Listed) -> str:
    if one.counts:
        return ", ".join(f"{count:,} {state}" for state, count in one.counts.items())
    return f"waits for {' and '.join(one.waits_for)}" if one.waits_for else "can be run"


def _expected_in_words(one: Expected) -> str:
    varied = ", ".join(f"{name} {value}" for name, value in one.cell.varied.items())
    head = f"{one.cell.name}: {varied}" if varied else one.cell.name
    if one.state.is_done:
        return f"{head}: trained before, takes nothing"
    takes = "what it takes is known once its base is here"
    if one.seconds is not None:
        low, likely, high = map(span, one.seconds)
        takes = f"{low} to {high}, likely {likely}"
    cost = "" if one.cost_usd is None else f", {one.cost_usd:.4f} USD"
    return f"{head}: {takes}{cost}" if one.reason is None else f"{head}: cannot: {one.reason}"


def _expected_told(one: Expected) -> dict[str, Any]:
    return {
        "cell": one.cell.name,
        "varied": dict(one.cell.varied),
        "examples": one.cell.examples,
        "state": one.state.value,
        "seconds": None if one.seconds is None else [round(value, 1) for value in one.seconds],
        "cost_usd": one.cost_usd,
        "reason": one.reason,
    }
