"""An experiment from plan to table: killed, gone on with, failed in part, built upon."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from flows.experimented import WATCHED, a_dataset_of_sections
from flows.trainable import PACE, TESTS, settings_for, until
from lorewright.errors import NotYet
from lorewright.flows.experiment_orders import Wish
from lorewright.flows.experiment_states import CellState, results_of
from lorewright.flows.experiment_table import Table
from lorewright.flows.experiment_words import command_for, sums_in_words, table_told
from lorewright.flows.experiments import (
    order_experiment,
    plan_experiment,
    run_experiment,
    show_experiment,
)
from lorewright.records import Adapter
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from lorewright.store.training_jobs import newest_jobs
from lorewright.train.claim import holder
from train.conftest import make_base

pytestmark = pytest.mark.slow

SIZES = """
name = "sizes"
title = "Sizes"
hypothesis = "More is better."
[axes]
size = [6, 12, 400]
"""
THEN = """
name = "then"
title = "Then"
hypothesis = "Chance is small."
[axes]
seed = [7, 8]
[needs]
size = { best_of = "sizes" }
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny", "llama")


@pytest.fixture
def started(
    workspace: Workspace, base: Path
) -> Generator[tuple[Settings, "subprocess.Popen[bytes]"]]:
    """An experiment that runs in a process of its own."""
    (workspace.folder / "experiments").mkdir()
    for name, text in (("sizes", SIZES), ("then", THEN)):
        (workspace.folder / "experiments" / f"{name}.toml").write_text(text, encoding="utf-8")
    settings = settings_for(base, epochs=5, force=("too-few-steps",))
    with workspace.open(settings) as store:
        a_dataset_of_sections(store)
    told = {
        "folder": str(workspace.folder),
        "settings": settings.model_dump(mode="json", include={"training", "jobs", "database"}),
        "plan": "sizes",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.experiment_program", json.dumps(told)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )
    yield settings, process
    process.kill()
    process.wait()
    for folder in workspace.jobs.glob("*"):
        if (child := holder(folder)) is not None:
            os.kill(child, signal.SIGKILL)


def test_killed_in_the_middle_it_goes_on_and_trains_nothing_twice(
    workspace: Workspace, started: tuple[Settings, "subprocess.Popen[bytes]"]
) -> None:
    settings, process = started
    with workspace.open(settings) as store:
        experiment = plan_experiment(workspace, store, settings, Wish("sizes"))
        with pytest.raises(NotYet, match="takes its examples from the best of sizes"):
            plan_experiment(workspace, store, settings, Wish("then"))

        def second_is_under_way() -> bool:
            first, second, _ = results_of(store, experiment.cells)
            return first.state is CellState.TRAINED and second.state is CellState.RUNNING

        until(second_is_under_way)
        process.kill()
        process.wait()
        ended: list[str] = []
        table = run_experiment(
            workspace,
            store,
            settings,
            experiment,
            pace=PACE,
            on_cell=lambda result: ended.append(f"{result.cell.name} {result.state}"),
        )

        assert ended == ["sizes-2 trained", "sizes-3 failed"]
        trained = [job for job in newest_jobs(store) if job.adapter]
        assert sorted(job.attempt for job in trained) == [1, 1]
        assert len([*store.names(Adapter.kind)]) == 2
        shown = show_experiment(workspace, store, settings, "sizes")
        assert table_told(shown) == table_told(table)
        _check_table(table)
        _check_what_is_built_on_it(workspace, store, settings, table)


def _check_table(table: Table) -> None:
    assert [row.result.cell.examples for row in table.rows] == [6, 12, None]
    assert sums_in_words(table) == "3 requested = 2 trained + 0 known + 1 failed + 0 not begun"
    reason = table.row("sizes-3").result.reason or ""
    assert "400 examples are asked for, and the training split has 15" in reason
    for row in table.rows[:2]:
        assert row.result.tuned is not None
        kept = float(row.result.tuned.held_out_loss or 0)
        assert row.loss == pytest.approx(kept, abs=2e-5)
        assert row.interval is not None
        assert row.interval.units == len(WATCHED)
    assert table.row("sizes-2").difference is not None
    assert table.best in {"sizes-1", "sizes-2"}


def _check_what_is_built_on_it(
    workspace: Workspace, store: Store, settings: Settings, table: Table
) -> None:
    best = table.row(table.best or "").result.cell
    built = plan_experiment(workspace, store, settings, Wish("then"))

    assert built.filled["examples"].cell == best.name
    assert [cell.examples for cell in built.cells] == [best.examples] * 2
    assert (command_for(table) or "").endswith(f"--examples {best.varied['examples']}")
    # Only what failed is tried again.
    assert [*order_experiment(store, settings, table.experiment)] == ["sizes-3"]
