"""A set is compared with all that was learnt: words of every turn, and where both come from."""

import os
from pathlib import Path

import pytest

from builders import a_recipe
from conversations.talks import KEPT, a_conversation
from evaluate.scenarios.drafts import a_candidate, apart, lines_of
from flows.learnt import RECIPE, a_book, a_dataset_of, an_example
from lorewright.evaluate.scenarios import section_group
from lorewright.flows.conversation_files import import_conversations
from lorewright.flows.scenario_files import import_scenarios
from lorewright.flows.scenario_leaks import check_leaks
from lorewright.flows.scenarios import scenarios_of
from lorewright.flows.sources import erase_source
from lorewright.records import Conversation, Dataset, Example, Scenario, Split, Turn
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from scripted import MODEL

EQ12 = (
    Path(
        os.environ.get("LOREWRIGHT_CORPUS", Path(__file__).parents[2].parent / "shared" / "corpus")
    )
    / "eq12"
)
OTHERS = [an_example(apart(1_000 + number), apart(2_000 + number)) for number in range(30)]


def rules(store: Store, scenario: Scenario, dataset: Dataset) -> set[tuple[str, str]]:
    found = check_leaks(store, [scenario, a_candidate(99)], dataset).leaks
    assert {leak.held_out for leak in found} <= {scenario.scenario_id}
    return {(leak.rule, leak.trained) for leak in found}


def grounded(store: Store) -> Example:
    """About the first section of a book."""
    book = a_book(store)
    return an_example("How often?", "Once a week.", book.ref).model_copy(
        update={"evidence": (book.cite(9, 40),), "ungrounded": None}
    )


@pytest.mark.parametrize("split", [Split.TRAIN, Split.VALID])
@pytest.mark.parametrize("is_answer", [False, True])
def test_words_of_any_turn_that_was_learnt_leak(
    store: Store, split: Split, *, is_answer: bool
) -> None:
    told = (apart(5), apart(1)) if is_answer else (apart(1), apart(5))
    planted = an_example(*told)
    dataset = a_dataset_of(store, [*OTHERS, planted], split=split)

    found = rules(store, a_candidate(1), dataset)

    assert {trained for _, trained in found} == {str(planted.ref)}
    assert "long-run" in {rule for rule, _ in found}


@pytest.mark.parametrize("split", [Split.RECALL, Split.TRANSFER])
def test_what_was_held_out_is_no_leak(store: Store, split: Split) -> None:
    dataset = a_dataset_of(store, [*OTHERS, an_example(apart(1))], split=split)
    checked = check_leaks(store, [a_candidate(1)], dataset)

    assert checked == ((), 1, 0, 0)


def test_a_section_that_was_taught_leaks_and_its_neighbour_does_not(store: Store) -> None:
    example = grounded(store)
    dataset = a_dataset_of(store, [*OTHERS, example])
    (cited,) = example.evidence
    book = cited.document
    walls = store.document(book).sections[1].start

    def about(start: int) -> Scenario:
        return a_candidate(1, family=section_group(book.id, start), made_from=(book,))

    assert rules(store, about(0), dataset) == {("same-group", str(example.ref))}
    assert rules(store, about(walls), dataset) == set()
    assert rules(store, a_candidate(1, made_from=(book,)), dataset) == {
        ("same-group", str(example.ref))
    }


def test_a_file_that_was_taught_leaks_by_its_name(store: Store) -> None:
    example = grounded(store)
    dataset = a_dataset_of(store, [example])

    found = rules(store, a_candidate(1, family="source:handbook.md"), dataset)

    assert found == {("same-group", str(example.ref))}


def test_the_conversation_of_an_example_leaks_and_so_does_that_of_its_counterpart(
    store: Store,
) -> None:
    talk = a_conversation()
    neutral = talk.model_copy(
        update={
            "conversation_id": f"{talk.conversation_id}-control",
            "is_control": True,
            "made_from": (talk.ref, RECIPE.ref),
        }
    )
    store.put(RECIPE, a_recipe("converse"), MODEL, *KEPT, talk, neutral)
    example = an_example("So?", "Yes.", neutral.ref)
    dataset = a_dataset_of(store, [*OTHERS, example])

    for scenario in (
        a_candidate(1, scenario_id=talk.conversation_id),
        a_candidate(1, family=f"source:{talk.conversation_id}"),
        a_candidate(1, family=neutral.conversation_id),
    ):
        assert rules(store, scenario, dataset) == {("same-group", str(example.ref))}
    assert rules(store, a_candidate(1, family=f"topic:{talk.conversation_id}"), dataset) == set()


def test_one_of_a_hundred_is_found_in_a_set(store: Store, tmp_path: Path) -> None:
    rows = [{"id": f"s{at}", "message": apart(at), "family": f"f{at}"} for at in range(100)]
    file = tmp_path / "hundred.jsonl"
    file.write_bytes(lines_of(*rows))
    found = import_scenarios(store, file, "hundred").set
    clean = a_dataset_of(store, OTHERS)
    leaking = a_dataset_of(store, [*OTHERS, an_example("What did she say?", apart(41))])

    scenarios = scenarios_of(store, found)
    assert check_leaks(store, scenarios, clean).leaks == ()
    assert {leak.held_out for leak in check_leaks(store, scenarios, leaking).leaks} == {"s41"}


def test_examples_that_were_erased_are_counted(workspace: Workspace, store: Store) -> None:
    example = grounded(store)
    dataset = a_dataset_of(store, [*OTHERS, example])
    book = store.document(example.evidence[0].document)
    erase_source(workspace, store, book.made_from[0], why="asked to")

    checked = check_leaks(store, [a_candidate(1)], dataset)

    assert (checked.examples, checked.erased, checked.leaking) == (30, 1, 0)


@pytest.mark.corpus
@pytest.mark.skipif(not EQ12.is_dir(), reason="the corpus folder is not beside the project")
def test_whatever_is_cut_out_of_a_published_training_file_is_found(store: Store) -> None:
    import_conversations([EQ12 / "EQ-12-conversations-demo.json"], store=store, settings=Settings())
    learnt = list(store.get_many(store.names(Example.kind), Example))
    dataset = a_dataset_of(store, learnt)
    talks = list(store.get_many(store.names(Conversation.kind), Conversation))
    by_words = [
        a_candidate(at, message=turn.text)
        for at, turn in enumerate(turn for one in learnt for turn in one.turns if _is_user(turn))
    ]
    by_origin = [
        a_candidate(500 + at, message=apart(at), scenario_id=one.conversation_id)
        for at, one in enumerate(talks)
    ]
    apart_from_it = [a_candidate(900 + at, message=apart(at + 50)) for at in range(20)]

    checked = check_leaks(store, [*by_words, *by_origin, *apart_from_it], dataset)

    expected = {one.scenario_id for one in (*by_words, *by_origin)}
    assert len(talks) == 12
    assert {leak.held_out for leak in checked.leaks} == expected


def _is_user(turn: Turn) -> bool:
    return turn.role == "user"
