"""Datasets of made-up examples, for tests of what training gives away."""

from collections.abc import Iterable

from builders import a_document, a_recipe, a_source
from lorewright.lineage import Ref
from lorewright.records import Dataset, Document, Example, Level, Section, Split, Turn
from lorewright.store import HeldOut, Store, freeze

RECIPE = a_recipe("generate")
HELD_OUT = (
    "Water finds every gap in a wall, and it comes back each autumn until somebody looks. " * 4
)
WORDS = f"# Pumps\n\nCheck the oil of every pump once a week.\n\n# Walls\n\n{HELD_OUT}\n"


def a_book(store: Store, *, file_name: str = "handbook.md") -> Document:
    """A document of two sections, kept with its text."""
    source = a_source(WORDS, file_name=file_name)
    store.put_blob(WORDS.encode())
    second = WORDS.index("# Walls")
    sections = (
        Section(heading="Pumps", level=1, start=0, end=second),
        Section(heading="Walls", level=1, start=second, end=len(WORDS)),
    )
    document = a_document(WORDS, source=source)
    document = document.model_copy(update={"sections": sections}).with_text(WORDS)
    store.put(source, document)
    return document


def an_example(question: str, answer: str = "Once a week.", *made_from: Ref) -> Example:
    return Example(
        turns=(Turn(role="user", text=question), Turn(role="assistant", text=answer)),
        level=Level.CONVERSATION,
        task_form="fear_to_confidence",
        teacher="scripted:script",
        ungrounded="it was made up",
        made_from=(*made_from, RECIPE.ref),
    )


def a_dataset_of(
    store: Store,
    examples: Iterable[Example],
    *,
    split: Split = Split.TRAIN,
    held_out: tuple[HeldOut, ...] = (),
) -> Dataset:
    """All of them in one split."""
    found = list(examples)
    store.put(RECIPE, *found)
    members = [(split, ref) for ref in sorted(one.ref for one in found)]
    dataset = freeze(store, "coach", members, made_from=(RECIPE.ref,), held_out=held_out)
    store.put(dataset)
    return dataset


def a_held_out_section(store: Store) -> tuple[Ref, int, Ref]:
    """A document, where its second section begins, and a dataset that keeps it out."""
    book = a_book(store)
    start = book.sections[1].start
    held_out = (HeldOut(book.ref, start, Split.TRANSFER), HeldOut(book.ref, 0, Split.VALID))
    dataset = a_dataset_of(store, [an_example("So?")], held_out=held_out)
    return book.ref, start, dataset.ref
