"""People rank arms blind: kept at once, sealed until the lock, told afterwards."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluate.rated_arms import ARMS, lines_of
from flows.answered_workspace import answered_workspace, keep_answers
from flows.said_of import said_of
from flows.small_workspace import Small
from lorewright.errors import NotYet, Refused, UsageError
from lorewright.evaluate.ranking import QUESTIONS, Shown
from lorewright.evaluate.rating_lines import PREFERENCE, between
from lorewright.flows.blind_ranking import BlindRanking, ranking_of
from lorewright.flows.ranking_results import UNSAID, lock, reveal
from lorewright.flows.rated import ratings_of, votes_in
from lorewright.records import Decision, Verb
from lorewright.statistics import State

BEST = ("Warmly", "Surely", "Plainly")
"""How the arms begin their answers, the best one first."""
ALL = 11 + 2
"""Ten scenarios, one again, and two to see who reads."""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Small]:
    with answered_workspace(tmp_path, scenarios=10) as made:
        yield made


def board_of(here: Small) -> BlindRanking:
    return ranking_of(here.workspace, here.store, here.settings)


def in_order(shown: Shown, best: tuple[str, ...] = BEST) -> str:
    """What somebody says who goes by the first word alone."""
    said = {reply.text.split()[0]: reply.letter for reply in shown.turns[0].replies}
    return ">".join(said[word] for word in best if word in said)


def ranks(
    board: BlindRanking, rater: str, *, most: int = 1_000, best: tuple[str, ...] = BEST
) -> int:
    """Rank up to `most` items; how many."""
    done = 0
    while done < most and (shown := board.next_item(rater)) is not None:
        order = in_order(shown, best)
        board.submit(rater, shown.code, {one.key: order for one in QUESTIONS}, seconds=2.0)
        done += 1
    return done


def test_a_rater_ranks_every_scenario_and_a_tenth_again(here: Small) -> None:
    board = board_of(here)

    assert ranks(board, "Ada") == ALL
    assert board.next_item("Ada") is None
    (progress,) = board.progress()
    assert progress[:4] == ("Ada", ALL, ALL, 2.0 * ALL)


def test_what_is_said_is_kept_at_once_and_goes_on_where_it_was(here: Small) -> None:
    ranks(board_of(here), "Ada", most=4)
    fifth = board_of(here).next_item("Ada")

    assert fifth is not None
    assert (fifth.number, fifth.of) == (5, ALL)
    assert board_of(here).progress()[0].said == 4


def test_before_the_lock_nothing_that_is_kept_or_shown_names_an_arm(here: Small) -> None:
    board = board_of(here)
    shown = board.next_item("Ada")
    ranks(board, "Ada")

    kept = b"".join(
        body for _, body in here.store.bodies(list(here.store.names(Decision.kind)))
    ).decode()
    for arm in ARMS:
        assert arm not in kept
        assert arm not in repr(shown)
        assert arm not in repr(board.progress())
    with pytest.raises(Refused, match="not locked"):
        reveal(board)


def test_the_last_word_about_an_item_counts(here: Small) -> None:
    board = board_of(here)
    shown = board.next_item("Ada")
    assert shown is not None
    for order in ("a>b>c", "c>b>a"):
        board.submit("Ada", shown.code, {one.key: order for one in QUESTIONS})

    (said,) = board.said_by("Ada").values()

    assert str(said.choices[PREFERENCE]) == "C>B>A"
    assert len(list(here.store.names(Decision.kind))) == 2


def test_two_raters_do_not_see_the_same_order(here: Small) -> None:
    board = board_of(here)
    orders = [[item.scenario for item in board.items(rater)] for rater in ("Ada", "Ben")]

    assert orders[0] != orders[1]


def test_what_cannot_be_ranked_is_refused_and_nothing_is_kept(here: Small) -> None:
    board = board_of(here)
    shown = board.next_item("Ada")
    assert shown is not None
    whole = {one.key: "tie" for one in QUESTIONS}

    for code, said, why in (
        (shown.code, {**whole, "style": "a"}, "no question called 'style'"),
        (shown.code, {"coach": "a"}, "is not answered"),
        (shown.code, {**whole, "coach": "z"}, "none of the answers"),
        ("0" * 12, whole, "has no item"),
    ):
        with pytest.raises(UsageError, match=why):
            board.submit("Ada", code, said)
    with pytest.raises(UsageError, match="has no item"):
        board.submit("Ben", shown.code, whole)
    assert list(here.store.names(Decision.kind)) == []


def test_the_lock_ends_it_and_counts_what_was_not_ranked(here: Small) -> None:
    board = board_of(here)
    with pytest.raises(NotYet, match="nobody has ranked"):
        lock(board)
    ranks(board, "Ada")
    ranks(board, "Ben", most=4)

    ada, ben = lock(board)

    assert (ada.requested, ada.accepted, ada.failed) == (33, 33, ())
    assert (ben.requested, ben.accepted) == (33, 12)
    assert [(one.reason, one.count) for one in ben.failed] == [(UNSAID, 21)]
    assert (ada.by, ada.origin) == ("person", "measured")
    for act in (
        lambda: lock(board),
        lambda: board.next_item("Ada"),
        lambda: board.submit("Ada", "x", {}),
    ):
        with pytest.raises(Refused, match="locked"):
            act()


def test_the_votes_are_those_that_were_given(here: Small) -> None:
    board = board_of(here)
    ranks(board, "Ada")
    ranks(board, "Ben", best=BEST[::-1])
    lock(board)

    ada, ben = ratings_of(here.store, board.field.asked.ref)

    ours = [one.preference for one in said_of(here, ada).votes]
    theirs = [one.preference for one in said_of(here, ben).votes]
    assert (ours, theirs) == ([1] * 10, [-1] * 10)
    twice = said_of(here, ada, ben, ada)
    assert len(twice.votes) == 20
    assert ("a second vote of the same rater", 10) in [
        (one.reason, one.count) for one in twice.excluded
    ]
    votes = [*votes_in(here.store, ada)]
    assert len([*between(votes, "tuned", "prompted-base", "coach")]) == 10


def test_after_the_lock_the_arms_are_told_with_agreement(here: Small) -> None:
    board = board_of(here)
    ranks(board, "Ada")
    ranks(board, "Ben")
    lock(board)

    found = reveal(board)

    assert [one.question for one in found] == list(QUESTIONS)
    for standing in found:
        assert [one.arm for one in standing.ranks] == ["tuned", "prompted-base", "neutral-control"]
        # Nobody ever beats the best one here, so that no finite strength fits.
        assert {one.state for one in standing.ranks} == {State.SEPARATED}
        assert standing.agreement.raters == 2
        assert standing.self_agreement.estimate == 1.0
        assert standing.self_agreement.n == 2 * 1 * 3


def test_raters_who_differ_do_not_agree(here: Small) -> None:
    board = board_of(here)
    ranks(board, "Ada")
    ranks(board, "Ben", best=BEST[::-1])
    lock(board)

    standing = reveal(board)[0]

    assert standing.agreement.estimate is not None
    assert standing.agreement.estimate < 0
    assert {one.state for one in standing.ranks} == {State.SOUND}
    assert all(one.estimate == pytest.approx(0) for one in standing.ranks)


def test_ties_and_all_bad_are_votes_for_nobody(here: Small) -> None:
    board = board_of(here)
    for said in ("tie", "bad"):
        shown = board.next_item("Ada")
        assert shown is not None
        board.submit("Ada", shown.code, {one.key: said for one in QUESTIONS})
    lock(board)

    standing = reveal(board)[0]

    assert (standing.ties, standing.both_bad) == (3, 3)
    assert {one.ties for one in standing.ranks} == {4}


def test_a_scenario_with_one_whole_answer_is_left_out(tmp_path: Path) -> None:
    with answered_workspace(
        tmp_path,
        scenarios=4,
        arms=("tuned", "prompted-base"),
        failing=lambda scenario, _turn: scenario == "s-001",
    ) as here:
        board = board_of(here)

        assert sorted(board.rankable) == ["s-000", "s-002", "s-003"]
        assert ranks(board, "Ada") == 4 + 2


@pytest.mark.parametrize(("chosen", "attended"), [("real", 2), ("foreign", 0)])
def test_who_prefers_an_answer_to_somebody_else_is_told_and_no_arm_hears_of_it(
    here: Small, chosen: str, attended: int
) -> None:
    board = board_of(here)
    items = {one.code: one for one in board.items("Ada")}
    while (shown := board.next_item("Ada")) is not None:
        item = items[shown.code]
        if item.decoy is None:
            order = in_order(shown)
        else:
            order = next(letter for letter, which in item.letters.items() if which == chosen)
            texts = {reply.letter: reply.text for reply in shown.turns[0].replies}
            assert texts[order] == getattr(item.decoy, chosen)
            assert len(shown.turns) == 1
        board.submit("Ada", shown.code, {one.key: order for one in QUESTIONS})

    (progress,) = board.progress()
    (ada,) = lock(board)

    assert (progress.attended, progress.distracted) == (attended, 2 - attended)
    assert (ada.requested, ada.accepted) == (33, 33)
    assert {line.preferred for line in votes_in(here.store, ada)} <= {*ARMS}


def test_nobody_has_to_be_tested(here: Small) -> None:
    judges = here.settings.evaluation.judges.model_copy(update={"attention": 0})
    evaluation = here.settings.evaluation.model_copy(update={"judges": judges})
    settings = here.settings.model_copy(update={"evaluation": evaluation})
    board = ranking_of(here.workspace, here.store, settings)

    assert [one.decoy for one in board.items("Ada")] == [None] * 11


def test_one_arm_cannot_be_ranked(tmp_path: Path) -> None:
    with (
        answered_workspace(tmp_path, arms=("tuned",)) as here,
        pytest.raises(UsageError, match="1 arms cannot be ranked"),
    ):
        board_of(here)


def test_new_answers_make_a_new_ranking(here: Small) -> None:
    board = board_of(here)
    ranks(board, "Ada")
    lock(board)
    anew = [line._replace(tokens=10) for line in lines_of("tuned", board.field.scenarios)]
    keep_answers(here.store, board.field.asked, "tuned", anew)

    other = board_of(here)

    assert other.session != board.session
    assert other.progress() == []
    assert other.locked() == []
    assert other.next_item("Ada") is not None


def test_a_decision_to_rank_is_one_about_its_scenario(here: Small) -> None:
    board = board_of(here)
    ranks(board, "Ada", most=1)

    (decision,) = here.store.get_many(here.store.names(Decision.kind), Decision)

    assert (decision.verb, decision.about.kind) == (Verb.RANK, "scenario")
    assert set(json.loads(decision.value or "")) == {"session", "item", "choices", "seconds"}
