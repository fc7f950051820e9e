"""The view of a chunk joins its analysis with what was made and decided since."""

import pytest

from flows.small_workspace import Small
from lorewright.flows.categories import categorise_document
from lorewright.flows.datasets import curate_dataset
from lorewright.flows.dimensions import ChunkView, Viewer
from lorewright.flows.documents import generate_examples
from lorewright.flows.reviewing import Judgement, judge
from lorewright.flows.sources import withdraw_source
from lorewright.records import ChunkType, Example, Verb
from lorewright.store import decide


def view(here: Small, kind: ChunkType = ChunkType.CHAPTER_SEQUENTIAL) -> ChunkView:
    chunk = here.chunk(kind)
    return Viewer(here.store, here.settings, chunk.document).one(chunk)


def test_all_65_dimensions_have_a_value_and_an_origin_or_a_reason(here: Small) -> None:
    shown = view(here).dimensions

    assert [one.number for one in shown] == list(range(1, 66))
    for one in shown:
        assert (one.value is None) == (one.reason is not None) == (one.origin is None)
        assert one.confidence is None or 1 <= one.confidence <= 10


def test_a_value_that_rests_on_words_shows_them(here: Small) -> None:
    steps = view(here, ChunkType.INSTRUCTIONAL_UNIT).called("steps_json")
    document = here.store.document(here.document)

    assert steps.origin == "rule"
    assert len(steps.evidence) == len(steps.value) == 3
    assert all(document.words[one.start : one.end] == one.quote for one in steps.evidence)
    assert steps.confidence == 9


def test_what_is_computed_or_inherited_is_certain(here: Small) -> None:
    for name, origin in (("doc_title", "inherited"), ("char_end", "mechanical")):
        one = view(here).called(name)
        assert (one.origin, one.confidence) == (origin, 10)


def test_examples_fill_what_training_looks_at(here: Small) -> None:
    before = view(here, ChunkType.INSTRUCTIONAL_UNIT).called("prompt_candidate")
    generate_examples(here.store, here.settings)
    after = view(here, ChunkType.INSTRUCTIONAL_UNIT)

    assert before.value is None
    assert after.called("prompt_candidate").origin == "teacher"
    assert after.called("prompt_candidate").rule == "extractive/3"
    assert after.called("target_answer").value in here.store.document(here.document).words
    assert after.called("target_answer").confidence is None


def test_a_rejected_example_is_no_candidate_and_an_edited_one_is_shown_in_its_new_words(
    here: Small,
) -> None:
    generate_examples(here.store, here.settings)
    kind = ChunkType.INSTRUCTIONAL_UNIT
    asked = view(here, kind).called("prompt_candidate").value
    made = here.store.get_many(here.store.names(Example.kind), Example)
    example = next(one for one in made if one.question == asked)
    other = Judgement(
        Verb.EDIT, by="Ada", why="shorter", question="How is it primed?", answer="In three steps."
    )

    judge(here.store, example.ref, other)
    edited = view(here, kind)
    judge(here.store, example.ref, Judgement(Verb.REJECT, by="Ada", why="too short"))
    rejected = view(here, kind)

    assert edited.called("prompt_candidate").value == "How is it primed?"
    assert edited.called("target_answer").origin == "decision"
    assert rejected.called("prompt_candidate").value not in {"How is it primed?", asked}


def test_the_split_is_that_of_the_newest_dataset(here: Small) -> None:
    assert "no dataset" in str(view(here).called("data_split_train_dev_test").reason)
    generate_examples(here.store, here.settings)
    curate_dataset(here.store, here.settings, name="coach")

    splits = {
        one.called("data_split_train_dev_test").value
        for one in Viewer(here.store, here.settings, here.document).every()
    }
    assert splits - {None} <= {"train", "dev", "test"}
    assert splits - {None}


def test_a_withdrawn_source_is_not_trained_on(here: Small) -> None:
    source = here.store.parents(here.document)[0]
    chunk = here.chunk()
    viewer = Viewer(here.store, here.settings, chunk.document)
    withdraw_source(here.store, source, why="the author asked", by="Ada")

    use = viewer.one(chunk).called("include_in_training_yn")
    assert (use.value, use.origin, use.rule) == (False, "decision", "the author asked")


def test_a_decision_of_the_owner_is_the_category_and_mixes_the_labels(here: Small) -> None:
    assert view(here).called("label_source_auto_manual_mixed").value == "auto"
    categorise_document(
        here.store, here.settings, here.document, [("category", "knowledge_base")],
        why="it is", by="Ada",
    )  # fmt: skip

    assert view(here).called("primary_category").value == "knowledge_base"
    assert view(here).called("primary_category").origin == "decision"
    assert view(here).called("label_source_auto_manual_mixed").value == "mixed"


@pytest.mark.parametrize(
    ("verbs", "status"),
    [
        ((), "unreviewed"),
        ((Verb.ACCEPT,), "approved"),
        ((Verb.ACCEPT, Verb.REJECT), "rejected"),
        ((Verb.ACCEPT, Verb.REJECT, Verb.UNDO), "approved"),
    ],
)
def test_the_review_is_the_last_decision_that_stands(
    verbs: tuple[Verb, ...], status: str, here: Small
) -> None:
    chunk = here.chunk()
    for verb in verbs:
        decide(here.store, chunk.ref, verb, why="a reason", by="Ada")

    viewer = Viewer(here.store, here.settings, chunk.document)
    assert viewer.one(chunk).called("review_status").value == status


def test_the_time_of_labelling_is_that_of_the_making(here: Small) -> None:
    shown = view(here)

    assert str(shown.called("label_timestamp_iso").value).endswith("Z")
    assert shown.cost_usd == 0
    assert shown.seconds is not None
