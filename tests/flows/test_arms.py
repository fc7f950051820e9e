"""Arms of a real, tiny base: each answers once, and whoever is cut off goes on."""

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pytest

from builders import a_recipe
from flows.proved import Proved, keep_scenarios, rules
from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof import ProofArm
from lorewright.flows.arms import Arms, Estimate, lines_of
from lorewright.flows.contests import ProofContest, proof_contest, told_of
from lorewright.flows.evaluating import Evaluated, Steps, evaluate_scenarios, plan_evaluation
from lorewright.flows.locking import Locked, lock_contest
from lorewright.flows.naming import set_newest
from lorewright.jobs import Progress
from lorewright.records import Adapter, Answers, BaseLanguageModel, StoredFile
from lorewright.settings import AnswerSettings, PocketSettings, Settings, TrainingSettings
from lorewright.store import Store, Workspace, written_files
from lorewright.train import make_pocket
from made_up import MadeUp, make_up
from train.made_adapters import an_adapter

SMALL = PocketSettings(hidden=32, layers=1, heads=2, vocabulary=300, length=32, batch=4, steps=5)
COUNT = 20
TOKENS = 6


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A base, and two adapters on it that nobody trained."""
    place = tmp_path_factory.mktemp("arms")
    base = place / "base"
    make_pocket(["Rebalance once a year. Keep a reserve. " * 20], base, settings=SMALL, threads=1)
    return {
        "base": base,
        "tuned": an_adapter(base, place / "tuned", size=0.5),
        "permuted-control": an_adapter(base, place / "control", size=0.3),
    }


def keep_files(store: Store, folder: Path) -> tuple[StoredFile, ...]:
    return tuple(
        StoredFile(path=path.name, blob=store.put_blob(path.read_bytes()))
        for path in sorted(folder.iterdir())
    )


class Living:
    """A contest that can really be answered."""

    def __init__(self, workspace: Workspace, store: Store, folders: dict[str, Path]) -> None:
        self.workspace, self.store = workspace, store
        proof = rules(answers=AnswerSettings(tokens=TOKENS, batch=8, example_words=400))
        self.settings: Settings = proof.model_copy(update={"training": TrainingSettings(threads=1)})
        self.made: MadeUp = make_up(store)
        recipe = a_recipe("train", rank=8)
        base = BaseLanguageModel(
            name="pocket",
            origin="pocket",
            architecture="llama",
            parameters=50_000,
            files=keep_files(store, folders["base"]),
            made_from=(self.made.dataset.ref,),
        )
        store.put(base, recipe)
        for role in ("permuted-control", "tuned"):
            adapter = Adapter(
                role=role,
                files=keep_files(store, folders[role]),
                history=store.put_blob(b""),
                steps=1,
                loss_tokens=1,
                train_loss=Decimal(1),
                held_out_loss=None,
                made_from=(self.made.dataset.ref, base.ref, recipe.ref),
            )
            store.put(adapter)
            set_newest(store, adapter.ref)
        set_newest(store, keep_scenarios(store, COUNT))
        self.contest: ProofContest = proof_contest(store, self.settings)

    @cached_property
    def locked(self) -> Locked:
        return lock_contest(self.workspace, self.store, self.settings, self.contest)

    def arms(self) -> Arms:
        answers = self.settings.evaluation.proof.answers
        return Arms(
            self.workspace,
            self.store,
            self.settings,
            self.contest,
            told_of(self.store, answers, self.contest.dataset),
            decoding=self.locked.promise.decoding,
        )

    def evaluate(self, *, again: bool = False, steps: Steps | None = None) -> Evaluated:
        return evaluate_scenarios(
            self.workspace,
            self.store,
            self.settings,
            self.contest,
            again=again,
            steps=steps or Steps(),
        )

    def proved(self, locked: Locked) -> Proved:
        told = told_of(self.store, self.settings.evaluation.proof.answers, self.contest.dataset)
        return Proved(
            self.workspace, self.store, self.settings, self.made, self.contest, told, locked
        )


@pytest.fixture
def living(workspace: Workspace, store: Store, folders: dict[str, Path]) -> Living:
    return Living(workspace, store, folders)


def test_every_arm_answers_every_scenario_and_says_from_what(living: Living) -> None:
    answers = living.arms().answer()

    assert {arm: one.requested for arm, one in answers.items()} == dict.fromkeys(
        living.contest.arms, COUNT
    )
    assert {arm: one.failed for arm, one in answers.items()} == dict.fromkeys(answers, 0)
    kinds = {arm: sorted({ref.kind for ref in one.made_from}) for arm, one in answers.items()}
    assert kinds[ProofArm.BASE] == ["base_model", "recipe", "scenario_set"]
    assert kinds[ProofArm.PROMPTED] == ["base_model", "example", "recipe", "scenario_set"]
    assert kinds[ProofArm.TUNED] == ["adapter", "base_model", "recipe", "scenario_set"]


def test_each_adapter_changes_the_answers(living: Living) -> None:
    said = {
        arm: [line.text for line in lines_of(living.store, one)]
        for arm, one in living.arms().answer().items()
    }

    assert said[ProofArm.BASE] != said[ProofArm.TUNED] != said[ProofArm.CONTROL]
    assert said[ProofArm.BASE] != said[ProofArm.CONTROL]


class Cut(Exception):
    """Whatever cuts a process off."""


def cutting_after(batches: int) -> Callable[[Progress], None]:
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) > batches:
            raise Cut

    return watch


def test_what_is_cut_off_goes_on_after_the_last_batch(
    living: Living, tmp_path: Path, folders: dict[str, Path]
) -> None:
    with pytest.raises(Cut):
        living.arms().answer(cutting_after(4))
    (left,) = living.workspace.evaluations.glob("*.answers.jsonl")
    with left.open("a", encoding="utf-8") as torn:
        torn.write('{"scenario": "s-0')

    assert living.arms().estimate().answers == 3 * COUNT
    assert [file.purpose for file in written_files(living.store)] == ["job"]
    answers = living.arms().answer()

    assert not list(living.workspace.evaluations.glob("*.answers.jsonl"))
    assert written_files(living.store) == []
    other = Workspace(tmp_path / "other")
    other.make()
    with other.open(Settings()) as store:
        whole = Living(other, store, folders).arms().answer()
    assert {arm: one.lines for arm, one in answers.items()} == {
        arm: one.lines for arm, one in whole.items()
    }


def test_nothing_is_answered_twice(living: Living) -> None:
    first = living.arms().answer()

    again = living.arms().answer(lambda _progress: pytest.fail("it answered again"))

    assert again == first
    assert living.arms().estimate().is_done
    assert len([*living.store.names(Answers.kind)]) == 4


def test_what_is_still_to_come_is_estimated(living: Living) -> None:
    estimate = living.arms().estimate()

    assert estimate.answers == 4 * COUNT
    assert estimate.tokens == 4 * COUNT * TOKENS
    assert estimate.minutes > 0


def test_whoever_asks_a_reference_has_to_be_there(living: Living) -> None:
    contest = living.contest._replace(reference="scripted:script")
    told = told_of(living.store, AnswerSettings(example_words=400), contest.dataset)

    with pytest.raises(ValueError, match="does not fit the contest"):
        Arms(
            living.workspace,
            living.store,
            living.settings,
            contest,
            told,
            decoding=living.locked.promise.decoding,
        )


def test_an_evaluation_locks_answers_and_waits_for_raters(living: Living) -> None:
    told: list[str] = []

    def on_lock(locked: Locked) -> None:
        told.append(locked.path.name)

    def on_estimate(left: Estimate) -> None:
        told.append(f"{left.answers} answers")

    steps = Steps(on_lock, on_estimate)

    first = living.evaluate(steps=steps)
    again = living.evaluate(steps=steps)

    assert first.verdict is None
    assert again == first
    assert told == ["evaluation.lock.toml", "80 answers"]


def test_what_was_rated_is_decided_and_another_lock_says_so(living: Living) -> None:
    first = living.evaluate()
    living.proved(first.locked).rate(1.2, first.answers)

    verdict = living.evaluate().verdict
    again = living.evaluate(again=True).verdict

    assert verdict is not None
    assert again is not None
    assert verdict.deviations == again.deviations == ()
    assert verdict.origin == "synthetic"
    assert not any("not the first lock" in one for one in verdict.sentences)
    assert any("not the first lock" in one for one in again.sentences)
    assert living.evaluate().verdict == again


def test_the_settings_of_answers_do_not_reach_a_lock_that_stands(living: Living) -> None:
    first = living.evaluate()
    proof = living.settings.evaluation.proof
    other = proof.model_copy(update={"answers": AnswerSettings(tokens=99)})
    living.settings = living.settings.model_copy(
        update={"evaluation": living.settings.evaluation.model_copy(update={"proof": other})}
    )

    assert living.evaluate() == first


def test_a_reference_that_was_not_locked_is_not_asked(living: Living) -> None:
    first = living.evaluate()
    living.contest = living.contest._replace(reference="openai:nowhere")

    assert living.evaluate() == first


def test_failed_answers_are_counted_in_the_record(living: Living) -> None:
    lines = [AnswerLine("s-000", 0, 0, None, 0, "failed", "no room")]
    made = living.proved(living.locked).keep(ProofArm.TUNED, lines)

    assert (made.requested, made.answered, made.failed) == (1, 0, 1)


def test_a_plan_counts_the_scenarios_or_takes_the_settings(living: Living) -> None:
    assert plan_evaluation(living.store, living.settings).scenarios == COUNT
    assert plan_evaluation(None, living.settings).scenarios == 100
