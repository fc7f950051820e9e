import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from curate.builders import a_conversation, a_document, an_example, documents_of, names
from lorewright.curate import Curation, curate, taught_spans
from lorewright.errors import BadRecord
from lorewright.lineage import Ref
from lorewright.records import Document, Example, Split
from lorewright.settings import CurationSettings
from lorewright.similarity import ngrams, shares_ngram

FORMS = ("view", "reason", "advice", "condition")
HELD_OUT = {Split.TRANSFER, Split.VALID}


def a_sentence(chance: random.Random) -> str:
    return " ".join(f"w{chance.randrange(400)}" for _ in range(14)) + "."


def a_book(seed: int, sections: int = 12) -> Document:
    chance = random.Random(seed)
    bodies = [" ".join(a_sentence(chance) for _ in range(4)) for _ in range(sections)]
    return a_document("\n\n".join(f"# Part {at}\n\n{body}" for at, body in enumerate(bodies)))


def sentences_of(document: Document) -> list[str]:
    lines = document.words.splitlines()
    return [
        f"{found.rstrip('.')}."
        for line in lines
        for found in line.split(". ")
        if line.endswith(".")
    ]


def pairs_from(document: Document, seed: int, count: int = 60) -> list[Example]:
    chance = random.Random(seed)
    sentences = sentences_of(document)
    return [
        an_example(
            f"{chance.choice(['Why', 'How', 'When'])} does {a_sentence(chance)[:-1]}?",
            (sentence := chance.choice(sentences)),
            document,
            form=chance.choice(FORMS),
            cites=[sentence],
        )
        for _ in range(count)
    ]


def curated(*examples: Example, documents: tuple[Document, ...] = ()) -> Curation:
    return curate(examples, documents=documents_of(*documents), settings=CurationSettings())


def in_split(curation: Curation, examples: list[Example], *splits: Split) -> list[Example]:
    return [one for one in examples if curation.splits.get(one.ref) in splits]


@st.composite
def a_workspace(draw: st.DrawFn) -> tuple[list[Document], list[Example]]:
    """Two books, one of them perhaps an edition of the other, and pairs of all sorts."""
    first, second = a_book(draw(st.integers(0, 2))), a_book(draw(st.integers(0, 4)), sections=7)
    documents = list({book.ref: book for book in (first, second)}.values())
    examples = [
        pair
        for book in documents
        for pair in pairs_from(book, draw(st.integers(0, 50)), draw(st.integers(0, 60)))
    ]
    examples += [
        an_example(f"What of {at}?", f"It is number {at} of them.")
        for at in range(draw(st.integers(0, 6)))
    ]
    return documents, examples


@hypothesis_settings(max_examples=40, deadline=None)
@given(a_workspace(), st.randoms(use_true_random=False))
def test_the_promises_of_a_split_hold(
    workspace: tuple[list[Document], list[Example]], chance: random.Random
) -> None:
    documents, examples = workspace

    found = curated(*examples, documents=tuple(documents))

    by_name = {one.ref: one for one in examples}
    assert not found.splits.keys() & found.turned_down.keys()
    assert found.splits.keys() | found.turned_down.keys() == by_name.keys()
    assert found.requested == found.accepted + sum(found.rejected_by_reason.values())
    assert sum(tally.count for tally in found.tallies) == found.accepted
    check_recall(found, list(by_name.values()))
    check_held_out(found, documents, list(by_name.values()))
    chance.shuffle(examples)
    assert curated(*examples, documents=tuple(documents[::-1])) == found


def check_recall(found: Curation, examples: list[Example]) -> None:
    training = in_split(found, examples, Split.TRAIN)
    for kept_back in in_split(found, examples, Split.RECALL):
        assert not any(shares_ngram(kept_back.question, one.question) for one in training)
        assert any(
            one.evidence == kept_back.evidence
            and one.answer == kept_back.answer
            and one.task_form != kept_back.task_form
            for one in training
        )


def check_held_out(found: Curation, documents: list[Document], examples: list[Example]) -> None:
    taught = [
        book.words[start:end] for book in documents for start, end in taught_spans(book, found)
    ]
    training = in_split(found, examples, Split.TRAIN)
    taught += [text for one in training for text in (one.question, one.answer)]
    runs = {run for text in taught for run in ngrams(text, 13, whole=False)}
    for held in in_split(found, examples, *HELD_OUT):
        assert runs.isdisjoint(ngrams(held.answer, 13) | ngrams(held.question, 13))
        for cited in held.evidence:
            book = next(one for one in documents if one.ref == cited.document)
            spans = taught_spans(book, found)
            assert not any(cited.start < end and start < cited.end for start, end in spans)


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.integers(0, 20), st.integers(0, 59))
def test_a_section_keeps_its_split_when_examples_are_added(seed: int, cut: int) -> None:
    book = a_book(1)
    examples = pairs_from(book, seed)
    first = [
        an_example(f"What of {one[:20]}?", one, book, cites=[one]) for one in sentences_of(book)
    ]

    before = curated(*first, *examples[:cut], documents=(book,))
    after = curated(*first, *examples, documents=(book,))

    assert before.section_splits == after.section_splits


def test_an_example_that_is_brought_twice_counts_once() -> None:
    pair = an_example("What is rest?", "It is good for you.")

    assert curated(pair, pair).requested == 1


def test_an_example_that_a_gate_stops_is_counted_with_its_reason() -> None:
    found = curated(
        an_example("What is rest?", "Good."), an_example("What is rest?", "It is good for you.")
    )

    assert found.requested == 2
    assert found.rejected_by_reason == {"too_short": 1}


def test_nothing_in_gives_nothing_out() -> None:
    found = curated()

    assert (found.requested, list(found.outcomes())) == (0, [])
    assert found.counts == dict.fromkeys(Split, 0)


def test_outcomes_come_in_the_order_of_the_names() -> None:
    book = a_book(3)
    examples = pairs_from(book, 3)

    outcomes = list(curated(*examples, documents=(book,)).outcomes())

    assert [name for name, _ in outcomes] == sorted(set(names(examples)))


def test_evidence_in_sections_of_two_splits_is_turned_down() -> None:
    book = a_book(5, sections=6)
    sentences = sentences_of(book)
    single = [
        an_example(f"What of part {at}?", one, book, cites=[one])
        for at, one in enumerate(sentences)
    ]
    joint = an_example("What of it all?", "All of it holds.", book, cites=sentences)

    found = curated(*single, joint, documents=(book,))

    assert found.turned_down[joint.ref].reason == "crosses_splits"
    assert "train and transfer" in found.turned_down[joint.ref].detail


def test_two_editions_of_a_book_are_split_alike() -> None:
    book = a_book(6)
    edition = a_document(book.words.replace("w1 ", "W1, ") + "\n", title="Second edition")
    pairs = pairs_from(book, 1) + pairs_from(edition, 2)

    found = curated(*pairs, documents=(book, edition))

    assert found.section_splits[book.ref] == found.section_splits[edition.ref]
    assert Split.TRANSFER in found.section_splits[book.ref]
    assert "leaks_into_training" not in found.rejected_by_reason


def test_a_recall_question_goes_when_its_teacher_goes() -> None:
    book = a_book(7, sections=3)
    run = "what the writer of this long book has to say of"
    facts = sentences_of(book)[:10]
    views = [
        an_example(f"Tell me {run} number {at}.", one, book, form="view", cites=[one])
        for at, one in enumerate(facts)
    ]
    reasons = [
        an_example(f"Why is {at} so?", one, book, form="reason", cites=[one])
        for at, one in enumerate(facts)
    ]
    others = [
        an_example(f"Say {run} {form} {at}.", f"It is {form} {at}.", form=form)
        for form in ("advice", "condition")
        for at in range(2)
    ]  # keep the views out of recall, since they share a run of words
    settings = CurationSettings(
        recall_share=Decimal("0.99"),
        max_form_share=Decimal("0.34"),
        transfer_share=Decimal(0),
        valid_share=Decimal(0),
    )

    found = curate([*views, *reasons, *others], documents=documents_of(book), settings=settings)

    left = {one.answer for one in in_split(found, views, Split.TRAIN)}
    assert found.rejected_by_reason == {"form_over_share": 8, "no_longer_taught": 8}
    assert {one.answer for one in in_split(found, reasons, Split.RECALL)} == left
    assert len(left) == 2


def test_conversations_without_evidence_get_their_own_shares() -> None:
    chance = random.Random(4)
    talks = [
        a_conversation(
            ("user", a_sentence(chance)), ("assistant", a_sentence(chance)), form=FORMS[at % 4]
        )
        for at in range(40)
    ]

    found = curated(*talks)

    assert found.counts[Split.TRANSFER] == 6
    assert found.counts[Split.VALID] == 3


def test_a_document_without_examples_may_be_read() -> None:
    book = a_book(8, sections=3)

    found = curated(documents=(book,))

    assert taught_spans(book, found) == [(one.start, one.end) for one in book.sections]


def test_apparatus_is_not_taught() -> None:
    book = a_document("# Contents\n\nOne, two.\n\n# One\n\nRest is good.\n")

    assert taught_spans(book, curated(documents=(book,))) == [(23, len(book.words))]


def test_a_document_of_another_curation_has_no_taught_spans() -> None:
    with pytest.raises(BadRecord, match="took no part"):
        taught_spans(a_book(9), curated())


def test_the_tallies_say_how_the_accepted_examples_spread() -> None:
    pairs = [
        an_example(f"What is {at}?", f"It is number {at} here.", form="view") for at in range(3)
    ]

    (tally,) = curated(*pairs).tallies

    assert (tally.split, tally.task_form, tally.count) == (Split.TRAIN, "view", 3)


def test_evidence_of_accepted_examples_is_listed_by_document() -> None:
    book = a_document("Rest is good for you.")
    pair = an_example("What is rest?", "Rest is good", book)

    assert curated(pair, documents=(book,)).evidence == {book.ref: ((0, 12),)}


def test_other_examples_are_named() -> None:
    pairs = [
        an_example("What is rest?", "It is good for you."),
        an_example("what is rest", "It is good, for you"),
    ]

    found = curated(*pairs)

    (turned_down,) = found.turned_down.values()
    assert turned_down.other in found.splits
    assert isinstance(turned_down.other, Ref)
