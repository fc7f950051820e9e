"""Measures of variety agree with reference values and with other libraries."""

import math
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.measures import (
    cell_coverage,
    informativeness,
    longest_run,
    mtld,
    near_pairs,
    reference_scores,
    self_bleu,
    usable_pairs,
    vendi,
    vendi_of_kernel,
)
from lorewright.measures.self_bleu import MOST
from lorewright.similarity import words

TEXTS = [
    "Open a savings account at your bank this week.",
    "Your feelings about the house are valid, and common.",
    "Open a savings account at your bank next month, and rest.",
    "A fund is a basket of many stocks, spread over many firms.",
    "Yes.",
]
texts = st.lists(st.text("abc ", min_size=1, max_size=20), min_size=1, max_size=8)


def test_alike_texts_are_worth_one_and_orthogonal_ones_all_of_them() -> None:
    assert vendi_of_kernel([[1.0] * 7] * 7) == pytest.approx(1)
    identity = [[float(row == column) for column in range(9)] for row in range(9)]
    assert vendi_of_kernel(identity) == pytest.approx(9)


def test_two_groups_of_alike_texts_are_worth_two() -> None:
    kernel = [[float(row // 3 == column // 3) for column in range(6)] for row in range(6)]

    assert vendi_of_kernel(kernel) == pytest.approx(2)


def test_a_kernel_of_two_has_the_entropy_of_its_two_eigenvalues() -> None:
    low, high = 0.2, 0.8

    expected = math.exp(-low * math.log(low) - high * math.log(high))
    assert vendi_of_kernel([[1, 0.6], [0.6, 1]]) == pytest.approx(expected)


@pytest.mark.parametrize("kernel", [[], [[1, 0]], [1, 2], [[math.nan]]])
def test_what_is_no_kernel_is_refused(kernel: object) -> None:
    with pytest.raises(BadRecord, match="kernel"):
        vendi_of_kernel(kernel)


@settings(deadline=None, max_examples=15)
@given(texts)
def test_a_set_is_worth_between_one_and_all_of_its_texts(found: list[str]) -> None:
    measured = vendi(found)

    assert measured is not None
    assert 1 <= measured.score <= len(found)
    again = vendi(found * 2)
    assert again is not None
    assert again.score <= len(set(found)) + 1e-6


def test_a_set_larger_than_what_is_measured_is_drawn_from_with_its_seed() -> None:
    found = [vendi(TEXTS * 3, most=4, seed=seed) for seed in (1, 1, 2)]

    assert found[0] == found[1]
    assert found[0] is not None
    assert (found[0].measured, found[0].texts, found[0].is_sample) == (4, 15, True)
    assert found[2] is not None
    assert found[2].seed == 2
    assert vendi([]) is None
    one = vendi(["alone"])
    assert one is not None
    assert (one.score, one.share, one.is_sample) == (1, 1, False)


def test_mtld_of_a_text_counted_by_hand() -> None:
    # of the people by the people | for the people: forwards one stretch of six words, and no
    # repetition in the rest; backwards people the for people | the by people the | of.
    # Backwards: 3/4 holds, 3/5 does not, so five words; then by people the of: all different.
    text = "of the people by the people for the people"

    assert mtld([text]) == pytest.approx(9)


def test_mtld_counts_the_rest_as_the_part_that_it_is() -> None:
    # a b a: 2/3 < 0.72 ends a stretch both ways; then c c d: 1/2 ends one, and d is left.
    # Backwards d c c: 2/3 ends one, then a b a: 2/3 ends another: two of three words.
    forwards, backwards = 6 / 2, 6 / 2

    assert mtld(["a b a c c d"]) == pytest.approx((forwards + backwards) / 2)
    # a b c a is three of four: no stretch ends, and a quarter of 0.28 is left of one.
    assert mtld(["a b c a"]) == pytest.approx(4 / (0.25 / 0.28))


def test_without_a_repetition_there_is_no_mtld() -> None:
    assert mtld([]) is None
    assert mtld(["", "!"]) is None
    assert mtld(["all words differ"]) is None


@given(texts)
def test_mtld_is_the_same_read_backwards(found: list[str]) -> None:
    backwards = [" ".join(text.split()[::-1]) for text in found][::-1]

    assert mtld(found) == pytest.approx(mtld(backwards))


def sacre_self_bleu(found: Sequence[str]) -> float:
    metrics: Any = import_module("sacrebleu.metrics")
    bleu = metrics.BLEU(tokenize="none", effective_order=True)
    folded = [" ".join(words(text)) for text in found]
    scores = [
        bleu.sentence_score(one, folded[:at] + folded[at + 1 :]).score
        for at, one in enumerate(folded)
    ]
    return math.fsum(scores) / len(scores)


def test_self_bleu_is_that_of_sacrebleu() -> None:
    measured = self_bleu(TEXTS)

    assert measured is not None
    assert measured.score == pytest.approx(sacre_self_bleu(TEXTS), abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=9).map(" ".join), min_size=2))
def test_self_bleu_is_that_of_sacrebleu_for_any_texts(found: list[str]) -> None:
    measured = self_bleu(found[:8])

    assert measured is not None
    assert measured.score == pytest.approx(sacre_self_bleu(found[:8]), abs=1e-9)


def test_self_bleu_of_alike_texts_is_all_and_of_few_is_none() -> None:
    alike = self_bleu(["one two three four five"] * 3)

    assert alike is not None
    assert alike.score == pytest.approx(100)
    assert self_bleu(["alone"]) is None
    assert self_bleu(["alone", "", "?"]) is None
    many = self_bleu([f"text {at}" for at in range(200)])
    assert many is not None
    assert (many.measured, many.texts) == (MOST, 200)


def test_bleu_and_chrf_are_those_of_sacrebleu() -> None:
    sacrebleu: Any = import_module("sacrebleu")
    answers = ["the cat sat on the mat", "open an account"]
    references = ["the cat sat on a mat today", "open the account"]

    found = reference_scores(answers, references)

    assert found.bleu == sacrebleu.corpus_bleu(answers, [references]).score
    assert found.chrf == sacrebleu.corpus_chrf(answers, [references]).score
    assert "smooth:exp" in found.bleu_signature
    assert reference_scores(references, references).bleu == pytest.approx(100)


@pytest.mark.parametrize(("answers", "references"), [([], []), (["a"], []), (["a"], ["b", "c"])])
def test_answers_without_their_references_are_refused(
    answers: list[str], references: list[str]
) -> None:
    with pytest.raises(BadRecord, match="references"):
        reference_scores(answers, references)


def test_pairs_that_share_a_run_are_found_once_each() -> None:
    found = near_pairs([*TEXTS, TEXTS[0].upper()], run=7)

    assert [(one.first, one.second) for one in found.listed] == [(0, 2), (0, 5), (2, 5)]
    assert (found.count, found.share, found.longest) == (3, 3 / 15, 9)
    assert near_pairs([]).share is None
    assert near_pairs(["one"]).share is None


def test_a_formula_of_the_whole_set_is_told_apart() -> None:
    found = near_pairs(["take a breath with me now my friend"] * 250)

    assert (found.count, len(found.formulas)) == (0, 1)


@given(st.text("ab ", max_size=30), st.text("ab ", max_size=30))
def test_the_longest_run_is_that_of_trying_all(one: str, other: str) -> None:
    first, second = words(one), words(other)
    runs = [
        stop - start
        for start in range(len(first))
        for stop in range(start + 1, len(first) + 1)
        if f" {' '.join(first[start:stop])} " in f" {' '.join(second)} "
    ]

    assert longest_run(one, other) == max(runs, default=0)


def test_cells_are_counted_over_the_whole_scaffold() -> None:
    axes = [["anxious", "calm"], ["up", "down"]]
    members = [("anxious", "up"), ("calm", "down"), ("calm", "down"), ("calm", "sideways")]

    found = cell_coverage(members, axes)

    assert (found.cells, found.filled, found.members, found.share) == (4, 2, 3, 0.5)
    assert found.empty == (("anxious", "down"), ("calm", "up"))
    assert found.strangers == {("calm", "sideways"): 1}
    entropy = -(1 / 3 * math.log2(1 / 3) + 2 / 3 * math.log2(2 / 3))
    assert found.entropy_ratio == pytest.approx(entropy / 2)


def test_as_many_in_each_cell_is_even_and_none_is_nothing() -> None:
    axes = [["a", "b"], ["x", "y"]]
    full = cell_coverage([(one, two) for one in axes[0] for two in axes[1]] * 2, axes)

    assert (full.share, full.entropy_ratio, full.empty) == (1, 1, ())
    assert cell_coverage([], axes).entropy_ratio is None
    assert cell_coverage([("a",)], []).share is None
    assert cell_coverage([("a",)], [["a"]]).entropy_ratio is None


def test_pairs_that_cannot_be_trained_on_are_counted_by_why() -> None:
    found = usable_pairs([None, "", " \n", 3, "One.", "one", "two", None])

    assert found == (8, 2, 1, 2, 1)
    assert (found.usable, found.rate, found.is_enough) == (2, 0.25, False)
    assert usable_pairs([]).rate is None
    assert usable_pairs(f"answer {at}" for at in range(9)).is_enough


@given(st.lists(st.one_of(st.none(), st.integers(), st.text())))
def test_every_pair_is_accounted_for(answers: list[object]) -> None:
    found = usable_pairs(answers)

    parts = found.missing + found.not_text + found.empty + found.repeated + found.usable
    assert parts == found.pairs == len(answers)
    assert found.usable >= 0


def test_scores_that_are_all_the_same_say_nothing() -> None:
    constant = informativeness([3.0] * 447)

    assert (constant.is_informative, constant.sd, constant.scored) == (False, 0, 447)
    varied = informativeness([3, 4, None, math.nan, math.inf])
    assert (varied.is_informative, varied.unscored) == (True, 3)
    assert varied.sd == pytest.approx(math.sqrt(0.5))
    assert informativeness([]).sd is None
