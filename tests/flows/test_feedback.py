"""What was decided, edited and rated steers what is written next, and nothing else does."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import WORDS, a_chunk, a_judgement, a_recipe, keep_document
from lorewright.flows.edits import Edit, habits
from lorewright.flows.feedback import Feedback, feedback_of, heeded
from lorewright.flows.pairs import PairChoice
from lorewright.flows.reviewing import Judgement as Verdict
from lorewright.flows.reviewing import judge
from lorewright.records import Chunk, Document, Example, LanguageModel, Level, Prompt, Turn, Verb
from lorewright.store import Store, decide

NUMBERS = count()
answers = st.lists(st.sampled_from(["oil", "the", "pump."]), max_size=5).map(" ".join)


@pytest.fixture
def document(store: Store) -> Document:
    return keep_document(store)


def an_example(
    store: Store, document: Document, *, form: str = "advice", chunk: Chunk | None = None
) -> Example:
    evidence = document.cite(9, 49)
    chunk = chunk or a_chunk(document)
    example = Example(
        turns=(
            Turn(role="user", text=f"Question {next(NUMBERS)}?"),
            Turn(role="assistant", text=evidence.quote),
        ),
        level=Level.CHUNK_PURE,
        task_form=form,
        teacher="test",
        evidence=(evidence,),
        made_from=(chunk.ref, document.ref),
    )
    store.put(chunk, example)
    return example


def say(
    store: Store, example: Example, verb: Verb, why: str = "x", answer: str | None = None
) -> None:
    judge(store, example.ref, Verdict(verb, "Ada", why, answer=answer))


def rate(store: Store, example: Example, score: int, **scores: int | None) -> None:
    judgement = a_judgement(example, {"groundedness": None, **scores}, score=score)
    store.put(
        Prompt(name="curate/judge", text="# Task"),
        LanguageModel(provider="scripted", name="script"),
        a_recipe("judge"),
        judgement,
    )


def test_without_a_word_from_anybody_there_is_no_feedback(store: Store, document: Document) -> None:
    an_example(store, document)

    assert feedback_of(store) == Feedback((), (), (), ())


def test_a_form_that_is_mostly_rejected_is_avoided_and_one_that_is_accepted_is_wanted(
    store: Store, document: Document
) -> None:
    for form, verbs in {
        "cloze": [Verb.REJECT, Verb.REJECT, Verb.ACCEPT],
        "apply": [Verb.ACCEPT, Verb.ACCEPT, Verb.ACCEPT],
        "torn": [Verb.ACCEPT, Verb.ACCEPT, Verb.REJECT],
        "seldom": [Verb.REJECT, Verb.REJECT],
    }.items():
        for verb in verbs:
            say(store, an_example(store, document, form=form), verb)

    found = feedback_of(store)

    assert found.avoid_forms == ("cloze",)
    assert found.wanted_forms == ("apply",)


def test_what_was_taken_back_does_not_count(store: Store, document: Document) -> None:
    for _ in range(3):
        example = an_example(store, document)
        say(store, example, Verb.REJECT)
        say(store, example, Verb.UNDO)

    assert feedback_of(store).tallies == ()


def test_people_come_before_judges(store: Store, document: Document) -> None:
    for form in ("rated", "read"):
        for _ in range(3):
            example = an_example(store, document, form=form)
            rate(store, example, 2)
            if form == "read":
                say(store, example, Verb.ACCEPT)

    found = feedback_of(store)

    assert found.avoid_forms == ("rated",)
    assert found.wanted_forms == ("read",)


def test_reasons_are_counted_for_each_form_level_and_section(
    store: Store, document: Document
) -> None:
    for why in ("too long", "too long", "half a rule"):
        say(store, an_example(store, document), Verb.REJECT, why)

    found = feedback_of(store)

    reasons = (("too long", 2), ("half a rule", 1))
    assert {(tally.of, tally.name, tally.reasons) for tally in found.tallies} == {
        ("task form", "advice", reasons),
        ("level", "chunk-pure", reasons),
        ("section", "Handbook > Pumps", reasons),
    }
    assert found.notes == (
        "reviewers rejected 2 times: too long",
        "reviewers rejected once: half a rule",
    )


def test_a_chunk_of_which_everything_was_rejected_is_named(
    store: Store, document: Document
) -> None:
    good, bad, once = (a_chunk(document, ordinal=number) for number in (1, 2, 3))
    for chunk, verbs in (
        (good, [Verb.REJECT, Verb.REJECT, Verb.EDIT]),
        (bad, [Verb.REJECT, Verb.REJECT]),
        (once, [Verb.REJECT]),
    ):
        for verb in verbs:
            answer = "Oil it." if verb is Verb.EDIT else None
            say(store, an_example(store, document, chunk=chunk), verb, answer=answer)

    assert feedback_of(store).rejected_chunks == (bad.ref,)


def test_what_edits_change_alike_becomes_a_note(store: Store, document: Document) -> None:
    for _ in range(2):
        example = an_example(store, document)
        say(store, example, Verb.EDIT, answer="Check its oil once a week.")

    notes = feedback_of(store).notes

    assert "reviewers put in 'its' (2 of 2 edits)" in notes
    assert any(note.startswith("reviewers shorten answers") for note in notes)


def test_what_judges_find_weakest_becomes_a_note(store: Store, document: Document) -> None:
    for _ in range(3):
        rate(store, an_example(store, document), 9, voice=5)

    assert feedback_of(store).notes == ("judges find voice weakest: 5.0 of 10 over 3 examples",)


def test_nothing_is_heard_of_a_source_that_was_withdrawn(store: Store, document: Document) -> None:
    other = keep_document(store, WORDS + "\nMore.\n", file_name="other.md")
    say(store, an_example(store, document), Verb.REJECT, "mine")
    say(store, an_example(store, other), Verb.REJECT, "theirs")
    decide(store, other.made_from[0], Verb.WITHDRAW, why="it was wrong", by="Ada")

    assert feedback_of(store).notes == ("reviewers rejected once: mine",)


@given(st.lists(st.builds(Edit, answers, answers), max_size=6))
def test_edits_that_change_nothing_and_single_ones_are_no_habit(edits: list[Edit]) -> None:
    changed = [edit for edit in edits if edit.before != edit.after]

    assert list(habits(edits)) == list(habits(changed))
    assert len(changed) > 1 or not list(habits(edits))


def test_a_run_that_was_moved_is_neither_struck_out_nor_put_in() -> None:
    moved = [Edit("basically oil the pump now", "oil the pump now basically")] * 3

    assert list(habits(moved)) == []


def test_a_habit_is_told_with_how_often_it_shows() -> None:
    edits = [
        Edit(f"Basically, you oil pump {number} weekly.", f"You oil pump {number} weekly.")
        for number in range(3)
    ]

    assert list(habits(edits)) == [
        "reviewers shorten answers: from 6 words to 5 on average over 3 edits",
        "reviewers strike out 'Basically, you' (3 of 3 edits)",
        "reviewers put in 'You' (3 of 3 edits)",
    ]


def test_a_plan_heeds_forms_it_can_ask_for_notes_and_chunks(document: Document) -> None:
    chunk = a_chunk(document).ref
    feedback = Feedback(("quiz", "cloze"), ("apply",), ("shorter",), (chunk,))

    found = heeded(PairChoice(target=5), feedback)

    assert found == PairChoice(
        target=5,
        avoid_forms=("quiz",),
        prefer_forms=("apply",),
        notes=("shorter",),
        leave_out=(chunk,),
    )
