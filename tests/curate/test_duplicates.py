from curate.builders import a_conversation, a_document, an_example, documents_of
from lorewright.curate.duplicates import asked_twice, exact_duplicates, said_twice
from lorewright.curate.item import Item, item_of
from lorewright.lineage import Ref
from lorewright.records import Example

ONE = "Rest before you are tired, and tell nobody that you earned it."
TWO = "Work again when the tea is cold and the letters have been read."
HANDBOOK = a_document(f"# Rest\n\n{ONE} {TWO}\n\n# Again\n\n{ONE}\n")


def items(*examples: Example) -> list[Item]:
    return sorted((item_of(example) for example in examples), key=lambda item: item.name)


def asked(*examples: Example) -> set[Ref]:
    return set(asked_twice(items(*examples), documents=documents_of(HANDBOOK), threshold=0.8))


def said(*examples: Example) -> set[Ref]:
    return set(said_twice(items(*examples), threshold=0.8))


def test_of_the_same_words_the_first_by_name_stays() -> None:
    pairs = [
        an_example("When should one rest?", ONE, HANDBOOK),
        an_example("when should one rest", ONE.upper(), HANDBOOK, cites=[ONE]),
        an_example("When, should one, rest?!", ONE),
    ]
    first, *others = sorted(pair.ref for pair in pairs)

    found = exact_duplicates(items(*pairs))

    assert set(found) == set(others)
    assert {one.other for one in found.values()} == {first}
    assert {one.reason for one in found.values()} == {"exact_duplicate"}


def test_words_that_are_dealt_to_the_turns_otherwise_are_not_the_same() -> None:
    pairs = an_example("When?", f"Now. {ONE}"), an_example("When? Now.", ONE)

    assert not exact_duplicates(items(*pairs))


def test_two_questions_about_one_passage_both_stay() -> None:
    pairs = (
        an_example("When should one rest?", ONE, HANDBOOK, form="advice"),
        an_example("What does the author say about telling others?", ONE, HANDBOOK, form="view"),
    )

    assert not exact_duplicates(items(*pairs))
    assert not asked(*pairs)
    assert not said(*pairs)


def test_nearly_the_same_question_about_one_passage_is_asked_once() -> None:
    question = "What does the author of this handbook advise about resting before work in {}?"
    pairs = [
        an_example(question.format("May"), ONE, HANDBOOK),
        an_example(question.format("June"), f"{ONE} {TWO}", HANDBOOK),
    ]
    later = max(pair.ref for pair in pairs)

    assert asked(*pairs) == {later}


def test_the_same_question_about_two_passages_stays_twice() -> None:
    pairs = (
        an_example("What does the author advise?", ONE, HANDBOOK),
        an_example("What does the author advise?", TWO, HANDBOOK),
    )

    assert not asked(*pairs)
    assert not said(*pairs)


def test_nearly_the_same_pair_is_a_repetition_wherever_its_words_are_from() -> None:
    question = "What does the author of this handbook advise about resting?"
    pairs = (
        an_example(question, ONE, HANDBOOK),
        an_example(question, ONE.replace("earned it", "did")),
    )

    assert len(said(*pairs)) == 1


def test_a_conversation_is_no_repetition_of_its_beginning() -> None:
    opening = (("user", "When should one rest?"), ("assistant", ONE))
    talks = (
        a_conversation(*opening),
        a_conversation(*opening, ("user", "And when does one work?"), ("assistant", TWO)),
    )

    assert not exact_duplicates(items(*talks))
    assert not said(*talks)


def test_a_repetition_says_what_it_repeats() -> None:
    pairs = [
        an_example("What do you advise about rest?", ONE, HANDBOOK),
        an_example("What do you advise about: rest?", ONE, HANDBOOK),
    ]
    first, later = sorted(pair.ref for pair in pairs)

    found = asked_twice(items(*pairs), documents=documents_of(HANDBOOK), threshold=0.8)

    assert found[later].other == first
    assert first.short in found[later].detail
