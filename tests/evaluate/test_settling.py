"""Two orders are one vote, and a judge that goes by the order is found out."""

import random

from lorewright.evaluate.judging import order_effect, settle
from lorewright.evaluate.rating_lines import BOTH_BAD, PREFERENCE, TIE, VoteLine
from lorewright.statistics import sign_test


def both(scenario: str, first: str, second: str) -> list[VoteLine]:
    """What was preferred with ours first, and with theirs first."""
    return [
        VoteLine(scenario, "ours", "theirs", first, PREFERENCE, 0, ""),
        VoteLine(scenario, "theirs", "ours", second, PREFERENCE, 0, ""),
    ]


def a_judge_of(
    scenarios: int, *, consistent: float, seed: int, better: float = 0.5
) -> list[VoteLine]:
    """A judge that goes by the answers in a share of pairs, and else takes the first."""
    rng = random.Random(seed)
    lines: list[VoteLine] = []
    for number in range(scenarios):
        if rng.random() < consistent:
            winner = "ours" if rng.random() < better else "theirs"
            lines += both(f"s{number}", winner, winner)
        else:
            lines += both(f"s{number}", "ours", "theirs")
    return lines


def test_a_preference_that_outlives_the_order_is_a_vote() -> None:
    lines = [*both("a", "ours", "ours"), *both("b", "theirs", "theirs"), *both("c", TIE, BOTH_BAD)]

    votes = settle("judge", lines, "ours", "theirs").votes

    assert [(one.scenario, one.preference) for one in votes] == [("a", 1), ("b", -1), ("c", 0)]


def test_a_preference_that_changes_with_the_order_is_a_tie() -> None:
    lines = [*both("a", "ours", "theirs"), *both("b", "ours", TIE), *both("c", "theirs", "ours")]

    settled = settle("judge", lines, "ours", "theirs")

    assert {one.preference for one in settled.votes} == {0}
    assert settled.cases == ((1, -1), (1, 0), (-1, 1))


def test_one_order_alone_is_no_vote_and_is_named() -> None:
    lines = [*both("a", "ours", "ours"), *both("b", "ours", "ours")[:1]]

    settled = settle("judge", lines, "ours", "theirs")

    assert [one.scenario for one in settled.votes] == ["a"]
    assert settled.one_order == ("b",)


def test_votes_turn_round_with_the_arms() -> None:
    lines = both("a", "ours", "ours")

    assert settle("judge", lines, "theirs", "ours").votes[0].preference == -1


def test_other_pairs_other_questions_and_repeats_are_no_votes() -> None:
    line = both("a", "ours", "ours")[0]
    lines = [
        line._replace(second="reference"),
        line._replace(question="coach"),
        line._replace(repeat=1),
    ]

    assert settle("judge", lines, "ours", "theirs").votes == ()


def test_a_judge_that_likes_what_comes_first_is_found_out() -> None:
    found = 0
    for seed in range(50):
        lines = a_judge_of(100, consistent=0.65, seed=seed)
        effect = order_effect(lines, settle("judge", lines, "ours", "theirs").cases)
        found += effect.flips.p_value is not None and effect.flips.p_value < 0.05
        assert effect.share.estimate is not None
        assert effect.share.estimate > 0.5

    assert found == 50


def test_a_judge_that_changes_its_mind_by_chance_is_called_biased_as_rarely_as_promised() -> None:
    wrong = 0
    for seed in range(400):
        rng = random.Random(seed)
        lines: list[VoteLine] = []
        for number in range(100):
            orders = (rng.choice(("ours", "theirs")) for _ in range(2))
            lines += both(f"s{number}", *orders)
        effect = order_effect(lines, settle("judge", lines, "ours", "theirs").cases)
        wrong += effect.flips.p_value is not None and effect.flips.p_value <= 0.05

    assert wrong <= 400 * 0.05 + 3 * (400 * 0.05 * 0.95) ** 0.5


def test_both_orders_claim_nothing_for_equal_arms_where_one_order_does() -> None:
    by_one_order = by_both = 0
    for seed in range(300):
        lines = a_judge_of(100, consistent=0.65, seed=seed)
        first = [line for line in lines if line.first == "ours"]
        won = sum(line.preferred == "ours" for line in first)
        by_one_order += (sign_test(won, len(first) - won).p_value or 1) <= 0.05
        votes = settle("judge", lines, "ours", "theirs").votes
        ahead = sum(one.preference == 1 for one in votes)
        behind = sum(one.preference == -1 for one in votes)
        by_both += (sign_test(ahead, behind).p_value or 1) <= 0.05

    assert by_one_order > 300 * 0.5
    assert by_both <= 300 * 0.05 + 3 * (300 * 0.05 * 0.95) ** 0.5


def test_no_votes_at_all_leave_everything_open() -> None:
    effect = order_effect([], ())

    assert effect.share.estimate is None
    assert effect.flips.p_value is None
