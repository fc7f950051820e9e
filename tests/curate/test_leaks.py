from curate.builders import a_document, an_example, documents_of
from lorewright.curate.curation import TurnedDown
from lorewright.curate.item import item_of
from lorewright.curate.leaks import leaking
from lorewright.prose import Span
from lorewright.records import Document, Example

HELD = "The kettle sings before seven and nobody in the house is awake to hear it but the cat."
TAUGHT = "Every ledger must be closed at noon, and the clerk who closes it has to sign his name."
HANDBOOK = a_document(f"# One\n\n{TAUGHT}\n\n# Two\n\n{HELD}\n")


def leak(
    held_out: Example, *trained: Example, reads: str = TAUGHT, also: tuple[Document, ...] = ()
) -> TurnedDown | None:
    start = HANDBOOK.words.index(reads)
    found = leaking(
        [item_of(held_out)],
        trained=[item_of(one) for one in trained],
        taught={HANDBOOK.ref: [Span(start, start + len(reads))]},
        documents=documents_of(HANDBOOK, *also),
    )
    return found.get(held_out.ref)


def test_words_of_its_own_do_not_leak() -> None:
    held = an_example("Who hears the kettle?", HELD, HANDBOOK)

    assert leak(held, an_example("When is the ledger closed?", TAUGHT, HANDBOOK)) is None


def test_the_same_passage_in_another_document_leaks() -> None:
    copy = a_document(f"A cutting.\n\n{HELD.upper()}")
    trained = an_example("And then, who sings?", HELD.upper(), copy)

    found = leak(an_example("Who hears the kettle?", HELD, HANDBOOK), trained, also=(copy,))

    assert found is not None
    assert (found.reason, found.other) == ("leaks_into_training", trained.ref)


def test_a_passage_that_is_cited_in_training_leaks_under_any_answer() -> None:
    held = an_example("Who hears it?", "The cat does, I think.", HANDBOOK, cites=["but the cat."])
    trained = an_example("Who is awake?", "Some animal may be.", HANDBOOK, cites=["but the cat."])

    assert leak(held, trained) is not None


def test_the_same_question_leaks_with_any_answer() -> None:
    trained = an_example("WHO hears the kettle", "I could not tell you that.")

    assert leak(an_example("Who hears the kettle?", HELD, HANDBOOK), trained) is not None


def test_a_run_of_thirteen_words_leaks_out_of_a_long_answer() -> None:
    run = " ".join(HELD.split()[2:15])
    trained = an_example("What else?", f"As they say, {run}, and so on.")

    found = leak(
        an_example("Who hears it?", f"{HELD} " + "More. " * 200, HANDBOOK, cites=[HELD]), trained
    )

    assert found is not None
    assert found.detail.startswith("a run of 13")


def test_a_stock_phrase_of_twelve_words_is_borne_and_a_fifth_is_not() -> None:
    run = " ".join(HELD.split()[2:14])
    trained = an_example("What else?", f"As they say, {run}, and so on.")
    more = " ".join(f"other{at}" for at in range(40))

    assert leak(an_example("Who?", HELD, HANDBOOK), trained) is not None
    assert leak(an_example("Who?", f"{HELD} {more}", HANDBOOK, cites=[HELD]), trained) is None


def test_what_a_base_model_may_read_leaks_without_any_training_example() -> None:
    held = an_example("When is the ledger closed?", TAUGHT)

    found = leak(held)

    assert found is not None
    assert found.other is None
    assert HANDBOOK.ref.short in found.detail
