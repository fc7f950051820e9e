"""Everything that could be taught is judged once, in calls that lose nobody."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from flows.judges import a_judge, do
from flows.small_workspace import Small, small
from lorewright import samples
from lorewright.curate.judging import PROMPT
from lorewright.errors import NotYet
from lorewright.flows.datasets import curate_dataset
from lorewright.flows.documents import analyze_documents, generate_examples
from lorewright.flows.judgements import JudgeWork, as_judge, to_judge
from lorewright.flows.ratings import in_words, newest_judgements, ratings_of, worst
from lorewright.flows.reviewing import Judgement as Verdict
from lorewright.flows.reviewing import judge as decide
from lorewright.lineage import Ref
from lorewright.llms import load_prompt
from lorewright.records import Example, Judgement, LanguageModel, Person, Rejection, Turn, Verb
from lorewright.settings import Settings
from lorewright.store import Workspace, ancestors, erase
from scripted import MODEL, ScriptedAsker

HANDBOOK = Path(samples.__file__).with_name("handbook.md").read_text(encoding="utf-8")[:2_600]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with examples from the first page of the sample handbook; nobody changes it."""
    folder = tmp_path_factory.mktemp("judged")
    with small(folder, text=HANDBOOK) as made:
        analyze_documents(made.store, made.settings)
        generate_examples(made.store, made.settings)
    return made.workspace.folder


@pytest.fixture
def here(generated: Path, tmp_path: Path) -> Iterator[Small]:
    """A copy of it."""
    workspace = Workspace(shutil.copytree(generated, tmp_path / "workspace"))
    with workspace.open(Settings()) as store:
        yield Small(workspace, store, Settings())


@pytest.fixture
def names(here: Small) -> list[Ref]:
    """Everything that was proposed."""
    return to_judge(here.store, here.settings)


def work_of(
    here: Small, names: list[Ref], judge: ScriptedAsker, *, together: int = 1, draw: int = 0,
    prompts: Path | None = None,
) -> JudgeWork:  # fmt: skip
    curation = here.settings.curation.model_copy(update={"judge_together": together})
    settings = here.settings.model_copy(update={"curation": curation})
    return JudgeWork(here.store, settings, judge, names, draw=draw, prompts=prompts)


def test_every_example_is_judged_and_the_judgement_leads_back_to_the_document(
    here: Small, names: list[Ref]
) -> None:
    do(here.store, work_of(here, names, a_judge()))

    found = newest_judgements(here.store, names)

    assert len(names) > 3
    assert sorted(found) == names
    assert here.document in ancestors(here.store, found[names[0]].ref)


def test_what_was_judged_is_not_judged_again_and_forecasts_leave_it_out(
    here: Small, names: list[Ref]
) -> None:
    judge = a_judge()
    work = work_of(here, names, judge)
    (before,) = work.forecasts()

    do(here.store, work)
    asked = len(judge.asked)

    assert before.calls == asked == len(names)
    assert do(here.store, work_of(here, names, judge)) == []
    assert len(judge.asked) == asked
    assert list(work.forecasts()) == []
    assert len(list(work.judged())) == len(names)


def test_a_forecast_counts_the_characters_that_are_asked(here: Small, names: list[Ref]) -> None:
    judge = a_judge()
    work = work_of(here, names, judge)
    (before,) = work.forecasts()

    do(here.store, work)

    asked = sum(len(one.text) for request, _ in judge.asked for one in request.messages)
    assert before.input_characters == asked
    assert 0 < before.shared_characters < asked


def test_another_draw_asks_everything_once_more(here: Small, names: list[Ref]) -> None:
    judge = a_judge()
    do(here.store, work_of(here, names, judge))

    again = do(here.store, work_of(here, names, judge, draw=1))

    assert len(again) == len(names)
    assert judge.asked[-1][1].draw == 1


def test_another_prompt_is_another_judgement(here: Small, names: list[Ref], tmp_path: Path) -> None:
    own = tmp_path / "prompts" / f"{PROMPT}.md"
    own.parent.mkdir(parents=True)
    own.write_text(load_prompt(PROMPT).text + "\nBe brief.\n", encoding="utf-8")
    do(here.store, work_of(here, names, a_judge()))

    again = do(here.store, work_of(here, names, a_judge(), prompts=tmp_path / "prompts"))

    assert len(again) == len(names)


def test_cutting_a_shard_again_gives_the_same_calls(here: Small, names: list[Ref]) -> None:
    work = work_of(here, names, a_judge(), together=3)

    pieces = [piece.begin().inputs for shard in work.shards() for piece in work.pieces(shard)]

    assert sorted(ref for inputs in pieces for ref in inputs) == names
    assert all(len(inputs) <= 3 for inputs in pieces)
    assert len(pieces) < len(names)


def test_one_that_the_judge_leaves_out_is_kept_as_failed_and_the_others_are_judged(
    here: Small, names: list[Ref]
) -> None:
    examples = {ref: here.store.get(ref, Example) for ref in names}
    work = work_of(here, names, a_judge(), together=20)
    inputs = [piece.begin().inputs for shard in work.shards() for piece in work.pieces(shard)]
    lost = next(group for group in inputs if len(group) > 1)[0]
    judge = a_judge(leaves_out=examples[lost].question)

    made = do(here.store, work_of(here, names, judge, together=20))

    failed = [one for one in made if isinstance(one, Rejection)]
    assert [one.question for one in failed] == [examples[lost].question]
    assert (failed[0].outcome, failed[0].reason) == ("failed", "not_judged")
    assert {one.example for one in made if isinstance(one, Judgement)} == {*names} - {lost}


def test_who_judges_their_own_work_is_told_apart(here: Small, names: list[Ref]) -> None:
    here.store.put(MODEL)
    old = here.store.get(names[0], Example)
    twin = LanguageModel(provider="other", name=MODEL.name, endpoint="https://example.org")
    stranger = LanguageModel(provider="other", name="stranger")
    person = Person(name="Ada")
    here.store.put(twin, stranger, person)
    written = [
        old.model_copy(update={"made_from": (*old.made_from, author.ref)})
        for author in (MODEL, twin, stranger)
    ]
    words = (*old.turns[:-1], Turn(role="assistant", text="Oil is cheap, and water is not."))
    edited = written[0].model_copy(
        update={"turns": words, "made_from": (written[0].ref, person.ref, here.document)}
    )
    here.store.put(*written, edited)

    do(here.store, work_of(here, [one.ref for one in (*written, edited)], a_judge()))

    found = newest_judgements(here.store, [one.ref for one in (*written, edited)])
    assert [found[one.ref].own_work for one in written] == [True, True, False]
    assert found[edited.ref].own_work
    assert "; 3 rated by the language model that wrote them" in in_words(
        ratings_of(here.store, list(found))
    )


def test_an_edited_example_is_judged_in_its_new_words(here: Small, names: list[Ref]) -> None:
    decided = decide(here.store, names[0], Verdict(Verb.EDIT, "Ada", "better", answer="Oil it."))

    again = to_judge(here.store, here.settings)

    assert names[0] not in again
    assert decided.review.edited in again
    assert len(again) == len(names)


def test_the_members_of_a_dataset_can_be_judged(here: Small, names: list[Ref]) -> None:
    dataset = curate_dataset(here.store, here.settings, name="coach")

    found = to_judge(here.store, here.settings, dataset)

    assert len(found) == dataset.accepted
    assert set(found) <= set(names)


def test_a_dataset_keeps_the_best_and_is_made_anew_when_the_ratings_change(
    here: Small, names: list[Ref]
) -> None:
    curation = here.settings.curation.model_copy(update={"least_score": Decimal(6)})
    chosen = here.settings.model_copy(update={"curation": curation})
    with pytest.raises(NotYet, match="no judge has rated any"):
        curate_dataset(here.store, chosen, name="coach")
    plain = curate_dataset(here.store, here.settings, name="coach")
    poor = here.store.get(names[0], Example).question
    do(here.store, work_of(here, names, a_judge(lambda words: 3 if poor in words else 9)))

    kept = curate_dataset(here.store, chosen, name="coach")
    do(here.store, work_of(here, names, a_judge(), draw=1))
    after = curate_dataset(here.store, chosen, name="coach")

    lost = {one.reason: one.count for one in kept.rejected_by_reason}
    assert kept.requested == plain.requested == after.requested
    assert lost["low_score"] >= 1
    assert "low_score" not in {one.reason for one in after.rejected_by_reason}


def test_ratings_are_added_up_from_judgements_and_otherwise_not_measured(
    here: Small, names: list[Ref]
) -> None:
    nothing = ratings_of(here.store, names)
    poor = here.store.get(names[0], Example).question
    do(here.store, work_of(here, names, a_judge(lambda words: 3 if poor in words else 9)))

    judged = newest_judgements(here.store, names)
    ratings = ratings_of(here.store, names)

    assert nothing.overall is None
    assert ratings.judges == ("scripted:script",)
    assert "not measured" in in_words(nothing)
    assert ratings.overall is not None
    expected = sum((one.mean for one in judged.values()), Decimal(0)) / len(judged)
    assert abs(ratings.overall.value - expected) <= Decimal("0.005")
    assert ratings.overall.examples == ratings.judged == len(names)
    assert worst(judged.values(), 1)[0].mean == 3


def test_the_judge_sits_in_the_teachers_chair_and_is_as_repeatable_as_it_can_be() -> None:
    teacher = Settings().teacher.model_copy(update={"model": "openai:writer"})
    settings = Settings(teacher=teacher)
    other = settings.model_copy(
        update={"judge": teacher.model_copy(update={"model": "anthropic:reader"})}
    )

    assert as_judge(settings).teacher.model == "openai:writer"
    assert as_judge(other).teacher.model == "anthropic:reader"
    assert as_judge(settings).teacher.temperature == 0


def test_erasing_a_source_destroys_what_was_said_about_its_examples(
    here: Small, names: list[Ref]
) -> None:
    do(here.store, work_of(here, names, a_judge()))
    source = here.store.parents(here.document)[0]

    erase(here.store, source, here.workspace.folder, why="asked to")

    assert newest_judgements(here.store, names) == {}
    assert not list(here.store.names(Judgement.kind))
