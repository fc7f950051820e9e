"""A set of examples in numbers, and how near training comes to what is held out."""

from decimal import Decimal

from builders import a_recipe, an_example, keep_document
from lorewright.flows.measuring import held_out_of, measure
from lorewright.records import Dataset, Example, Split
from lorewright.store import Store, freeze

OIL = "Check the oil of every pump once a week, before it runs dry."
OILY = "Check the oil of each pump every week, before it runs dry."
KILN = "A kiln that cools too fast cracks whatever pots stand inside."


def a_dataset(store: Store, sentences: list[tuple[Split, str]]) -> tuple[Dataset, list[Example]]:
    text = "# Pumps\n\n" + " ".join(sentence for _, sentence in sentences)
    document, recipe = keep_document(store, text), a_recipe("curate")
    made: list[tuple[Split, Example]] = []
    for number, (split, sentence) in enumerate(sentences):
        start = text.index(sentence)
        question = f"What is said under {number}?"
        end = start + len(sentence)
        made.append((split, an_example(document, start, end, question=question)))
    store.put(recipe, *(one for _, one in made))
    members = sorted(((split, one.ref) for split, one in made), key=lambda member: member[1])
    dataset = freeze(store, "pumps", members, made_from=(recipe.ref,))
    store.put(dataset)
    return dataset, [one for _, one in made]


def test_the_farthest_of_the_transfer_set_is_what_training_says_least_about(store: Store) -> None:
    dataset, (taught, near, far) = a_dataset(
        store, [(Split.TRAIN, OIL), (Split.TRANSFER, OILY), (Split.TRANSFER, KILN)]
    )

    found = held_out_of(store, dataset)

    assert found is not None
    assert (found.nearest.held_out, found.nearest.trained) == (near.ref, taught.ref)
    assert found.farthest.held_out == far.ref


def test_without_a_transfer_set_nothing_is_compared(store: Store) -> None:
    dataset, _ = a_dataset(store, [(Split.TRAIN, OIL), (Split.RECALL, OILY)])

    assert held_out_of(store, dataset) is None


def test_answers_that_were_there_before_are_counted_once(store: Store) -> None:
    _, made = a_dataset(store, [(Split.TRAIN, OIL), (Split.TRAIN, KILN), (Split.VALID, OIL)])

    found = measure(store, [one.ref for one in made], threshold=Decimal("0.8"))

    assert (found.usable.pairs, found.usable.usable, found.usable.repeated) == (3, 2, 1)
    assert found.mtld is not None
