"""Every finding, driven by simulated scores; and that words and numbers agree."""

import hashlib
import math
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.evaluate import Arm, Score, headline_of, read_scores, verdict_of, write_scores
from lorewright.lineage import Ref
from lorewright.records import Blob, Comparison, Finding, SetFinding, Split, Verdict
from lorewright.settings import EvaluationSettings

ADAPTER = Ref("adapter", "a" * 64)


def a_blob(raw: bytes) -> Blob:
    return Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw))


def an_example(number: int, split: Split) -> Ref:
    return Ref("example", hashlib.sha256(f"{split} {number}".encode()).hexdigest())


def scores_of(
    split: Split = Split.RECALL,
    *,
    items: int = 40,
    tuned: float = 0.0,
    control: float = 0.0,
    noise: float = 0.3,
    seed: int = 1,
) -> Iterator[Score]:
    """Items whose arms are, on average, `tuned` and `control` nats per token over the base."""
    dice = random.Random(f"{seed} {split}")
    for number in range(items):
        example, tokens = an_example(number, split), dice.randint(5, 40)
        base = dice.gauss(-4, 1)
        for arm, gain in ((Arm.BASE, 0.0), (Arm.TUNED, tuned), (Arm.CONTROL, control)):
            value = base + (gain + dice.gauss(0, noise) if arm is not Arm.BASE else 0)
            yield Score(example, split, arm, tokens, value * tokens)


def a_verdict(
    *scores: Score,
    scope: Literal["pocket", "outside"] = "outside",
    put_blob: Callable[[bytes], Blob] = a_blob,
    **changed: int,
) -> Verdict:
    return verdict_of(
        scores,
        settings=EvaluationSettings(permutations=999).model_copy(update=changed),
        scope=scope,
        made_from=(ADAPTER,),
        put_blob=put_blob,
    )


def recall_of(verdict: Verdict) -> SetFinding:
    return next(found for found in verdict.findings if found.split is Split.RECALL)


def test_better_than_base_and_control_learned_the_content() -> None:
    found = recall_of(a_verdict(*scores_of(tuned=1.5, control=0.9)))

    assert found.finding is Finding.LEARNED_CONTENT
    assert "learned the content" in found.sentence
    assert "On 40 recall questions" in found.sentence


def test_better_than_base_but_like_the_control_learned_the_format() -> None:
    found = recall_of(a_verdict(*scores_of(tuned=0.9, control=0.9)))

    assert found.finding is Finding.LEARNED_FORMAT
    assert "learned the format, not the content" in found.sentence
    assert "not shown to be ahead of the control" in found.sentence


def test_better_than_base_but_below_the_control_is_said_to_be_behind() -> None:
    found = recall_of(a_verdict(*scores_of(tuned=0.9, control=1.8)))

    assert found.finding is Finding.LEARNED_FORMAT
    assert "learned the format, not the content" in found.sentence
    assert "but behind the control" in found.sentence


def test_a_difference_that_chance_explains_is_not_shown() -> None:
    found = recall_of(a_verdict(*scores_of(tuned=0.0, control=0.0)))

    assert found.finding is Finding.NOT_SHOWN
    assert "no difference between the tuned adapter and the base is shown" in found.sentence


def test_lower_than_the_base_is_worse() -> None:
    found = recall_of(a_verdict(*scores_of(tuned=-0.7, control=-1.5)))

    assert found.finding is Finding.WORSE
    assert "worse than the base (mean difference \N{MINUS SIGN}0." in found.sentence


def test_too_few_items_are_invalid_however_large_the_difference() -> None:
    found = recall_of(a_verdict(*scores_of(items=19, tuned=9.0)))

    assert found.finding is Finding.INVALID
    assert found.sentence.startswith("On 19 recall questions")
    assert "nothing is claimed: a finding needs at least 20" in found.sentence


def test_a_set_without_items_is_invalid_and_has_no_comparison() -> None:
    verdict = a_verdict(*scores_of(tuned=1.0))

    transfer = verdict.findings[1]
    assert (transfer.split, transfer.finding) == (Split.TRANSFER, Finding.INVALID)
    assert "On 0 transfer questions" in transfer.sentence
    assert {comparison.split for comparison in verdict.comparisons} == {Split.RECALL}


def test_an_adapter_that_changes_nothing_is_not_live() -> None:
    scores = [
        score._replace(log_likelihood=score.log_likelihood + 1e-9) for score in scores_of(noise=0.0)
    ]

    found = recall_of(a_verdict(*scores))

    assert found.finding is Finding.INVALID
    assert "the adapter is not live" in found.sentence


def test_a_control_that_is_the_tuned_adapter_is_invalid() -> None:
    tuned = {s.example: s.log_likelihood for s in scores_of(tuned=1.0) if s.arm is Arm.TUNED}
    scores = [
        score._replace(log_likelihood=tuned[score.example]) if score.arm is Arm.CONTROL else score
        for score in scores_of(tuned=1.0)
    ]

    found = recall_of(a_verdict(*scores))

    assert found.finding is Finding.INVALID
    assert "the two are the same adapter" in found.sentence


def test_one_and_the_same_difference_everywhere_is_no_measurement() -> None:
    scores = [
        Score(an_example(number, Split.RECALL), Split.RECALL, arm, 1, value)
        for number in range(30)
        for arm, value in ((Arm.BASE, -2.0), (Arm.TUNED, -1.0), (Arm.CONTROL, -1.5))
    ]

    verdict = a_verdict(*scores)

    assert recall_of(verdict).finding is Finding.INVALID
    assert "one and the same number" in recall_of(verdict).sentence
    assert not verdict.comparisons


def test_each_set_has_its_own_finding() -> None:
    verdict = a_verdict(
        *scores_of(tuned=1.5, control=0.9),
        *scores_of(Split.TRANSFER, tuned=0.6, control=0.6),
    )

    assert [found.finding for found in verdict.findings] == [
        Finding.LEARNED_CONTENT,
        Finding.LEARNED_FORMAT,
    ]
    assert headline_of(verdict) == (
        "Recall: learned the content. Transfer: learned the format, not the content."
    )


def test_a_pocket_base_is_said_not_to_make_an_advisor() -> None:
    verdict = a_verdict(*scores_of(tuned=1.5, control=0.9), scope="pocket")

    for sentence in (headline_of(verdict), *(found.sentence for found in verdict.findings)):
        assert sentence.endswith("this proves the machinery, not a good advisor.")


def test_a_comparison_holds_the_numbers_of_the_paired_differences() -> None:
    values = [0.5, 0.7, 0.9, 1.1]
    scores = [
        Score(an_example(number, Split.RECALL), Split.RECALL, arm, 10, total)
        for number, value in enumerate(values)
        for arm, total in ((Arm.BASE, -30), (Arm.TUNED, -30 + 10 * value), (Arm.CONTROL, -30))
    ]

    against_base = a_verdict(*scores, min_items=2).comparisons[0]

    sd = math.sqrt(0.2 / 3)
    assert against_base == Comparison(
        split=Split.RECALL,
        arm="tuned",
        against="base",
        items=4,
        mean_difference=Decimal("0.800000"),
        low=Decimal(f"{0.8 - 3.182446305 * sd / 2:.6f}"),
        high=Decimal(f"{0.8 + 3.182446305 * sd / 2:.6f}"),
        p_value=Decimal("0.125000"),
        effect_size=Decimal(f"{0.8 / sd:.6f}"),
    )


def test_the_sentence_speaks_the_numbers_of_the_comparison() -> None:
    verdict = a_verdict(*scores_of(tuned=1.5, control=0.9))

    sentence = recall_of(verdict).sentence

    for comparison in verdict.comparisons:
        assert f"mean difference +{comparison.mean_difference:.2f} nats per token" in sentence
        assert f"interval +{comparison.low:.2f} to +{comparison.high:.2f}" in sentence
    against_control = verdict.comparisons[1]
    assert f"{math.exp(against_control.mean_difference):.2f} times as likely" in sentence


def test_alpha_decides_what_is_shown() -> None:
    scores = list(scores_of(tuned=0.1, control=0.0, seed=5))
    p_value = a_verdict(*scores).comparisons[0].p_value

    strict, lenient = (
        verdict_of(
            scores,
            settings=EvaluationSettings(permutations=999, alpha=alpha),
            scope="outside",
            made_from=(ADAPTER,),
            put_blob=a_blob,
        )
        for alpha in (p_value - Decimal("0.001"), p_value)
    )

    assert recall_of(strict).finding is Finding.NOT_SHOWN
    assert recall_of(lenient).finding is not Finding.NOT_SHOWN


def test_training_that_only_helps_the_format_is_rarely_called_content() -> None:
    """The gate against the control holds its error rate where any training helps."""
    trials = 200

    false = sum(
        recall_of(
            a_verdict(*scores_of(items=24, tuned=0.8, control=0.8, seed=trial), permutations=199)
        ).finding
        is Finding.LEARNED_CONTENT
        for trial in range(trials)
    )

    # One side of a two-sided 5 % test, plus three standard errors.
    assert false / trials <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / trials)


def test_the_scores_are_kept_and_give_the_same_verdict_again() -> None:
    kept: list[bytes] = []

    def keep(raw: bytes) -> Blob:
        kept.append(raw)
        return a_blob(raw)

    verdict = a_verdict(*scores_of(tuned=1.2, control=0.4), put_blob=keep)

    assert a_verdict(*read_scores(kept[0])) == verdict
    assert verdict.scores == a_blob(kept[0])
    assert verdict.made_from == (ADAPTER,)


@given(st.permutations(list(scores_of(items=6, tuned=0.5))))
@settings(max_examples=20)
def test_the_order_of_the_scores_does_not_change_the_verdict(scores: list[Score]) -> None:
    assert a_verdict(*scores, min_items=2) == a_verdict(*scores_of(items=6, tuned=0.5), min_items=2)


def test_written_scores_are_sorted_lines_of_json() -> None:
    scores = list(scores_of(items=3))

    lines = write_scores(reversed(scores)).decode().splitlines()

    assert list(read_scores("\n".join(lines).encode())) == sorted(scores)
    assert lines[0].startswith('{"arm":"base","example":"example:')


@pytest.mark.parametrize("line", [b"{}", b"[1]", b"no json", b'{"example":"example:short"}'])
def test_a_line_that_is_no_score_is_named(line: bytes) -> None:
    raw = write_scores(scores_of(items=1)) + line + b"\n"

    with pytest.raises(BadRecord, match="line 4 of the scores"):
        list(read_scores(raw))


def test_an_item_that_one_arm_did_not_score_is_refused() -> None:
    scores = list(scores_of(items=25))

    with pytest.raises(BadRecord, match="not scored under the control arm"):
        a_verdict(*scores[:-1])


def test_an_item_scored_twice_is_refused() -> None:
    scores = list(scores_of(items=25))

    with pytest.raises(BadRecord, match="scored twice under the base arm"):
        a_verdict(*scores, scores[0])


def test_an_item_in_two_splits_is_refused() -> None:
    scores = list(scores_of(items=25))

    with pytest.raises(BadRecord, match="two splits"):
        a_verdict(*scores[:-1], scores[-1]._replace(split=Split.TRANSFER))


def test_an_answer_of_another_length_under_another_arm_is_refused() -> None:
    scores = list(scores_of(items=25))

    with pytest.raises(BadRecord, match="another length"):
        a_verdict(*scores[:-1], scores[-1]._replace(tokens=999))


def test_training_splits_are_not_evaluated() -> None:
    with pytest.raises(BadRecord, match="only recall and transfer are evaluated"):
        a_verdict(*(score._replace(split=Split.TRAIN) for score in scores_of()))


def test_an_answer_without_tokens_is_refused() -> None:
    with pytest.raises(BadRecord, match="no tokens"):
        a_verdict(*(score._replace(tokens=0) for score in scores_of()))


@pytest.mark.parametrize("value", [math.nan, -math.inf])
def test_a_likelihood_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(BadRecord, match="log-likelihood under the base arm is"):
        a_verdict(*(score._replace(log_likelihood=value) for score in scores_of()))
