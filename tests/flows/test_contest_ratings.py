"""Which ratings count, and who gave them."""

import pytest

from flows.proved import Proved, locked_contest
from lorewright.flows.contest_ratings import rated_in, raters_of, ratings_about
from lorewright.records import LanguageModel, RejectedCount
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
    judge = LanguageModel(provider="scripted", name="ann")
    taught = proved.made.examples[0].model_copy(
        update={"made_from": (*proved.made.examples[0].made_from, judge.ref)}
    )
    proved.store.put(taught)
    relative = sheet.model_copy(update={"rater": "kin", "family": "ANN", "made_from": (
        *(ref for ref in sheet.made_from if ref.kind != LanguageModel.kind),
    )})  # fmt: skip

    own, kin = raters_of(proved.store, [sheet, relative], taught.ref)
    stranger, _ = raters_of(proved.store, [sheet, relative], proved.made.dataset.ref)

    assert own.wrote_training_data
    assert kin.wrote_training_data
    assert not stranger.wrote_training_data
