"""Evaluating on scenarios from the command line: plan, lock, answer, prove."""

from pathlib import Path

import pytest

from builders import WORDS, a_source
from cli.program import done, lorewright, told
from cli.story import Story
from every_kind import a_collection_of, a_scenario, a_scenario_set
from flows.proved import as_lines
from lorewright.evaluate.proof import DIMENSIONS, ProofArm
from lorewright.flows.arms import Arms, lines_of
from lorewright.flows.contests import proof_contest
from lorewright.flows.locking import lock_of, told_as_locked
from lorewright.jobs import Progress
from lorewright.lineage import Ref
from lorewright.records import Answers, Ratings
from lorewright.settings import load_settings
from lorewright.store import Store, Workspace

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


def test_planning_and_locking_at_once_is_refused(story: Story) -> None:
    assert story.workspace.is_dir()
    assert lorewright("evaluate", "--plan", "--lock").code == 2


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


class Cut(Exception):
    """Whatever cuts a process off."""


def arms_of(workspace: Workspace, store: Store) -> Arms:
    settings = load_settings(workspace.settings_file)
    contest = proof_contest(store, settings)
    locked = lock_of(workspace, store, contest)
    return Arms(
        workspace,
        store,
        settings,
        contest,
        told_as_locked(store, locked.promise),
        decoding=locked.promise.decoding,
    )


def test_what_is_cut_off_goes_on_and_answers_the_same(asked: Story) -> None:
    done("evaluate", "--lock", settings=BRIEF)
    workspace = Workspace(asked.workspace)
    with workspace.open(load_settings(workspace.settings_file)) as store:
        cut_after(workspace, store, batches=2)
        (left,) = workspace.evaluations.glob("*.answers.jsonl")
        half = left.read_text(encoding="utf-8")
        left.write_text(f'{half}{{"scenario": "s-0', encoding="utf-8")  # torn

        done_now: list[int] = []
        answers = arms_of(workspace, store).answer(lambda one: done_now.append(one.done))
        kept = [line.scenario for line in lines_of(store, answers[ProofArm.BASE])]

        assert len(half.split()) > 0
        assert sorted({*kept}) == [f"s-{number:03}" for number in range(COUNT)]
        assert not list(workspace.evaluations.glob("*.answers.jsonl"))
        assert arms_of(workspace, store).estimate().answers == 0
        again = arms_of(workspace, store).answer(lambda _one: pytest.fail("it answered twice"))
        assert {arm: one.ref for arm, one in again.items()} == {
            arm: one.ref for arm, one in answers.items()
        }


def cut_after(workspace: Workspace, store: Store, *, batches: int) -> None:
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) > batches:
            raise Cut

    with pytest.raises(Cut):
        arms_of(workspace, store).answer(watch)


def test_answers_say_what_they_were_made_from(asked: Story) -> None:
    said = told("evaluate", settings=BRIEF)["scenarios"]["answers"]
    workspace = Workspace(asked.workspace)
    with workspace.open(load_settings(workspace.settings_file)) as store:
        kinds = {
            arm: sorted({ref.kind for ref in store.parents(Ref.parse(one["answers"]))})
            for arm, one in said.items()
        }

    assert kinds["base"] == ["base_model", "recipe", "scenario_set"]
    assert kinds["prompted-base"] == ["base_model", "example", "recipe", "scenario_set"]
    assert kinds["tuned"] == ["adapter", "base_model", "recipe", "scenario_set"]
