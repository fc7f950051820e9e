import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.similarity import Twin, jaccard, near_duplicates, shingles
from lorewright.similarity.near_duplicates import bands

TEXTS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=9).map(" ".join), max_size=12)


def twins(texts: list[str], threshold: float = 0.8) -> list[Twin]:
    return list(near_duplicates(len(texts), lambda at: shingles(texts[at]), threshold=threshold))


def some_words(chance: random.Random, count: int) -> list[str]:
    return [f"w{chance.randrange(3000)}" for _ in range(count)]


def test_bigrams_count_and_one_word_stands_for_itself() -> None:
    assert shingles("Rest, then work") == ["rest then", "then work"]
    assert shingles("Rest!") == ["rest"]
    assert shingles("Rest now", salt="a ") == ["a rest now"]


def test_jaccard_is_what_is_common_of_what_is_there() -> None:
    assert jaccard(["a b", "b c", "b c"], ["b c", "c d"]) == pytest.approx(1 / 3)
    assert jaccard([], []) == 1.0


def test_the_earlier_of_two_stays() -> None:
    assert twins(["rest and then work", "so on", "Rest, and then: work!"]) == [Twin(2, 0, 1.0)]


def test_nothing_is_alike_in_nothing() -> None:
    assert twins([]) == []


@given(TEXTS)
def test_what_is_reported_is_alike_and_its_original_stays(texts: list[str]) -> None:
    found = twins(texts, 0.6)

    gone = {twin.later for twin in found}
    for twin in found:
        exact = jaccard(shingles(texts[twin.later]), shingles(texts[twin.earlier]))
        assert twin.jaccard == exact >= 0.6
        assert twin.earlier < twin.later
        assert twin.earlier not in gone


@given(TEXTS)
def test_the_same_words_are_always_found(texts: list[str]) -> None:
    found = {twin.later for twin in twins([*texts, *texts])}

    assert found >= set(range(len(texts), 2 * len(texts)))


def test_a_further_condition_can_keep_what_is_alike() -> None:
    kept = near_duplicates(3, lambda _at: ["a b"], threshold=0.8, if_also=lambda one, _two: one > 1)

    assert list(kept) == [Twin(2, 0, 1.0)]


def test_planted_repetitions_are_found_and_nothing_else() -> None:
    chance = random.Random(11)
    originals = [some_words(chance, 60) for _ in range(1500)]
    planted: list[list[str]] = []
    for original in chance.sample(originals, 300):
        copy = list(original)
        for at in chance.sample(range(60), 2):
            copy[at] = "changed"
        planted.append(copy)
    texts = [" ".join(found) for found in (*originals, *planted)]

    found = twins(texts)

    assert all(twin.later >= 1500 for twin in found)
    assert len(found) >= 0.95 * 300


@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.5, 0.8, 0.9, 1.0])
def test_a_pair_on_the_threshold_has_a_good_chance_to_be_compared(threshold: float) -> None:
    count = bands(threshold)

    assert 1 - (1 - threshold ** (128 / count)) ** count >= 0.9
