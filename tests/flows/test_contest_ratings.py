"""Which ratings count, and who gave them."""

import pytest

from builders import a_recipe
from flows.proved import Proved, locked_contest
from lorewright.flows.contest_ratings import rated_in, raters_of, ratings_about
from lorewright.records import RejectedCount
from lorewright.store import Store, Workspace


@pytest.fixture
def proved(workspace: Workspace, store: Store) -> Proved:
    return locked_contest(workspace, store, scenarios=4)


def test_nobody_rated_is_nothing(proved: Proved) -> None:
    assert ratings_about(proved.store, proved.answers()) == ([], ())


def test_the_newest_sheet_of_each_rater_counts(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(0.0, answers, seed=2)
    newer = proved.rate(1.0, answers)

    found, left_out = ratings_about(proved.store, answers)

    assert found == newer
    assert [(one.reason, one.count) for one in left_out] == [
        ("ratings that their rater made anew", 3)
    ]


def test_failures_add_up_over_raters(proved: Proved) -> None:
    sheets = proved.rate(1.0, proved.answers(), failing=5)
    other = sheets[0].model_copy(
        update={
            "requested": sheets[0].requested + 1,
            "failed": (*sheets[0].failed, RejectedCount(reason="off the scale", count=1)),
        }
    )

    rated = rated_in(proved.store, [other, *sheets[1:]], {"s-000": "s-000"})

    assert rated.failed == {"refused": 15, "off the scale": 1}


def test_a_judge_that_wrote_the_training_data_is_marked(proved: Proved) -> None:
    (sheet, *_) = proved.rate(1.0, proved.answers(), raters=("ann",))
    judged = [
        sheet.model_copy(update={"rater": rater, "by": by})
        for rater, by in [
            ("openai:gpt-5", "judge"),
            ("openai:o3-mini", "judge"),
            ("anthropic:claude-4", "judge"),
            ("openai:gpt-5", "person"),
        ]
    ]

    found = raters_of(judged, {"openai:gpt-5"})

    assert [one.wrote_training_data for one in found] == [True, True, False, False]


def test_a_sheet_and_a_ranking_of_one_person_both_count(proved: Proved) -> None:
    answers = proved.answers()
    (sheet, *_) = proved.rate(1.0, answers, raters=("ann",))
    ranked = a_recipe("rank")
    other = sheet.model_copy(
        update={
            "by": "person",
            "made_from": (*(one.ref for one in answers.values()), ranked.ref),
        }
    )
    proved.store.put(ranked, other)

    found, left_out = ratings_about(proved.store, answers)
    rated = rated_in(proved.store, found, {"s-000": "s-000"})

    assert {one.ref for one in found} == {sheet.ref, other.ref}
    assert left_out == ()
    assert [vote.scenario for vote in rated.votes] == ["s-000"]
    # The person's sheet has two lines on each pair here, and the judge's one vote.
    assert {one.reason: one.count for one in rated.excluded}["a second vote of the same rater"] == 2
