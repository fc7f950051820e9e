"""What an experiment shows, from losses that are made up."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from flows.experimented import TOPICS, WATCHED, a_dataset_of_sections, made_up
from lorewright.errors import BadSettings, BudgetReached, NotYet, Refused, UsageError
from lorewright.flows.experiment_orders import Wish, keep_experiment
from lorewright.flows.experiment_states import CellState, results_of
from lorewright.flows.experiment_table import Table
from lorewright.flows.experiment_words import (
    columns_of,
    command_for,
    row_in_words,
    sums_in_words,
    table_told,
    verdict_in_words,
    write_experiment_page,
)
from lorewright.flows.experiments import (
    estimate_experiment,
    list_plans,
    order_experiment,
    plan_experiment,
    run_experiment,
    show_experiment,
)
from lorewright.flows.lessons import count_taught, held_out_units, lesson_of, taught
from lorewright.records import Dataset, Split
from lorewright.settings import JobSettings, Settings, TrainingSettings
from lorewright.store import Store, Workspace
from lorewright.store.datasets import examples
from lorewright.store.training_jobs import TrainingState, jobs_of_run, move_job
from lorewright.train.experiments import Scalars

SETTINGS = Settings(training=TrainingSettings(force=("too-few-steps",)))
RATES: dict[str, Scalars] = {"learning_rate": (Decimal("0.001"), Decimal("0.002"))}


@pytest.fixture
def data(store: Store) -> Dataset:
    return a_dataset_of_sections(store)


@pytest.fixture
def world_of_sections(workspace: Workspace, store: Store, data: Dataset) -> tuple[Workspace, Store]:
    assert data
    return workspace, store


def a_table(
    workspace: Workspace, store: Store, *, plan: str = "learning-rate", gap: float = 0.5
) -> Table:
    """Two rates; the second one loses `gap` less on every example, up to a little chance."""
    experiment = plan_experiment(workspace, store, SETTINGS, Wish(plan, values=RATES))
    second = experiment.cells[-1].name

    def nats(number: int, cell: str) -> float:
        chance = 0.1 if number % 2 else -0.1
        return 2 + number % 4 + (chance - gap if cell == second else 0)

    made_up(store, SETTINGS, experiment, nats)
    return show_experiment(workspace, store, SETTINGS, plan)


def test_the_unit_is_a_section_and_a_clear_difference_is_called_so(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    table = a_table(workspace, store)
    first, second = table.rows

    assert len({*held_out_units(store, data).values()}) == len(WATCHED)
    assert first.interval is not None
    assert first.interval.units == len(WATCHED)
    assert second.difference is None  # it is the baseline
    assert first.difference is not None
    assert first.difference.mean == pytest.approx((first.loss or 0) - (second.loss or 0))
    assert first.difference.is_clear
    assert first.difference.p_adjusted == first.difference.p_value == 2 / 2 ** len(WATCHED)
    assert (table.best, table.alike) == ("learning-rate-2", ())
    assert "every other is distinguishable" in verdict_in_words(table)
    assert "--learning-rate 0.002" in (command_for(table) or "")


def test_what_the_noise_may_explain_is_not_distinguishable(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    table = a_table(workspace, store, gap=0.01)

    assert table.best is not None
    assert len(table.alike) == 1
    assert verdict_in_words(table).endswith(f"it is not distinguishable from {table.alike[0]}")


def test_bases_that_cut_words_otherwise_are_compared_per_character(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    experiment = plan_experiment(
        workspace, store, SETTINGS, Wish("A", values={"base": ("pocket", "some/base")})
    )
    # The second base needs twice the tokens for the same words, and loses as much on all of them.
    made_up(
        store,
        SETTINGS,
        experiment,
        lambda _number, cell: 2.0 if cell == "A1" else 1.0,
        tokens={"A1": 10, "A2": 20},
    )
    table = show_experiment(workspace, store, SETTINGS, "A")

    assert table.per == "character"
    assert table.rows[0].loss == pytest.approx(table.rows[1].loss)
    assert any("per character" in note for note in table.notes)


def test_cells_on_other_datasets_are_not_ranked_and_stand_beside_their_controls(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    other = a_dataset_of_sections(store, name="other")
    datasets = (str(data.ref), str(other.ref))
    wish = Wish("D", datasets, {"base": ("pocket",)})
    experiment = plan_experiment(workspace, store, SETTINGS, wish)
    made_up(
        store,
        SETTINGS,
        experiment,
        lambda number, cell: 2 + number % 2 / 10 + (0.4 if cell.endswith("control") else 0),
    )
    table = show_experiment(workspace, store, SETTINGS, "D")

    assert [cell.order.dataset for cell in experiment.cells] == [data.ref, other.ref]
    assert table.best is None
    assert verdict_in_words(table) == "there is no best cell"
    for row in table.rows:
        assert row.difference is None
        assert row.over_control is not None
        assert row.over_control.mean == pytest.approx(-0.4)


def test_a_plan_is_filled_from_the_best_of_those_that_are_done(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    with pytest.raises(NotYet, match="takes its base from the best of A, which has no result"):
        plan_experiment(workspace, store, SETTINGS, Wish("B"))
    first = plan_experiment(
        workspace, store, SETTINGS, Wish("A", values={"base": ("pocket", "some/base")})
    )
    made_up(store, SETTINGS, first, lambda number, cell: number + (cell == "A1"), without=("A1",))
    with pytest.raises(NotYet, match="has no result yet"):
        plan_experiment(workspace, store, SETTINGS, Wish("C"))
    made_up(store, SETTINGS, first, lambda number, cell: number + (cell == "A1"))

    second = plan_experiment(workspace, store, SETTINGS, Wish("C"))

    assert second.filled["base"].value == "some/base"
    assert {cell.order.settings.base for cell in second.cells} == {"some/base"}
    assert [cell.varied["method"] for cell in second.cells] == ["lora", "qlora", "full"]
    listed = {one.plan.name: one for one in list_plans(workspace, store)}
    assert listed["A"].counts == {"trained": 2}
    assert listed["B"].waits_for == ()
    assert listed["E"].waits_for == ("the best of B", "the best of C")


def test_a_page_holds_the_map_the_table_and_nothing_from_elsewhere(
    workspace: Workspace, store: Store, data: Dataset, tmp_path: Path
) -> None:
    assert data
    table = a_table(workspace, store, gap=0.01)
    page = write_experiment_page(workspace, store, table, tmp_path / "page.html")
    words = page.read_text(encoding="utf-8")

    assert "not distinguishable from learning-rate-" in words
    assert "alike" in words.partition("<tbody>")[2]
    assert "http" not in words.replace("http-equiv", "").replace("http://www.w3.org", "")
    with pytest.raises(UsageError, match=r"ends with \.html"):
        write_experiment_page(workspace, store, table, tmp_path / "page.txt")


def test_sizes_are_drawn_as_a_curve(
    workspace: Workspace, store: Store, data: Dataset, tmp_path: Path
) -> None:
    assert data
    wish = Wish("learning-curve", values={"examples": (5, 10, 15)})
    experiment = plan_experiment(workspace, store, SETTINGS, wish)
    made_up(store, SETTINGS, experiment, lambda number, cell: number + 1 / int(cell[-1]))
    table = show_experiment(workspace, store, SETTINGS, "learning-curve")
    page = write_experiment_page(workspace, store, table, tmp_path / "page.html")

    words = page.read_text(encoding="utf-8")
    assert "From 5 to 15 examples the held-out loss fell" in words
    assert words.count('class="mark tuned"') == 2 * 3  # in both widths
    assert "--examples 15" in (command_for(table) or "")


def test_everything_that_is_told_adds_up_and_is_json(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    experiment = plan_experiment(workspace, store, SETTINGS, Wish("learning-rate"))
    made_up(
        store,
        SETTINGS,
        experiment,
        lambda number, _cell: 1.0 + number,
        without=("learning-rate-2", "learning-rate-3"),
    )
    waiting = results_of(store, experiment.cells)[1]
    assert waiting.state is CellState.WAITING
    run = waiting.jobs[0].run
    move_job(store, jobs_of_run(store, run)[0].id, TrainingState.PAUSED)
    table = show_experiment(workspace, store, SETTINGS, "learning-rate")

    told = json.loads(json.dumps(table_told(table), default=str))

    assert told["requested"] == sum(told["counts"].values()) == 3
    assert sums_in_words(table) == (
        "3 requested = 1 trained + 0 known + 0 failed + 1 waiting + 1 resting + 0 not begun"
    )
    assert {len(row_in_words(table, row)) for row in table.rows} == {len(columns_of(table))}
    assert table.is_done is False


def test_nothing_is_begun_when_nothing_is_left_to_spend_and_the_others_rest(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    poor = Settings(
        training=SETTINGS.training,
        jobs=JobSettings.model_validate({"max_cost_usd": "0.01", "prices": {"cpu": "3.6"}}),
    )
    experiment = plan_experiment(workspace, store, poor, Wish("learning-rate"))
    made_up(store, poor, experiment, lambda number, _cell: number, without=("learning-rate-3",))

    with pytest.raises(BudgetReached, match=r"cost the \$0.01 that it may"):
        run_experiment(workspace, store, poor, experiment)

    states = [one.state for one in results_of(store, experiment.cells)]
    assert states == [CellState.TRAINED, CellState.TRAINED, CellState.WAITING]


def test_workers_share_what_all_of_it_may_cost(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    rich = Settings(jobs=JobSettings(max_cost_usd=Decimal(9)))
    experiment = plan_experiment(workspace, store, rich, Wish("learning-rate"))

    runs = order_experiment(store, rich, experiment)

    assert [*runs] == ["learning-rate-1", "learning-rate-2", "learning-rate-3"]
    limits = {job.max_cost_usd for run in runs.values() for job in jobs_of_run(store, run)}
    assert limits == {Decimal(3)}


def test_the_same_wish_is_the_same_experiment_and_another_one_is_not(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    names = [
        plan_experiment(workspace, store, SETTINGS, wish).recipe.ref
        for wish in (
            Wish("learning-rate"),
            Wish("learning-rate", (str(data.ref),)),
            Wish("learning-rate", values={"rank": (4,)}),
        )
    ]

    assert names[0] == names[1] != names[2]
    kept = keep_experiment(
        store, plan_experiment(workspace, store, SETTINGS, Wish("learning-rate"))
    )
    assert show_experiment(workspace, store, SETTINGS, str(kept)).ref == kept == names[0]


def test_an_estimate_says_what_cannot_be_trained(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    wish = Wish("learning-curve", values={"examples": (5, 400)})
    experiment = plan_experiment(workspace, store, SETTINGS, wish)

    first, second = estimate_experiment(workspace, store, SETTINGS, experiment).cells

    assert first.seconds is not None
    assert 0 < first.seconds[0] < first.seconds[2]
    assert first.cell.examples == 5
    assert "400 examples are asked for" in (second.reason or "")


@pytest.mark.parametrize(
    ("wish", "error", "words"),
    [
        (Wish("nothing"), BadSettings, "no experiment 'nothing'"),
        (Wish("D", values={"base": ("pocket",)}), UsageError, "run on datasets that you name"),
        (Wish("A", values={"pocket": (1,)}), UsageError, "no training setting 'pocket'"),
        (Wish("A", values={"rank": (0,)}), BadSettings, "rank is off"),
        (Wish("A", values={"learning_rate_times": ("x",)}), BadSettings, "no multiple"),
        (Wish("A", values={"seed": tuple(range(600))}), UsageError, "at most 500"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(
    world_of_sections: tuple[Workspace, Store], wish: Wish, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        plan_experiment(*world_of_sections, SETTINGS, wish)


def test_an_experiment_that_was_never_run_has_nothing_to_show(
    workspace: Workspace, store: Store, data: Dataset
) -> None:
    assert data
    with pytest.raises(NotYet, match="has not been run"):
        show_experiment(workspace, store, SETTINGS, "A")


def test_parts_of_a_dataset_lie_in_each_other_and_reach_both_roles(
    store: Store, data: Dataset
) -> None:
    def names(count: int | None, seed: int = 7) -> set[str]:
        wanted = TrainingSettings(examples=count, seed=seed)
        return {str(one.ref) for one in taught(store, data, wanted)}

    assert names(4) < names(9) < names(None)
    assert len(names(9)) == count_taught(store, data, TrainingSettings(examples=9)) == 9
    assert names(9) != names(9, seed=8)
    assert len(names(None)) == 3 * (len(TOPICS) - len(WATCHED))
    with pytest.raises(Refused, match="the training split has 15"):
        names(16)
    lessons = [lesson_of(one) for one in examples(store, data, Split.TRAIN)]
    assert len({*lessons}) == len(lessons)
