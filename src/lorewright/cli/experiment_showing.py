"""An experiment at a terminal: what is about to be trained, and the table of what came of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lorewright.cli.face import Face, counted
from lorewright.errors import Incomplete
from lorewright.flows.experiment_orders import Experiment, Wish
from lorewright.flows.experiment_states import CellResult
from lorewright.flows.experiment_table import Table
from lorewright.flows.experiment_words import (
    columns_of,
    command_for,
    row_in_words,
    sums_in_words,
    table_told,
    verdict_in_words,
)
from lorewright.flows.experiments import plan_experiment, run_experiment
from lorewright.settings import Settings
from lorewright.train import Event

Watch = Callable[[str, Event], None]


def run_here(face: Face, settings: Settings, wish: Wish, watch: Watch) -> Table:
    """Run an experiment in this process."""
    with face.store() as store:
        made = plan_experiment(face.workspace, store, settings, wish)
        say_plan(face, made)
        return run_experiment(
            face.workspace,
            store,
            settings,
            made,
            watch=lambda cell, role, event: watch(f"{cell} {role}", event),
            on_cell=lambda result: face.note(_ended(result)),
        )


def show_table(
    face: Face, table: Table, *, page: Path | None = None, command: str = "experiments"
) -> None:
    """Say everything that came of an experiment.

    Args:
        face: where.
        table: the experiment.
        page: where it was written as a page.
        command: the command that says so.
    """
    rows = [columns_of(table), *(row_in_words(table, row) for row in table.rows)]
    for line in _aligned(rows):
        face.say(line)
    for row in table.rows:
        if row.result.reason:
            face.say(f"{row.name} failed: {row.result.reason}")
    face.say(sums_in_words(table))
    face.say(verdict_in_words(table))
    for note in table.notes:
        face.say(note)
    if page is not None:
        face.say(f"page {page}")
    winner = command_for(table)
    if winner is not None:
        face.note(f"next: {winner}")
    face.result(command, **table_told(table), page=page and str(page))


def say_plan(face: Face, made: Experiment) -> None:
    """Say what is about to be trained, and what is expected of it."""
    face.say(f"{made.plan.name}, {made.plan.title}: {counted(len(made.cells), 'training')}")
    face.say(f"expected: {made.plan.hypothesis}")
    if made.plan.claim:
        face.say(f"said elsewhere, not measured here: {made.plan.claim}")
    for name, one in made.filled.items():
        face.say(f"{name} is {one.value}, from {one.cell}, the best of {one.best_of}")
    for same in made.same:
        face.say(same)


def refuse_without_best(table: Table) -> None:
    """Say that a sweep has no winner.

    Raises:
        Incomplete: when no cell has a result.
    """
    if table.best is None:
        raise Incomplete(
            "the sweep has no winner, since nothing was trained to its end",
            hint="mend what is said above and run the same command again",
        )


def _ended(result: CellResult) -> str:
    why = f": {result.reason}" if result.reason else ""
    return f"{result.cell.name} {result.state.value}{why}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """As a table whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
