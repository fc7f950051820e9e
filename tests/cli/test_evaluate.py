"""Evaluating on scenarios from the command line: plan, lock, answer, prove."""

from pathlib import Path

import pytest

from builders import WORDS, a_source
from cli.program import QUICK, done, lorewright, told
from cli.story import Story
from every_kind import a_collection_of, a_scenario, a_scenario_set
from flows.proved import as_lines
from lorewright.evaluate.proof import DIMENSIONS
from lorewright.flows.arms import lines_of
from lorewright.records import Answers, Ratings
from lorewright.settings import load_settings
from lorewright.store import Workspace

BRIEF = {
    "LOREWRIGHT_EVALUATION__PROOF__ANSWERS__BATCH": "8",
    "LOREWRIGHT_TRAINING__THREADS": "1",
}
COUNT = 24


@pytest.fixture
def asked(story: Story) -> Story:
    """The story, with scenarios."""
    found = tuple(
        a_scenario(f"s-{number:03}", f"Client number {number} is worried.", "And what then?")
        for number in range(COUNT)
    )
    workspace = Workspace(story.workspace)
    with workspace.open(load_settings(workspace.settings_file)) as store:
        store.put_blob(WORDS.encode())
        store.put(a_source(), *found, a_collection_of(found), a_scenario_set(*found))
    return story


def test_a_plan_needs_no_workspace_and_no_adapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(tmp_path / "nothing"))

    said = told("evaluate", "--plan")

    assert said["scenarios"] == 100
    assert [row["for_eighty"] for row in said["margins"]] == [1269, 319, 116, 53, 21]
    assert [row["for_eighty"] for row in said["raters"]] == [72, 55, 50, 46, 43]
    assert "1,269" in done("evaluate", "--plan").out


def test_a_plan_counts_the_scenarios_that_there_are(asked: Story) -> None:
    assert asked.workspace.is_dir()
    assert told("evaluate", "--plan")["scenarios"] == COUNT


def test_without_scenarios_reference_answers_are_all(story: Story) -> None:
    assert story.workspace.is_dir()
    assert told("evaluate")["scenarios"] is None


def test_a_lock_without_scenarios_says_what_is_missing(story: Story) -> None:
    said = lorewright("evaluate", "--lock")

    assert said.code == 2
    assert story.workspace.is_dir()
    assert "there are no scenarios" in said.err
    assert "lorewright scenarios" in said.err


@pytest.mark.parametrize("words", [("--again",), ("--scenarios", "nobody"), ("--control", "x")])
def test_what_is_asked_of_scenarios_is_missed_before_anything_is_scored(
    story: Story, words: tuple[str, ...]
) -> None:
    said = lorewright("evaluate", *words)

    assert said.code == 2
    assert story.workspace.is_dir()
    assert "scoring" not in said.err


def test_a_plan_for_scenarios_that_are_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(tmp_path / "nothing"))

    assert lorewright("evaluate", "--plan", "--scenarios", "clients").code == 2


def test_planning_and_locking_at_once_is_refused(story: Story) -> None:
    assert story.workspace.is_dir()
    assert lorewright("evaluate", "--plan", "--lock").code == 2


def test_an_estimate_locks_nothing_and_asks_nobody(asked: Story) -> None:
    said = told("evaluate", "--estimate", settings=BRIEF)

    tokens = int(QUICK["LOREWRIGHT_EVALUATION__PROOF__ANSWERS__TOKENS"])
    assert said["answers"] == 4 * 2 * COUNT
    assert said["tokens"] == 4 * 2 * COUNT * tokens
    assert said["reference"] is None
    shown = done("evaluate", "--estimate", settings=BRIEF)
    assert "nobody was asked" in shown.err
    assert f"answers: {4 * 2 * COUNT}" in shown.out
    assert not list(asked.workspace.rglob("*.lock.toml"))


def test_the_cost_of_a_reference_is_told_before_it_is_asked(asked: Story) -> None:
    paid = {
        **BRIEF,
        "LOREWRIGHT_EVALUATION__PROOF__ANSWERS__REFERENCE": "openai:gpt-x",
        "LOREWRIGHT_TEACHER__MODEL": "openai:gpt-x",
        "LOREWRIGHT_TEACHER__INPUT_PRICE": "2",
        "LOREWRIGHT_TEACHER__OUTPUT_PRICE": "8",
        "OPENAI_API_KEY": "none",
    }

    said = told("evaluate", "--estimate", "--max-cost", "0.5", settings=paid)["reference"]

    assert asked.workspace.is_dir()
    (row, whole) = said["estimate"]
    assert row["purpose"] == "evaluate/reference"
    assert row["calls"][0] == 2 * COUNT
    assert float(whole["cost_usd"][2]) > 0
    assert said["limit"] == "0.5"
    assert "US dollars" in done("evaluate", "--estimate", settings=paid).out


def test_an_estimate_and_something_else_is_refused(story: Story) -> None:
    assert story.workspace.is_dir()
    assert lorewright("evaluate", "--estimate", "--lock").code == 2
    assert lorewright("evaluate", "--estimate", "--plan").code == 2


def test_a_whole_evaluation_goes_from_lock_to_proof(asked: Story) -> None:
    locked = told("evaluate", "--lock", settings=BRIEF)
    said = told("evaluate", settings=BRIEF)

    first = said["scenarios"]
    assert first["lock"] == locked["lock"]
    assert Path(locked["path"]).read_text(encoding="utf-8").startswith("# What is evaluated")
    assert {arm: one["requested"] for arm, one in first["answers"].items()} == dict.fromkeys(
        ("base", "prompted-base", "neutral-control", "tuned"), 2 * COUNT
    )
    assert (first["proof"], first["verdict"]) == (None, None)
    said_again = done("evaluate", settings=BRIEF)
    assert "nobody has rated these answers" in said_again.out
    assert "lorewright ratings judge" in said_again.err

    keep_ratings(asked)
    proof = told("evaluate", settings=BRIEF)["scenarios"]

    assert proof["answers"] == first["answers"]
    assert proof["origin"] == "synthetic"
    assert proof["verdict"] in {"better", "invalid"}
    assert proof["deviations"] == []
    assert "proof" in done("show", proof["proof"]).out
    assert lorewright("evaluate", "--lock", settings=BRIEF).code == 1
    assert told("evaluate", "--lock", "--again", settings=BRIEF)["again"] == 1


def keep_ratings(story: Story) -> None:
    """A sheet in which the tuned adapter is far ahead."""
    points = {"tuned": 4.5, "neutral-control": 3.0, "prompted-base": 2.5, "base": 2.0}
    workspace = Workspace(story.workspace)
    with workspace.open(load_settings(workspace.settings_file)) as store:
        answers = [*store.get_many(store.names(Answers.kind), Answers)]
        rows = [
            {
                "scenario": line.scenario, "arm": one.arm, "dimension": dimension,
                "generation": 0, "turn": line.turn, "repeat": 0, "reason": "",
                "family": line.scenario,
                "value": min(5.0, points[one.arm] + (int(line.scenario[2:]) % 5) / 10),
            }
            for one in answers
            for line in lines_of(store, one)
            for dimension in DIMENSIONS
        ]  # fmt: skip
        store.put(
            Ratings(
                rater="ann",
                by="person",
                origin="synthetic",
                requested=len(rows),
                accepted=len(rows),
                ratings=store.put_blob(as_lines(rows)),
                votes=store.put_blob(b""),
                made_from=tuple(one.ref for one in answers),
            )
        )
