"""The phrases of an advisor are learnt, not typed."""

import math

import pytest

from lorewright.errors import BadRecord
from lorewright.measures.advice import Metric, learn_signature, lexicon, measure_advice

OURS = [
    "Let's take a breath together. We look at the loan first.",
    "Before we begin, let's take a breath. The loan is next.",
    "Let's take a breath. Then the numbers follow.",
    "So let's take a breath and look at the loan.",
] * 5
THEIRS = [
    "Look at the loan first. The numbers follow.",
    "Before you begin, read the loan. The loan is next.",
    "Make a list and look at the loan.",
    "Then the numbers follow.",
] * 5


def test_what_only_the_advisor_says_is_its_signature() -> None:
    learnt = learn_signature(OURS, THEIRS, least_texts=3)

    assert learnt.phrases[0].words == "let's take a breath"
    assert (learnt.phrases[0].gold, learnt.phrases[0].neutral) == (20, 0)
    assert not any("loan" in phrase.words for phrase in learnt.phrases)


def test_a_phrase_within_a_longer_one_is_left_out() -> None:
    phrases = [one.words for one in learn_signature(OURS, THEIRS).phrases]

    assert "take a breath" not in phrases
    assert "let's take a" not in phrases


def test_the_score_is_the_log_odds_in_standard_errors() -> None:
    learnt = learn_signature(["a b"] * 12, ["c d"] * 8, least_texts=1, prior=0.25)

    # One n-gram on each side: 12 of "a b" and 8 of "c d", the prior worth a quarter of them.
    weight = 5 * 12 / 20
    odds = math.log((12 + weight) / (12 + 5 - 12 - weight))
    other = math.log(weight / (8 + 5 - weight))
    sigma = math.sqrt(1 / (12 + weight) + 1 / weight)
    assert [one.words for one in learnt.phrases] == ["a b"]
    assert learnt.phrases[0].z == pytest.approx((odds - other) / sigma)


def test_learnt_phrases_are_found_in_an_answer() -> None:
    learnt = learn_signature(OURS, THEIRS)

    measured = measure_advice("Now let\u2019s take a breath.", known=lexicon(), signature=learnt)

    assert measured.values[Metric.SIGNATURE].found == ("let's take a breath",)


def test_the_same_texts_on_both_sides_have_no_signature() -> None:
    learnt = learn_signature(OURS, OURS)

    measured = measure_advice("let's take a breath", known=lexicon(), signature=learnt)

    assert learnt.phrases == ()
    assert measured.value(Metric.SIGNATURE) is None


@pytest.mark.parametrize(("gold", "neutral"), [([], ["a b"]), (["a b"], []), (["", "!"], ["a b"])])
def test_a_side_without_words_is_refused(gold: list[str], neutral: list[str]) -> None:
    with pytest.raises(BadRecord, match="has no words"):
        learn_signature(gold, neutral)


def test_large_sides_are_thinned_out_evenly_and_say_so() -> None:
    learnt = learn_signature([f"we begin {at}" for at in range(1_500)], ["a b"])

    assert (learnt.gold_texts, learnt.neutral_texts) == (1_000, 1)
