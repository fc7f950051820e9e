"""Lineage knows who wrote the training data, so a judge of that family is known to be partial."""

from pathlib import Path

from builders import a_base, a_conversation, a_recipe, an_adapter, an_example, keep_document
from evaluate.rated_arms import lines_of
from every_kind import some_ratings
from flows.answered_workspace import answered_workspace, keep_answers
from lorewright.flows.answered import newest_field
from lorewright.flows.judging_families import partial_judges, training_authors
from lorewright.records import LanguageModel, Split
from lorewright.store import freeze

TEACHER = LanguageModel(provider="openai", name="gpt-4.1", endpoint="https://api.example.org")


def test_the_authors_of_examples_and_conversations_are_found(tmp_path: Path) -> None:
    with answered_workspace(tmp_path, scenarios=2, arms=("prompted-base",)) as here:
        store = here.store
        document = keep_document(store)
        recipe = a_recipe("curate")
        spoken = a_conversation().model_copy(
            update={"teacher": "anthropic:claude-x", "made_from": (document.ref, TEACHER.ref)}
        )
        written = an_example(document=document)
        example = written.model_copy(update={"made_from": (document.ref, spoken.ref)})
        store.put(TEACHER, recipe, spoken, example)
        dataset = freeze(
            store,
            name="coach",
            members=[(Split.TRAIN, example.ref)],
            made_from=(document.ref, recipe.ref),
        )
        base = a_base(dataset.ref)
        for kept in (b"weights", b"low rank", b"history"):
            store.put_blob(kept)
        adapter = an_adapter(dataset.ref, base.ref)
        store.put(dataset, base, adapter)
        field = newest_field(store, None)
        tuned = keep_answers(
            store, field.asked, "tuned", lines_of("tuned", field.scenarios), adapter.ref
        )

        authors = training_authors(store, [tuned])

        assert authors == {"anthropic:claude-x", "openai:gpt-4.1"}
        assert training_authors(store, field.records.values()) == set()


def test_a_judge_of_the_same_family_is_partial_and_a_person_never_is() -> None:
    ratings = some_ratings()
    gpt = ratings.model_copy(update={"rater": "openai:gpt-4o"})
    qwen = ratings.model_copy(update={"rater": "openai:qwen3"})
    person = ratings.model_copy(update={"rater": "openai:gpt-4.1", "by": "person"})

    assert partial_judges([gpt, qwen, person], {"openai:gpt-4.1"}) == {"openai:gpt-4o": "openai"}
    assert partial_judges([qwen], {"openai:qwen3"}) == {"openai:qwen3": "alibaba"}
