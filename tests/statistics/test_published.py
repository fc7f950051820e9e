"""Data that others published: the agreement table of MT-Bench, and nulls from EQ-Bench."""

import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lorewright.statistics import (
    Case,
    Duel,
    Same,
    agreeing_between,
    agreeing_within,
    krippendorff,
    paired,
    ranking,
    wilson,
)
from lorewright.statistics.rows import means_and_errors, p_of_margins, p_two_sided
from lorewright.statistics.sign_flip import sign_flip_p_values

pytestmark = pytest.mark.corpus

TURNED = {"model_a": "model_b", "model_b": "model_a"}
TIE = frozenset({"tie"})


def published(name: str) -> Path:
    place = os.environ.get("LOREWRIGHT_CORPUS")
    folder = Path(place) if place else Path(__file__).parents[2].parent / "shared" / "corpus"
    file = folder / "evaluation" / name
    if not file.exists():
        pytest.skip(f"evaluation/{name} is not in the corpus folder; LOREWRIGHT_CORPUS names it")
    return file


def votes(name: str) -> Iterator[tuple[int, tuple[str, str, str], str, str]]:
    """(turn, case, judge, vote) of each line; both orders of a pair are one case."""
    for line in published(name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        left, right, winner = row["model_a"], row["model_b"], str(row["winner"])
        if left > right:
            left, right, winner = right, left, TURNED.get(winner, winner)
        # An inconsistent pair of orders is a tie.
        said = "tie" if "tie" in winner else winner
        yield row["turn"], (str(row["question_id"]), left, right), row["judge"], said


def table() -> dict[tuple[int, str, bool], Same]:
    """Agreement by turn, by who is compared, and with or without ties."""
    human: dict[tuple[int, tuple[str, str, str]], list[str]] = defaultdict(list)
    for turn, case, judge, vote in votes("mt_bench_human.jsonl"):
        if judge.startswith("expert"):
            human[turn, case].append(vote)
    judged = {(turn, case): [vote] for turn, case, _, vote in votes("mt_bench_gpt4_pair.jsonl")}
    found: dict[tuple[int, str, bool], Same] = {}
    for turn in (1, 2):
        for ties in (True, False):
            without = frozenset[str]() if ties else TIE
            both = [
                Case(case[1][0], judged[case], human[case])
                for case in judged
                if case[0] == turn and case in human
            ]
            found[turn, "judge and human", ties] = agreeing_between(both, without=without)
            alone = [(case[1][0], said) for case, said in human.items() if case[0] == turn]
            found[turn, "human and human", ties] = agreeing_within(alone, without=without)
    return found


def test_the_agreement_table_of_mt_bench_comes_out_to_the_digit() -> None:
    """Zheng and others 2023, table 5, by the rules of FastChat's compute_agreement.py."""
    found = {cell: (one.n, f"{100 * (one.estimate or 0):.1f}") for cell, one in table().items()}

    assert found == {
        (1, "judge and human", True): (1343, "66.0"),
        (1, "judge and human", False): (859, "84.6"),
        (1, "human and human", True): (721, "63.0"),
        (1, "human and human", False): (479, "81.0"),
        (2, "judge and human", True): (1325, "65.7"),
        (2, "judge and human", False): (864, "84.6"),
        (2, "human and human", True): (707, "66.6"),
        (2, "human and human", False): (474, "81.9"),
    }


def test_the_interval_of_the_table_counts_questions() -> None:
    for one in table().values():
        naive = wilson(one.same, one.n)
        assert 70 < one.clusters <= 80
        assert one.low is not None
        assert one.high is not None
        assert naive.low is not None
        assert naive.high is not None
        assert one.high - one.low > naive.high - naive.low


def test_the_order_flips_and_the_alpha_of_the_experts() -> None:
    lines = published("mt_bench_gpt4_pair.jsonl").read_text(encoding="utf-8").splitlines()
    flipped = sum("inconsistent" in json.loads(line)["winner"] for line in lines)
    sheet: dict[str, dict[str, float]] = defaultdict(dict)
    code = {"model_a": 1.0, "model_b": -1.0, "tie": 0.0}
    for turn, case, judge, vote in votes("mt_bench_human.jsonl"):
        sheet[f"{turn} {case}"].setdefault(judge, code[vote])

    assert (flipped, len(lines)) == (380, 2400)
    found = krippendorff(sheet, distance="nominal", resamples=100)
    assert found.estimate == pytest.approx(0.485, abs=0.006)


def test_the_ranking_of_the_experts_and_an_interval_that_counts_questions() -> None:
    duels = [
        Duel(case[0], case[1], case[2], {"model_a": case[1], "model_b": case[2]}.get(vote))
        for turn, case, _, vote in votes("mt_bench_human.jsonl")
        if turn == 1
    ]
    alone = [Duel(str(at), *duel[1:]) for at, duel in enumerate(duels)]

    by_question, by_vote = ranking(duels), ranking(alone)

    assert by_question[0].arm == "gpt-4"
    assert {rank.arm for rank in by_question[-2:]} == {"alpaca-13b", "llama-13b"}
    for one, other in zip(by_question, by_vote, strict=True):
        assert one.estimate == pytest.approx(other.estimate, abs=1e-6)
    widths = [
        ((one.high or 0) - (one.low or 0)) / ((other.high or 0) - (other.low or 0))
        for one, other in zip(by_question, by_vote, strict=True)
    ]
    assert np.mean(widths) > 1.05


def swapped_nulls(tests: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of two real answers on the same questions, their authors swapped at random."""
    with gzip.open(published("eqbench_v2_question_scores.csv.gz"), "rt", encoding="utf-8") as lines:
        scores = np.genfromtxt(lines, delimiter=",", skip_header=1)[:, 1:]
    random = np.random.default_rng(11)
    ours, theirs = np.empty((tests, n)), np.empty((tests, n))
    for test in range(tests):
        left, right = random.choice(scores.shape[1], 2, replace=False)
        whole = np.flatnonzero(np.isfinite(scores[:, left] + scores[:, right]))
        picked = random.choice(whole, n, replace=False)
        turned = random.random(n) < 0.5
        ours[test] = np.where(turned, scores[picked, right], scores[picked, left])
        theirs[test] = np.where(turned, scores[picked, left], scores[picked, right])
    return ours, theirs


def test_swapping_the_authors_of_real_answers_gives_honest_nulls() -> None:
    ours, theirs = swapped_nulls(4_000, 50)
    mean, error = means_and_errors(ours - theirs)

    by_t = np.mean(p_two_sided(mean, error, 49) <= 0.05)
    by_signs = np.mean(sign_flip_p_values(ours - theirs, permutations=999, seed=1) <= 0.05)
    by_margin = np.mean(p_of_margins(ours, theirs, 0.0) <= 0.025)

    # 0.05 and 0.025 and three and a half standard errors of four thousand tests.
    assert 0.038 <= by_t <= 0.062
    assert 0.038 <= by_signs <= 0.062
    assert by_margin <= 0.0337


def test_leaving_the_pairs_out_of_account_wastes_what_the_questions_share() -> None:
    """The unpaired z test of two lists of scores, as other tools run it on paired data."""
    ours, theirs = swapped_nulls(4_000, 50)
    error = np.sqrt((ours.var(axis=1, ddof=1) + theirs.var(axis=1, ddof=1)) / 50)
    claims: list[bool] = (
        np.abs(ours.mean(axis=1) - theirs.mean(axis=1)) > 1.959964 * error
    ).tolist()

    unpaired = sum(claims) / len(claims)

    assert 0.015 < unpaired < 0.042


def test_a_row_of_many_is_the_test_of_one() -> None:
    ours, theirs = swapped_nulls(20, 40)
    together = sign_flip_p_values(ours - theirs, permutations=500, seed=4)

    alone = [
        paired((one - other).tolist(), permutations=500, seed=4).p_value
        for one, other in zip(ours, theirs, strict=True)
    ]

    assert together.tolist() == alone
