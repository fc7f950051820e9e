from hypothesis import given
from hypothesis import strategies as st

from lorewright.similarity import Overlaps, ngrams, shares_ngram, words

FEW_WORDS = st.lists(st.sampled_from("abc"), max_size=14).map(" ".join)


def stands_in(run: list[str], found: list[str]) -> bool:
    return any(found[at : at + len(run)] == run for at in range(len(found)))


def test_a_text_has_every_run_of_its_words() -> None:
    assert ngrams("One two; THREE four", 3) == {"one two three", "two three four"}


def test_a_shorter_text_is_one_run_or_none() -> None:
    assert ngrams("One two", 3) == {"one two"}
    assert ngrams("One two", 3, whole=False) == set()
    assert ngrams("?!", 3) == set()


def test_the_same_short_question_is_shared_and_a_part_of_a_longer_one_is_not() -> None:
    assert shares_ngram("What is rest?", "what is REST")
    assert not shares_ngram("What is rest?", "Why ask what is rest when all of us know it?")


@given(FEW_WORDS, FEW_WORDS)
def test_a_run_is_shared_when_it_stands_in_both(one: str, other: str) -> None:
    runs = [words(one)[at : at + 4] for at in range(len(words(one)) - 3)]
    by_hand = any(stands_in(run, words(other)) for run in runs)

    assert (not ngrams(one, 4, whole=False).isdisjoint(ngrams(other, 4, whole=False))) == by_hand
    assert shares_ngram(one, other, 4) == shares_ngram(other, one, 4)


@given(st.lists(st.tuples(FEW_WORDS, FEW_WORDS), max_size=4), st.lists(FEW_WORDS, max_size=4))
def test_overlaps_are_those_that_sets_give(watched: list[tuple[str, str]], read: list[str]) -> None:
    search = Overlaps(watched, 3)
    for at, text in enumerate(read):
        search.read(text, label=str(at))

    for index, parts in enumerate(watched):
        own = ngrams(parts[0], 3) | ngrams(parts[1], 3)
        seen = [ngrams(text, 3) & own for text in read]
        share = len(set[str]().union(*seen)) / len(own) if own else 0.0
        first = next((str(at) for at, found in enumerate(seen) if found), None)
        assert search.containment(index) == share
        assert search.first_reader(index) == first
