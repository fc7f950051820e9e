"""An experiment in words: its table, its sums, what is best and how to use it; and its page."""

import hashlib
import json
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

from lorewright.errors import UsageError
from lorewright.flows.adapting import name_of
from lorewright.flows.experiment_states import CellResult, CellState
from lorewright.flows.experiment_table import Difference, Row, Table
from lorewright.pictures import (
    CurvePoint,
    ExperimentPage,
    PageCell,
    learning_curve,
    render_experiment,
)
from lorewright.pictures.figures import NONE
from lorewright.records import Dataset
from lorewright.statistics import digits_for, signed
from lorewright.store import Store, Workspace, remember_file
from lorewright.train.experiments import DATASET, TIMES

OPTIONS = ("base", "examples", "method", "preset", "rank", "learning_rate", "epochs")
"""Settings that `lorewright train` has an option for."""


def columns_of(table: Table) -> tuple[str, ...]:
    """The head of the table."""
    control = ("over control",) if table.experiment.plan.with_control else ()
    return (
        "cell",
        *_varied(table),
        "state",
        "examples",
        "steps",
        "loss tokens",
        "train loss",
        f"held-out, nats per {table.per}",
        "95 % interval",
        f"against {table.experiment.baseline}",
        "p",
        *control,
        "minutes",
        "USD",
    )


def row_in_words(table: Table, row: Row) -> tuple[str, ...]:
    """One row of the table; a dash where there is no number."""
    result, tuned = row.result, row.result.tuned
    control = (_difference(row.over_control),) if table.experiment.plan.with_control else ()
    steps, tokens = (f"{tuned.steps:,}", f"{tuned.loss_tokens:,}") if tuned else (NONE, NONE)
    return (
        row.name,
        *(_shown(name, result.cell.varied.get(name, NONE)) for name in _varied(table)),
        result.state.value,
        NONE if result.cell.examples is None else f"{result.cell.examples:,}",
        steps,
        tokens,
        f"{tuned.train_loss:.3f}" if tuned else NONE,
        NONE if row.loss is None else f"{row.loss:.4f}",
        NONE if row.interval is None else f"{row.interval.low:.3f} to {row.interval.high:.3f}",
        "baseline" if row.name == table.experiment.baseline else _difference(row.difference),
        _p_value(row.difference),
        *control,
        f"{result.minutes:.1f}" if result.jobs else NONE,
        f"{result.cost_usd:.4f}" if result.jobs else NONE,
    )


def sums_in_words(table: Table) -> str:
    """What was requested, and what became of it; it adds up."""
    counts = table.counts
    always = ("trained", "known", "failed", "not_begun")
    told = [name for name in counts if name in always or counts[name]]
    parts = " + ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name in told)
    return f"{len(table.rows):,} requested = {parts}"


def verdict_in_words(table: Table) -> str:
    """Which cell is best, and from which it cannot be told."""
    if table.best is None:
        done = any(row.loss is not None for row in table.rows)
        return "there is no best cell" if done else "there is no result yet"
    loss = table.row(table.best).loss or 0.0
    said = f"the lowest held-out loss is {table.best}'s: {loss:.4f} nats per {table.per}"
    if table.alike:
        return f"{said}; it is not distinguishable from {', '.join(table.alike)}"
    others = sum(row.loss is not None for row in table.rows) - 1
    return f"{said}; every other is distinguishable from it" if others else said


def command_for(table: Table) -> str | None:
    """The command that trains the best cell with its control; None without a best one.

    A setting without an option of its own stands before it as a variable.
    """
    if table.best is None:
        return None
    experiment, cell = table.experiment, table.row(table.best).result.cell
    plan = experiment.plan
    said = {*cell.varied, *experiment.given, *experiment.filled, *plan.fixed, *plan.axes}
    said = {name if name != TIMES else "learning_rate" for name in said}
    options, variables = list[str](), list[str]()
    for name in sorted(said - {DATASET}):
        value = getattr(cell.order.settings, name)
        if value is None:
            continue
        if name in OPTIONS:
            options += [f"--{name.replace('_', '-')}", _plain(value)]
        else:
            variables.append(f"LOREWRIGHT_TRAINING__{name.upper()}={shlex.quote(_plain(value))}")
    data = [str(cell.order.dataset)] if DATASET in said else []
    return " ".join([*variables, shlex.join(["lorewright", "train", *data, *options])])


def table_told(table: Table) -> dict[str, Any]:
    """The same for other programs."""
    experiment = table.experiment
    return {
        "experiment": table.ref,
        "plan": experiment.plan.name,
        "title": experiment.plan.title,
        "hypothesis": experiment.plan.hypothesis,
        "claim": experiment.plan.claim,
        "dataset": experiment.dataset,
        "filled": {name: one.model_dump() for name, one in experiment.filled.items()},
        "baseline": experiment.baseline,
        "per": table.per,
        "requested": len(table.rows),
        "counts": table.counts,
        "best": table.best,
        "not_distinguishable": list(table.alike),
        "notes": list(table.notes),
        "cells": [_row_told(row) for row in table.rows],
        "next": command_for(table),
    }


def write_experiment_page(workspace: Workspace, store: Store, table: Table, path: Path) -> Path:
    """Write the table as one HTML file, with a map of the losses and a curve over sizes.

    Raises:
        UsageError: when the file has another ending.
    """
    if path.suffix.lower() != ".html":
        raise UsageError("a page ends with .html", where=str(path), hint="rename it")
    content = render_experiment(_page(store, table)).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    remember_file(store, workspace.local_path(path), "report", table.experiment.dataset, digest)
    return path


def _varied(table: Table) -> list[str]:
    return sorted({name for row in table.rows for name in row.result.cell.varied})


def _difference(found: Difference | None) -> str:
    if found is None:
        return NONE
    digits = digits_for(found.low, found.high)
    mean, low, high = (signed(n, digits=digits) for n in (found.mean, found.low, found.high))
    return f"{mean} [{low}, {high}]"


def _p_value(found: Difference | None) -> str:
    if found is None or found.p_adjusted is None:
        return NONE
    return "< 0.001" if found.p_adjusted < 0.001 else f"{found.p_adjusted:.3f}"


def _shown(name: str, value: str) -> str:
    return name_of(value) if name == "base" else value


def _plain(value: object) -> str:
    """As an option or a variable has it."""
    if isinstance(value, tuple | list):
        return json.dumps(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _row_told(row: Row) -> dict[str, Any]:
    result, tuned, control = row.result, row.result.tuned, row.result.control
    return {
        "cell": row.name,
        "varied": dict(result.cell.varied),
        "state": result.state.value,
        "reason": result.reason,
        "settings": result.cell.order.settings.model_dump(mode="json", exclude={"pocket"}),
        "dataset": result.cell.order.dataset,
        "jobs": [job.id for job in result.jobs],
        "adapter": None if tuned is None else tuned.ref,
        "control": None if control is None else control.ref,
        "examples": result.cell.examples,
        "steps": tuned and tuned.steps,
        "loss_tokens": tuned and tuned.loss_tokens,
        "train_loss": tuned and tuned.train_loss,
        "held_out_loss": tuned and tuned.held_out_loss,
        "loss": row.loss,
        "interval": None if row.interval is None else [row.interval.low, row.interval.high],
        "units": None if row.interval is None else row.interval.units,
        "difference": _difference_told(row.difference),
        "over_control": _difference_told(row.over_control),
        "minutes": round(result.minutes, 3),
        "cost_usd": result.cost_usd,
    }


def _difference_told(found: Difference | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "against": found.against,
        "mean": found.mean,
        "interval": [found.low, found.high],
        "p_value": found.p_value,
        "p_adjusted": found.p_adjusted,
        "units": found.units,
        "is_clear": found.is_clear,
    }


def _page(store: Store, table: Table) -> ExperimentPage:
    experiment = table.experiment
    data = store.get(experiment.dataset, Dataset)
    sizes = "examples" in _varied(table)
    return ExperimentPage(
        name=experiment.plan.name,
        title=experiment.plan.title,
        hypothesis=experiment.plan.hypothesis,
        claim=experiment.plan.claim,
        dataset=data.name,
        per=table.per,
        verdict=_sentence(verdict_in_words(table)),
        sums=_sentence(sums_in_words(table)),
        columns=columns_of(table),
        cells=tuple(_page_cell(table, row) for row in table.rows),
        notes=table.notes,
        curve=learning_curve(_points(table), per=table.per) if sizes else None,
    )


def _page_cell(table: Table, row: Row) -> PageCell:
    result = row.result
    return PageCell(
        name=row.name,
        varied={name: _shown(name, value) for name, value in result.cell.varied.items()},
        state=result.state.value,
        loss=row.loss,
        columns=row_in_words(table, row)[1:],
        is_best=row.name == table.best,
        is_baseline=row.name == table.experiment.baseline,
        is_alike=row.difference is not None and not row.difference.is_clear,
        reason=_why(result),
    )


def _why(result: CellResult) -> str | None:
    return result.reason if result.state is CellState.FAILED else None


def _points(table: Table) -> list[CurvePoint]:
    return [
        CurvePoint(
            row.name,
            row.result.cell.examples,
            row.loss,
            row.interval and row.interval.low,
            row.interval and row.interval.high,
        )
        for row in table.rows
        if row.loss is not None and row.result.cell.examples is not None
    ]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
