from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from curate.builders import a_document, an_example
from lorewright.curate.item import Item, item_of
from lorewright.curate.recall import recall_questions
from lorewright.lineage import Ref
from lorewright.records import Example
from lorewright.settings import CurationSettings
from lorewright.similarity import normalised, shares_ngram

SENTENCES = [f"Fact {at} holds that rest number {at} is good for us." for at in range(8)]
HANDBOOK = a_document(" ".join(SENTENCES))
WORDS = ("why", "does", "rest", "help", "you")
FORMS = ("view", "reason", "advice")
ALL = CurationSettings(recall_share=Decimal("0.99"))


def items(*examples: Example) -> list[Item]:
    return sorted((item_of(example) for example in examples), key=lambda item: item.name)


def pair(question: str, first: int, form: str, *, sentences: int = 1) -> Example:
    answer = " ".join(SENTENCES[first : first + sentences])
    return an_example(question, answer, HANDBOOK, form=form)


def kept_back(*examples: Example, settings: CurationSettings = ALL) -> set[Ref]:
    return set(recall_questions(items(*examples), settings))


@st.composite
def some_pairs(draw: st.DrawFn) -> list[Item]:
    questions = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
    pairs = st.builds(
        pair,
        questions,
        st.integers(0, 7),
        st.sampled_from(FORMS),
        sentences=st.integers(1, 2),
    )
    return items(*{one.ref: one for one in draw(st.lists(pairs, max_size=25))}.values())


@given(some_pairs(), st.sampled_from(["0.2", "0.5", "0.99"]), st.integers(0, 3))
def test_a_question_kept_back_is_new_and_its_fact_is_taught(
    ours: list[Item], share: str, seed: int
) -> None:
    settings = CurationSettings(recall_share=Decimal(share), seed=seed)

    taught_by = recall_questions(ours, settings)

    by_name = {item.name: item for item in ours}
    training = [item for item in ours if item.name not in taught_by]
    for name, teacher_name in taught_by.items():
        item, teacher = by_name[name], by_name[teacher_name]
        assert teacher in training
        assert teacher.task_form != item.task_form
        assert normalised(item.answer) in normalised(teacher.answer)
        assert teacher.evidence[0].start <= item.evidence[0].start
        assert item.evidence[0].end <= teacher.evidence[0].end
        assert not any(shares_ngram(item.question, other.question) for other in training)
        same_fact = [other for other in training if other.evidence == item.evidence]
        assert item.task_form not in {other.task_form for other in same_fact}
    assert len({by_name[name].evidence for name in taught_by}) == len(taught_by)


def test_one_of_two_questions_about_a_fact_is_kept_back() -> None:
    two = pair("Why rest?", 0, "reason"), pair("What is said of rest?", 0, "view")

    assert len(kept_back(*two)) == 1


def test_a_question_about_words_inside_a_taught_passage_may_be_kept_back() -> None:
    narrow, wide = pair("Why rest?", 0, "reason"), pair("And so?", 0, "view", sentences=2)

    assert kept_back(narrow, wide) == {narrow.ref}


def test_a_fact_with_one_question_is_only_taught() -> None:
    assert not kept_back(pair("Why rest?", 0, "reason"), pair("What of it?", 3, "view"))


def test_two_questions_of_one_form_are_both_taught() -> None:
    assert not kept_back(pair("Why rest?", 0, "view"), pair("What of it?", 0, "view"))


def test_an_answer_in_other_words_does_not_teach() -> None:
    other = an_example(
        "What of it?", "Sleep more often.", HANDBOOK, form="view", cites=SENTENCES[:1]
    )

    assert not kept_back(pair("Why rest?", 0, "reason"), other)


def test_a_run_of_words_that_stays_in_training_bars_a_question() -> None:
    run = "what does the writer of this long handbook say"
    ours = (
        pair(f"Tell me, {run} about rest?", 0, "view"),
        pair("Why rest?", 0, "reason"),
        pair(f"Now {run} about work?", 5, "view"),
    )

    assert kept_back(*ours) == {ours[1].ref}


def test_questions_that_share_a_run_are_kept_back_together() -> None:
    run = "what does the writer of this long handbook say"
    tied = [pair(f"{run} about number {at}", at, "view") for at in (0, 1)]
    others = [pair("Why then?", at, "reason") for at in (0, 1)]  # tied by being the same

    assert kept_back(*tied, *others) in ({one.ref for one in tied}, {one.ref for one in others})


def test_a_short_question_that_is_asked_in_training_too_is_not_kept_back() -> None:
    ours = (
        pair("Why rest?", 0, "reason"),
        pair("Who says it is good to rest?", 0, "view"),
        pair("WHY, rest?", 4, "reason"),
        pair("Who says it is good to rest?", 4, "reason"),
    )

    assert not kept_back(*ours)


def test_the_share_is_of_the_facts_that_could_give_a_question() -> None:
    ours = [
        pair(f"{word} is number {at}?", at, form)
        for at in range(8)
        for word, form in (("Why", "reason"), ("Who", "view"))
    ]

    assert len(kept_back(*ours, settings=CurationSettings(recall_share=Decimal("0.25")))) == 2
    assert not kept_back(*ours, settings=CurationSettings(recall_share=Decimal(0)))


def test_a_question_whose_only_teacher_is_kept_back_stays() -> None:
    narrow = pair("Why rest?", 0, "reason")
    wide = pair("What is said of rest?", 0, "view", sentences=2)
    wider = pair("And for what cause?", 0, "reason", sentences=2)

    for seed in range(12):
        settings = CurationSettings(recall_share=Decimal("0.99"), seed=seed)
        assert {narrow.ref, wide.ref} != kept_back(narrow, wide, wider, settings=settings)
