"""Training jobs on the command line: listed, shown, watched and steered."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli.program import done, lorewright, told
from lorewright.cli.job_screen import BARS, jobs_on_screen, sparkline
from lorewright.flows.training_jobs import newest_views
from lorewright.flows.training_orders import WORK, TrainingOrder, attach_jobs
from lorewright.lineage import Ref
from lorewright.settings import JobSettings, Settings, TrainingSettings
from lorewright.store import Workspace
from lorewright.store.training_jobs import TrainingState, jobs_of_run, move_job, note_job
from lorewright.store.training_metrics import Heard, Metrics, note_heard
from lorewright.store.work_runs import order_run


@pytest.fixture
def run(workspace: Path) -> str:
    """Two jobs that were begun, at 3.60 USD an hour, and that rest in the midst."""
    order = TrainingOrder(dataset=Ref("dataset", "a" * 64), settings=TrainingSettings())
    prices = JobSettings.model_validate({"prices": {"cpu": "3.6"}, "max_cost_usd": "2"})
    with Workspace(workspace).open(Settings()) as store:
        name = order_run(store, WORK, order.as_request())
        attach_jobs(store, name, order, prices)
        for job in jobs_of_run(store, name):
            move_job(store, job.id, TrainingState.INITIALIZING)
            move_job(store, job.id, TrainingState.RUNNING)
            heard = Heard(
                events_read=9,
                attempt=1,
                phase="train",
                machine_seconds=900.0,
                current_step=45,
                total_steps=180,
                loss_tokens=1000,
                total_loss_tokens=4000,
                loss=2.5,
                held_out_loss=3.25,
                tokens_per_s=420.0,
                step_s=0.5,
                eta_s=67.5,
            )
            steps = [Metrics(n, n / 60, 4.0 - n / 30, None, 0.001, 1.0, n, 1.0) for n in range(45)]
            note_heard(store, job.id, 0, heard, steps)
            move_job(store, job.id, TrainingState.PAUSED)
    return name


def test_without_jobs_the_list_says_what_makes_them(workspace: Path) -> None:
    assert "lorewright train" in done("jobs", "list").err
    assert told("jobs", "list")["jobs"] == []


def test_a_job_is_listed_and_shown_with_its_numbers(run: str) -> None:
    listed, shown = done("jobs", "list").out, done("jobs", "show", run).out

    assert listed.count("\n") == 2
    for words in ("paused", "25%", "step 45 of 180", "loss 2.500", "15 min 00 s so far", "$0.9000"):
        assert words in listed
    for words in (run, "1,000 of 4,000 loss tokens", "held-out loss 3.2500", "$3.60 an hour"):
        assert words in shown


def test_a_job_elsewhere_says_where_it_is_and_that_it_does_not_answer(
    run: str, workspace: Path
) -> None:
    place = '{"name": "rented", "place": {"kind": "ssh", "host": "gpu1"}}'
    with Workspace(workspace).open(Settings()) as store:
        for job in jobs_of_run(store, run):
            move_job(store, job.id, TrainingState.QUEUED)
            move_job(store, job.id, TrainingState.INITIALIZING)
            told = {"destination": place, "unreachable_since": 1_800_000_000.0}
            note_job(store, job.id, **told, cleanup="by hand: ssh gpu1", spent_seconds=600.0)

    listed, shown = done("jobs", "list").out, done("jobs", "show", run).out

    assert listed.count("unreachable") == 4
    assert "unreachable since 2027-01-15 08:00:00" in listed
    assert "by hand: ssh gpu1" in shown
    assert "at other places" in shown
    job = told_of(run)
    assert (job["on"], job["state"]) == ("rented", "unreachable")
    assert (job["unreachable_since"], job["cleanup"]) == (1_800_000_000.0, "by hand: ssh gpu1")


def told_of(run: str) -> dict[str, object]:
    return told("jobs", "show", run)["jobs"][0]


@pytest.mark.parametrize("words", [("train", "--on", "moon"), ("jobs", "resume", "--on", "moon")])
def test_a_place_that_there_is_not_is_told(run: str, words: tuple[str, ...]) -> None:
    more = (run,) if words[0] == "jobs" else ()

    said = lorewright(*words, *more)

    assert said.code == 2
    if more:
        assert "there is no place called 'moon'" in said.err
        assert "[elsewhere.places.rented]" in said.err


def test_jobs_are_sent_to_a_place_when_they_are_resumed(run: str, workspace: Path) -> None:
    with (workspace / "lorewright.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[elsewhere.places.rented]\nkind = "ssh"\nhost = "gpu1"\nusd_per_hour = 2.49\n'
        )
    done("jobs", "resume", run, "--detach", "--on", "rented")
    job = told_of(run)
    assert (job["on"], job["price_source"]) == ("rented", "elsewhere.places.rented")
    assert job["actual_cost_usd"] == "0.900000"

    done("jobs", "pause", run)
    done("jobs", "resume", run, "--detach")
    assert told_of(run)["on"] == "rented"
    done("jobs", "pause", run)
    done("jobs", "resume", run, "--detach", "--on", "here")
    assert told_of(run)["on"] == "here"


def test_a_program_reads_the_same_numbers(run: str) -> None:
    found = told("jobs", "show", run)["jobs"]

    assert [job["role"] for job in found] == ["tuned", "permuted-control"]
    assert [job["actual_cost_usd"] for job in found] == ["0.900000"] * 2
    first = found[0]
    assert (first["progress"], first["machine_hours"], first["gpu_hours"]) == (0.25, 0.25, 0)
    assert Decimal(first["max_cost_usd"]) == 2
    assert len(first["metrics"]) == 45
    assert first["error"] is None
    assert told("jobs", "show", first["id"])["jobs"] == [first]


def test_watching_without_a_terminal_says_it_in_lines(run: str) -> None:
    said = done("jobs", "watch", run)

    assert said.err.count("paused") == 2
    assert said.out.count("paused") == 2


def test_jobs_are_resumed_for_a_worker_and_cancelled(run: str) -> None:
    resumed = done("jobs", "resume", run, "--detach", "--max-minutes", "90", "--max-cost", "0.5")
    assert f"lorewright worker --for {run}" in resumed.err
    job = told("jobs", "list")["jobs"][0]
    assert (job["state"], job["max_minutes"]) == ("queued", 90)
    assert Decimal(job["max_cost_usd"]) == Decimal("0.5")

    assert {one["state"] for one in told("jobs", "cancel", job["id"])["jobs"]} == {"cancelled"}
    assert told("run", "show", run)["state"] == "cancelled"
    again = told("jobs", "resume", job["id"], "--detach")["jobs"]
    assert {one["state"] for one in again} == {"queued"}
    assert {one["run"] for one in again} != {run}
    assert {one["state"] for one in told("jobs", "pause", job["id"])["jobs"]} == {"paused"}


@pytest.mark.parametrize("verb", ["show", "watch", "cancel", "pause", "resume"])
def test_a_job_that_is_not_there_is_told(workspace: Path, verb: str) -> None:
    said = lorewright("jobs", verb, "tuned-00000000")

    assert said.code == 2
    assert "lorewright jobs list" in said.err


@pytest.mark.parametrize("most", ["0", "-1", "nan", "much"])
def test_a_limit_that_is_none_is_refused(workspace: Path, most: str) -> None:
    for option in ("--max-cost", "--max-minutes"):
        said = lorewright("train", option, most)
        assert said.code == 2
        assert "number" in said.err or "nothing" in said.err


def test_the_screen_shows_a_row_for_each_job(run: str, workspace: Path) -> None:
    with Workspace(workspace).open(Settings()) as store:
        views = newest_views(Workspace(workspace), store)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(jobs_on_screen(views, {view.job.id: [4.0, 3.0, 2.5] for view in views}))
    shown = console.export_text()

    for words in ("25%", "of 4,000", "█▃▁ 2.500", "3.250", "420", "$0.9000"):
        assert shown.count(words) == 2, words


@given(st.lists(st.floats(-1e6, 1e6), max_size=200))
def test_a_sparkline_has_at_most_its_width_and_shows_the_highest(values: list[float]) -> None:
    line = sparkline(values)

    assert len(line) == min(32, len(values))
    assert set(line) <= set(BARS)
    if len(set(values)) > 1 and len(values) <= 32:
        assert BARS[-1] in line
        assert line[0] == BARS[0] or min(values) != values[0]
