"""A teacher's analyses are made once, kept for good, shown first, and compared run against run."""

from pathlib import Path

import pytest

from analyze.recital import chosen, recite, said
from builders import an_example
from flows.small_workspace import Small, small
from flows.teaching import do, teach
from lorewright.errors import ModelError, NotYet, UsageError
from lorewright.flows.analyses import analyses, known
from lorewright.flows.categories import Category, categories_of, categorise_document, undo_category
from lorewright.flows.dimensions import ChunkView, Viewer
from lorewright.flows.reviewing import Judgement, judge
from lorewright.flows.tables import compare_runs, runs, write_table
from lorewright.flows.teacher_analyses import AnalysisChoice, TeacherAnalysis, analysis_works
from lorewright.llms import Call, Purpose, Request
from lorewright.records import (
    Chunk,
    ChunkAnalysis,
    ChunkType,
    LanguageModel,
    Rejection,
    Verb,
)
from lorewright.store import Erasure, erase, verify
from scripted import MODEL, ScriptedAsker

INSTRUCTION = ChunkType.INSTRUCTIONAL_UNIT
RISK = AnalysisChoice(templates=("risk_assessment",), draw=1)


def view(here: Small, kind: ChunkType = INSTRUCTION) -> ChunkView:
    chunk = here.chunk(kind)
    return Viewer(here.store, here.settings, chunk.document).one(chunk)


def field(here: Small, name: str) -> Category:
    fields = categories_of(here.store, here.settings, here.document)
    return next(one for one in fields if one.field == name)


def another(spoil: dict[str, dict[str, object]]) -> ScriptedAsker:
    """Another language model, which sees some things otherwise."""
    asker = ScriptedAsker(recite(spoil))
    asker.model = OTHER.ref
    return asker


OTHER = LanguageModel(provider="scripted", name="other")


def test_every_chunk_is_asked_about_once_and_every_document_before(here: Small) -> None:
    asker = ScriptedAsker(recite())

    categories, chunks = teach(here, asker)

    count = here.store.counts()[Chunk.kind]
    assert (categories.requested, categories.accepted) == (1, 1)
    assert (chunks.requested, chunks.accepted, chunks.again) == (count, count, 0)
    assert asker.asked[0][1].name == "analyze/categorise"
    assert all(purpose.about == (here.document,) for _, purpose in asker.asked)
    assert all("Training Materials" in request.messages[1].text for request, _ in asker.asked[1:])


def test_what_was_asked_is_not_asked_again_and_a_new_draw_is(here: Small) -> None:
    teach(here, ScriptedAsker(recite()))
    again, drawn = ScriptedAsker(recite()), ScriptedAsker(recite())

    reports = teach(here, again)
    assert not again.asked
    assert all(one.again == one.pieces for one in reports)

    teach(here, drawn, AnalysisChoice(draw=1))
    assert {purpose.draw for _, purpose in drawn.asked} == {1}
    made = here.store.children([here.chunk().ref], kind=ChunkAnalysis.kind)
    assert len(made) == 3


def test_all_65_dimensions_are_shown_with_the_teacher_where_it_spoke(here: Small) -> None:
    teach(here, ScriptedAsker(recite()))
    shown = view(here)
    document = here.store.document(here.document)

    assert len(shown.dimensions) == 65
    for one in shown.dimensions:
        assert (one.value is None) == (one.reason is not None) == (one.origin is None)
        assert all(document.words[each.start : each.end] == each.quote for each in one.evidence)
    steps = shown.called("steps_json")
    assert (steps.origin, steps.rule) == ("teacher", "analyze/task_extraction")
    assert len(steps.evidence) == 3
    assert steps.confidence == shown.accuracy == 10
    assert shown.called("coverage_tag").confidence is None
    assert shown.called("prompt_candidate").origin == "teacher"
    assert shown.called("label_model").value == "scripted:script"
    assert "scripted:script and the rules" in shown.called("labeled_by").value
    assert shown.cost_usd is not None


def test_a_table_shows_what_the_teacher_said(here: Small) -> None:
    teach(here, ScriptedAsker(recite()))

    table = write_table(here.workspace, here.store, here.settings, columns="audience,label_model")

    text = table.path.read_text(encoding="utf-8")
    assert text.count("people who own a pump,scripted:script") == table.rows > 2
    assert not verify(here.store, here.workspace.folder).problems


def test_a_person_wins_over_a_teacher_and_a_teacher_over_examples(here: Small) -> None:
    chunk = here.chunk(INSTRUCTION)
    over_it = here.chunk(ChunkType.CHAPTER_SEQUENTIAL)
    evidence = here.store.document(here.document).cite(chunk.start, chunk.end)
    example = an_example().model_copy(
        update={"evidence": (evidence,), "made_from": (over_it.ref, here.document)}
    )
    here.store.put(example)
    assert view(here).called("prompt_candidate").value == example.question
    teach(here, ScriptedAsker(recite()))

    assert view(here).called("prompt_candidate").value == "What keeps a pump from leaking?"
    edit = Judgement(Verb.EDIT, by="Ada", why="shorter", question="How?", answer="In steps.")
    judge(here.store, example.ref, edit)
    assert view(here).called("prompt_candidate").value == "How?"
    assert view(here).called("target_answer").origin == "decision"


def test_chosen_chunks_and_prompts_leave_all_else_as_it_was(here: Small) -> None:
    teach(here, ScriptedAsker(recite()))
    before = view(here)
    asker = ScriptedAsker(recite({"risk_assessment": {"novelty_tag": "novel"}}))
    choice = RISK.model_copy(update={"chunks": (here.chunk(INSTRUCTION).ref,)})

    (report,) = teach(here, asker, choice)
    after = view(here)
    teach(here, asker, choice)

    assert report.pieces == len(asker.asked) == 1
    assert after.called("novelty_tag").value == "novel"
    changed = [a.name for a, b in zip(before.dimensions, after.dimensions, strict=True) if a != b]
    assert set(changed) <= {"novelty_tag", "label_timestamp_iso"}
    assert view(here, ChunkType.CHAPTER_SEQUENTIAL).called("novelty_tag").value == "common"


def test_runs_of_two_teachers_are_compared_field_by_field(here: Small) -> None:
    here.store.put(OTHER)
    wrong = said("a hammer", "Take a hammer with a long handle.")
    teach(here, ScriptedAsker(recite()))
    teach(here, another({"task_extraction": {"inputs": wrong}}))
    rules, first, second = runs(here.store)

    found = compare_runs(here.store, here.settings, first.number, other=second.number)
    today = compare_runs(here.store, here.settings, first.number)
    back = compare_runs(here.store, here.settings, second.number, other=rules.number)

    assert [rules.by, first.by, second.by] == ["rules", "teacher", "teacher"]
    assert found.by_field == today.by_field == {"inputs": 1}
    (one,) = found.changed
    assert (one.before, one.after) == ("water and oil", None)
    assert found.sums is not None
    before, after = found.sums
    assert (before.teachers, after.teachers) == (("scripted:script",), ("scripted:other",))
    assert (before.quarantined, after.quarantined) == (0, 1)
    assert before.chunks == after.chunks == here.store.counts()[Chunk.kind]
    assert back.by_field["audience"] == before.chunks


def test_a_run_over_chosen_chunks_does_not_know_the_others(here: Small) -> None:
    teach(here, ScriptedAsker(recite()))
    teach(here, ScriptedAsker(recite()), RISK.model_copy(update={"chunks": (here.chunk().ref,)}))
    first, second = runs(here.store)[1:]

    found = compare_runs(here.store, here.settings, first.number, other=second.number)

    assert len(found.gone) == here.store.counts()[Chunk.kind] - 1
    assert not found.added


def test_a_prompt_that_fails_makes_the_piece_partial_and_is_counted(here: Small) -> None:
    recital = recite()

    def answer(request: Request, purpose: Purpose) -> str:
        refuses = purpose.name.endswith("risk_assessment")
        return "I would rather not." if refuses else recital(request, purpose)

    report = teach(here, ScriptedAsker(answer))[-1]
    count = here.store.counts()[Chunk.kind]

    assert report.accepted == report.rejected["not_json"] == count
    assert report.requested == 2 * count
    failed = list(here.store.get_many(here.store.names(Rejection.kind), Rejection))
    assert all(one.outcome == "failed" for one in failed)
    assert view(here).unanswered[0].prompt == "analyze/risk_assessment"
    assert "could not be used" in str(view(here).called("novelty_tag").reason)


def test_a_call_that_fails_for_good_fails_its_piece_and_the_next_run_makes_it(here: Small) -> None:
    broken = _Broken(recite())

    reports = teach(here, broken)
    assert len(reports[-1].failed) == reports[-1].pieces
    assert view(here).called("audience").value is None

    assert not teach(here, ScriptedAsker(recite()))[-1].failed
    assert view(here).called("audience").value


class _Broken(ScriptedAsker):
    """A teacher whose server is down when it is asked about risk."""

    async def call(self, request: Request, purpose: Purpose) -> Call:
        if purpose.name.endswith("risk_assessment"):
            raise ModelError("the server is down", fault="down", again=True)
        return await super().call(request, purpose)


def test_what_is_still_to_be_asked_is_told_before(here: Small) -> None:
    def left() -> dict[str, int]:
        works = analysis_works(here.store, here.settings, asker)
        return {one.purpose: one.calls for work in works for one in work.forecasts()}

    asker = ScriptedAsker(recite())
    before = here.store.counts()
    told = left()
    assert here.store.counts() == before  # nothing is kept for an estimate
    teach(here, asker)

    made = [purpose.name for _, purpose in asker.asked]
    assert told == {name: made.count(name) for name in set(made)}
    assert left() == {}


def test_a_forecast_counts_the_characters_that_are_sent_and_those_a_cache_knows(
    here: Small,
) -> None:
    asker = ScriptedAsker(recite())
    teach(here, asker, AnalysisChoice(templates=("categorise",)))
    (work,) = analysis_works(
        here.store, here.settings, asker,
        AnalysisChoice(templates=("content_analysis", "risk_assessment")),
    )  # fmt: skip
    asker.asked.clear()
    told = list(work.forecasts())
    do(here, work)

    sent = sum(len(one.text) for request, _ in asker.asked for one in request.messages)
    assert sum(one.input_characters for one in told) == sent
    first, second = told
    assert first.shared_characters == 0
    assert 0 < second.shared_characters < second.input_characters


def test_shards_are_names_of_a_document_and_its_chunks(here: Small) -> None:
    (_, work) = analysis_works(here.store, here.settings, ScriptedAsker(recite()))
    shards = list(work.shards())

    assert {shard[0] for shard in shards} == {here.document}
    chunks = [name for shard in shards for name in shard[1:]]
    assert chunks == [one.chunk for one in analyses(here.store, here.settings, here.document)]


def test_what_is_chosen_must_be_there(here: Small, tmp_path: Path) -> None:
    asker = ScriptedAsker(recite())
    with pytest.raises(UsageError, match="no template 'beauty'"):
        teach(here, asker, AnalysisChoice(templates=("beauty",)))
    with pytest.raises(UsageError, match="no chunk of a current document"):
        teach(here, asker, AnalysisChoice(chunks=(here.document,)))
    other = tmp_path / "other"
    other.mkdir()
    with small(other) as bare, pytest.raises(NotYet):
        teach(bare, asker, AnalysisChoice(templates=("risk_assessment",)))
    assert not asker.asked


def test_an_own_prompt_is_another_recipe(here: Small, tmp_path: Path) -> None:
    own = tmp_path / "prompts" / "analyze"
    own.mkdir(parents=True)
    (own / "risk_assessment.md").write_text("# Task\n\n{{ passage | fenced }}\n", encoding="utf-8")
    asker = ScriptedAsker(recite())

    works = list(analysis_works(here.store, here.settings, asker, RISK, overrides=own.parent))
    ours = list(analysis_works(here.store, here.settings, asker, RISK))

    assert works[0].step != ours[0].step
    assert isinstance(works[0], TeacherAnalysis)


def test_a_teacher_says_where_a_document_belongs_and_its_owner_wins(here: Small) -> None:
    teach(here, ScriptedAsker(recite()))

    assert field(here, "category").values == ("training_materials",)
    assert field(here, "category").origin == "teacher"
    assert field(here, "belonging").values == ("4",)
    assert "the words at" in field(here, "authorship").why
    assert "nothing in the excerpts" in field(here, "gating_level").why
    assert view(here).called("primary_category").origin == "teacher"

    categorise_document(
        here.store, here.settings, here.document, [("category", "knowledge_base")],
        why="it is", by="Ada",
    )  # fmt: skip
    assert field(here, "category").origin == "decision"
    undo_category(here.store, here.settings, here.document, "category", why="a slip", by="Ada")
    assert field(here, "category").origin == "teacher"


def test_a_document_that_no_answer_fits_is_counted_as_failed(here: Small) -> None:
    asker = ScriptedAsker(recite({"categorise": {"category": chosen(["poetry"])}}))

    (report,) = teach(here, asker, AnalysisChoice(templates=("categorise",)))

    assert len(asker.asked) == 3
    assert (report.requested, len(report.failed)) == (1, 1)
    assert field(here, "category").origin is None


def test_words_of_a_document_are_in_no_categorisation_and_die_with_it(here: Small) -> None:
    teach(here, ScriptedAsker(recite({"content_analysis": {"audience": said("XYZZY", "XYZZY")}})))
    before = here.store.counts()

    source = here.store.parents(here.document)[0]
    done: Erasure = erase(here.store, source, here.workspace.folder, why="a test")

    assert len([ref for ref in done.erased if ref.kind == ChunkAnalysis.kind]) == before["analysis"]
    assert here.store.counts()["categorisation"] == before["categorisation"]
    assert b"XYZZY" not in b"".join(
        path.read_bytes() for path in here.workspace.folder.rglob("*") if path.is_file()
    )
    assert not verify(here.store, here.workspace.folder).problems


def test_all_that_is_known_is_one_analysis_for_each_chunk(here: Small) -> None:
    choice = AnalysisChoice(chunks=(here.chunk().ref,))
    teach(here, ScriptedAsker(recite()), choice)
    found = list(known(here.store, here.settings, here.document))

    assert [one.teacher for one in found].count(MODEL.ref) == 1
    assert [one.chunk for one in found] == [
        one.chunk for one in analyses(here.store, here.settings, here.document)
    ]
